/** The two authenticated ciphers, and which of them this host is faster with. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type CipherName, TAG_BYTES } from './header.ts';

const NONCE_BYTES = 12;
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** What one datagram is sealed with. */
export type Sealing = {
  readonly cipher: CipherName;
  readonly key: KeyObject;
  readonly counter: number;
  /** Authenticated, not encrypted. */
  readonly additional: Buffer;
};

export type Sealed = { readonly text: Buffer; readonly tag: Buffer };

export function encrypt({ cipher, key, counter, additional }: Sealing, plain: Uint8Array): Sealed {
  const machine = createCipheriv(nameOf(cipher), key, nonceOf(counter), OPTIONS);
  machine.setAAD(additional, { plaintextLength: plain.length });
  const text = machine.update(plain);
  machine.final();
  return { text, tag: machine.getAuthTag() };
}

/** The plain text, or undefined where the tag does not fit: nothing of it may be used then. */
export function decrypt(
  { cipher, key, counter, additional }: Sealing,
  text: Uint8Array,
  tag: Uint8Array,
): Buffer | undefined {
  const machine = createDecipheriv(nameOf(cipher), key, nonceOf(counter), OPTIONS);
  machine.setAAD(additional, { plaintextLength: text.length });
  machine.setAuthTag(tag);
  const plain = machine.update(text);
  try {
    machine.final();
    return plain;
  } catch {
    return undefined;
  }
}

/** Node types the two names apart; the calls are the same. */
function nameOf(cipher: CipherName): 'aes-256-gcm' {
  return cipher as 'aes-256-gcm';
}

/** The counter is the nonce: the key belongs to one life of one sender and never sees it twice. */
function nonceOf(counter: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeBigUInt64BE(BigInt(counter), 4);
  return nonce;
}

const TRIALS = 300;
const TRIAL_BYTES = 1400;
/** ChaCha20 must win clearly, or two hosts of one kind would choose differently by chance. */
const CLEARLY = 0.8;

/** AES-256-GCM, unless this host has no instructions for it and ChaCha20 is faster. About 5 ms. */
export function fasterCipher(): CipherName {
  const aes = trial('aes-256-gcm');
  const chacha = trial('chacha20-poly1305');
  return chacha < aes * CLEARLY ? 'chacha20-poly1305' : 'aes-256-gcm';
}

/** Time of the fastest of five rounds, in ms. */
function trial(cipher: CipherName): number {
  const key = createSecretKey(Buffer.alloc(32));
  const plain = Buffer.alloc(TRIAL_BYTES);
  let best = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    for (let counter = 1; counter <= TRIALS / 5; counter += 1)
      encrypt({ cipher, key, counter, additional: plain.subarray(0, 28) }, plain);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
