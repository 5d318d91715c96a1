/** secauth, crypto_cipher, crypto_hash: whether datagrams are sealed (rule T4.30). */
import type { Block, Read } from './check.ts';
import { addFault, addWarning, type Findings } from './fault.ts';
import type { CryptoConf, TotemConf } from './model.ts';
import { CIPHERS, HASHES } from './schema.ts';

const WEAK_CIPHERS: ReadonlySet<string> = new Set(['none', 'aes128', 'aes128-ctr']);
const WEAK_HASHES: ReadonlySet<string> = new Set(['md5', 'sha1']);

/** secauth stands for a cipher and a hash, unless they are given; the default is none. */
export function readCrypto(
  totem: Block | undefined,
  transport: TotemConf['transport'],
  lastLine: number,
  found: Findings,
): CryptoConf {
  const texts = totem?.texts ?? new Map<string, Read<string>>();
  const secauth = texts.get('secauth');
  const isOn = secauth?.value === 'on';
  const cipherRead = texts.get('crypto_cipher');
  const hashRead = texts.get('crypto_hash');
  const cipher = chosenOf(CIPHERS, cipherRead, isOn ? 'aes256' : 'none');
  const hash = chosenOf(HASHES, hashRead, isOn ? 'sha256' : 'none');
  const crypto: CryptoConf = { cipher, hash, isWeak: isWeak(cipher, hash) };
  checkCrypto({ cipher: cipherRead, hash: hashRead }, crypto, transport, found);
  if (hash === 'none') warnUnsealed(secauth, totem?.line ?? lastLine, found);
  return crypto;
}

function chosenOf<Word extends string>(
  words: readonly Word[],
  read: Read<string> | undefined,
  absent: Word,
): Word {
  return words.find((each) => each === read?.value) ?? absent;
}

function isWeak(cipher: CryptoConf['cipher'], hash: CryptoConf['hash']): boolean {
  return hash !== 'none' && (WEAK_CIPHERS.has(cipher) || WEAK_HASHES.has(hash));
}

type Given = { readonly cipher: Read<string> | undefined; readonly hash: Read<string> | undefined };

function checkCrypto(
  given: Given,
  crypto: CryptoConf,
  transport: TotemConf['transport'],
  found: Findings,
): void {
  const chosen = given.cipher ?? given.hash;
  if (chosen === undefined) return;
  const key = given.cipher === undefined ? 'totem.crypto_hash' : 'totem.crypto_cipher';
  const place = { ...chosen, key };
  if (crypto.hash === 'none' && crypto.cipher !== 'none') {
    addFault(found, place, 'needs a crypto_hash other than none', 'write crypto_hash: sha256');
  } else if (crypto.hash !== 'none' && transport !== 'knet') {
    const what = `is only for transport knet, and here it is ${transport}`;
    addFault(found, place, what, 'set transport: knet, or write secauth: on instead');
  } else if (crypto.isWeak) {
    const what = 'asks for weak sealing: AES-256-GCM seals every datagram all the same';
    addWarning(found, place, what, 'write crypto_cipher: aes256 and crypto_hash: sha256');
  } else if (crypto.hash !== 'none') {
    addWarning(found, place, 'chooses no cipher here: AES-256-GCM seals every datagram');
  }
}

function warnUnsealed(secauth: Read<string> | undefined, line: number, found: Findings): void {
  const state = secauth === undefined ? 'is not given and defaults to off' : 'is off';
  const what = `${state}: anybody on this network can read, join and command the cluster`;
  const place = { line: secauth?.line ?? line, key: 'totem.secauth' };
  addWarning(found, place, what, 'make a key and set secauth: on');
}
