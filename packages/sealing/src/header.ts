/**
 * The clear part of every datagram: who sent it, in which life, and its number.
 *
 *   0       1       2       3       4        8       16        24       28
 *   | 0x53  | ver 1 | key   | flags | sender | epoch | counter | filter | sealed bytes … tag (16)
 *
 * All of it is authenticated. Numbers are in network order.
 */
import type { NodeId } from '@holdfast/base';

const MAGIC = 0x53;
const VERSION = 1;
export const HEADER_BYTES = 28;
/** What the filter is made of. */
export const FILTERED_BYTES = 24;
export const TAG_BYTES = 16;
/** What sealing adds to a plain text. */
export const OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;

const SEALED = 1;
const CHACHA = 2;
const DIRECTED = 4;
const FLAGS_KNOWN = SEALED | CHACHA | DIRECTED;
const HALF = 2 ** 32;

export type CipherName = 'aes-256-gcm' | 'chacha20-poly1305';

export type DatagramHeader = {
  /** Undefined: the datagram is clear. */
  readonly cipher: CipherName | undefined;
  /** Lowest byte of the key's fingerprint; 0 where the datagram is clear. */
  readonly keyId: number;
  /** Meant for one node alone; the receiver's own id is then authenticated too. */
  readonly isDirected: boolean;
  readonly sender: number;
  /** One life of the sender: rises with every start. */
  readonly epoch: number;
  /** From 1 upwards, one for each datagram of the sender, over all links and receivers. */
  readonly counter: number;
  /** Keyed checksum of the bytes before it; 0 where the datagram is clear. */
  readonly filter: number;
};

/** Writes all but the filter, which is made of what is written here. */
export function putHeader(to: Buffer, header: Omit<DatagramHeader, 'filter'>): void {
  const { cipher, isDirected } = header;
  to[0] = MAGIC;
  to[1] = VERSION;
  to[2] = header.keyId;
  to[3] =
    (cipher === undefined ? 0 : SEALED) |
    (cipher === 'chacha20-poly1305' ? CHACHA : 0) |
    (isDirected ? DIRECTED : 0);
  to.writeUInt32BE(header.sender, 4);
  put64(to, header.epoch, 8);
  put64(to, header.counter, 16);
  putFilter(to, 0);
}

export function putFilter(to: Buffer, filter: number): void {
  to.writeUInt32BE(filter, FILTERED_BYTES);
}

/** The header, or undefined for what is no datagram of ours. */
export function getHeader(from: Buffer): DatagramHeader | undefined {
  if (from.length < HEADER_BYTES || from[0] !== MAGIC || from[1] !== VERSION) return undefined;
  const [, , keyId = 0, flags = 0] = from;
  const cipher = cipherOf(flags);
  const epoch = get64(from, 8);
  const counter = get64(from, 16);
  if ((flags & ~FLAGS_KNOWN) !== 0 || counter === 0) return undefined;
  if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(counter)) return undefined;
  if (cipher !== undefined && from.length < OVERHEAD_BYTES) return undefined;
  return {
    cipher,
    keyId,
    isDirected: (flags & DIRECTED) !== 0,
    sender: from.readUInt32BE(4),
    epoch,
    counter,
    filter: from.readUInt32BE(FILTERED_BYTES),
  };
}

function cipherOf(flags: number): CipherName | undefined {
  if ((flags & SEALED) === 0) return undefined;
  return (flags & CHACHA) !== 0 ? 'chacha20-poly1305' : 'aes-256-gcm';
}

/** Additional data: the header as sent, and to whom: 0 for everybody. */
export function additionalData(header: Buffer, to: NodeId | 'all'): Buffer {
  const data = Buffer.allocUnsafe(HEADER_BYTES + 4);
  header.copy(data, 0, 0, HEADER_BYTES);
  data.writeUInt32BE(to === 'all' ? 0 : to, HEADER_BYTES);
  return data;
}

function put64(to: Buffer, value: number, at: number): void {
  to.writeUInt32BE(Math.floor(value / HALF), at);
  to.writeUInt32BE(value % HALF, at + 4);
}

function get64(from: Buffer, at: number): number {
  return from.readUInt32BE(at) * HALF + from.readUInt32BE(at + 4);
}
