/** Packets within a session: signed and sealed as the suite says (IPMI v2.0 §13.28.4, §13.29). */
import { byteAt, bytes, concat } from './bytes.ts';
import { aesDecrypt, aesEncrypt, hmac, isSame } from './crypto.ts';
import type { Keys } from './keys.ts';
import { encodePlus, PAYLOAD, type PlusPacket, signedPart } from './packet.ts';
import type { CipherSuite } from './suites.ts';

export type Protection = { readonly suite: CipherSuite; readonly keys: Keys };

export type Sealed = {
  /** The receiver's. */
  readonly sessionId: number;
  readonly sequence: number;
  /** An IPMI message. */
  readonly payload: Uint8Array;
  /** 16 bytes that nobody could foresee; unused where the suite does not seal. */
  readonly iv: Uint8Array;
};

const BLOCK = 16;
const NEXT_HEADER = 0x07;
const PAD = 0xff;
/** Pad length and next header. */
const TRAILER_BYTES = 2;

export function sealPacket({ suite, keys }: Protection, packet: Sealed): Uint8Array {
  const isSigned = suite.codeBytes > 0;
  const payload = suite.isSealed ? encrypt(keys, packet) : packet.payload;
  const datagram = encodePlus({
    payloadType: PAYLOAD.message,
    sessionId: packet.sessionId,
    sequence: packet.sequence,
    payload,
    isSigned,
    isSealed: suite.isSealed,
  });
  if (!isSigned) return datagram;
  const padBytes = -(signedPart(datagram).length + TRAILER_BYTES) & 3;
  const pad = new Uint8Array(padBytes).fill(PAD);
  const signed = concat(datagram, pad, bytes(padBytes, NEXT_HEADER));
  return concat(signed, sign({ suite, keys }, signedPart(signed)));
}

/** The message inside; undefined where the packet is not protected as the suite says, or not by these keys. */
export function openPacket(protection: Protection, packet: PlusPacket): Uint8Array | undefined {
  const { suite, keys } = protection;
  if (packet.payloadType !== PAYLOAD.message) return undefined;
  if (packet.isSigned !== suite.codeBytes > 0 || packet.isSealed !== suite.isSealed)
    return undefined;
  if (packet.isSigned && !isSignatureRight(protection, packet)) return undefined;
  return suite.isSealed ? decrypt(keys, packet.payload) : packet.payload;
}

function sign({ suite, keys }: Protection, over: Uint8Array): Uint8Array {
  return hmac(suite.hash, keys.signing, over).subarray(0, suite.codeBytes);
}

function isSignatureRight(protection: Protection, { body, trailer }: PlusPacket): boolean {
  const split = trailer.length - protection.suite.codeBytes;
  if (split < TRAILER_BYTES) return false;
  const signed = concat(body, trailer.subarray(0, split));
  return isSame(sign(protection, signed), trailer.subarray(split));
}

/** IV, then the message padded with 1, 2, 3 … and the pad's length to whole blocks. */
function encrypt({ sealing }: Keys, { payload, iv }: Sealed): Uint8Array {
  const padBytes = -(payload.length + 1) & (BLOCK - 1);
  const pad = Uint8Array.from({ length: padBytes }, (_, index) => index + 1);
  const plain = concat(payload, pad, bytes(padBytes));
  return concat(iv, aesEncrypt(sealing.subarray(0, BLOCK), iv, plain));
}

function decrypt({ sealing }: Keys, payload: Uint8Array): Uint8Array | undefined {
  if (payload.length < 2 * BLOCK || payload.length % BLOCK !== 0) return undefined;
  const iv = payload.subarray(0, BLOCK);
  const plain = aesDecrypt(sealing.subarray(0, BLOCK), iv, payload.subarray(BLOCK));
  const padBytes = byteAt(plain, plain.length - 1);
  const end = plain.length - 1 - padBytes;
  if (padBytes >= BLOCK || end < 0) return undefined;
  const pad = plain.subarray(end, -1);
  return pad.every((value, index) => value === index + 1) ? plain.subarray(0, end) : undefined;
}
