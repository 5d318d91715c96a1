/** Fields in a datagram, in network order. A reader that runs past the end turns bad and reads zeros. */
import { type NodeId, nodeId } from '@holdfast/base';
import type { RingId } from './port.ts';

/** Nodes in a list; more is garbage. */
export const NODES_MAX = 384;

export type Writer = { readonly bytes: Uint8Array; at: number };
export type Reader = { readonly bytes: Uint8Array; at: number; isBad: boolean };

// Bytes are shifted by hand: a DataView for every datagram costs more than all its fields.
const TWO_32 = 0x1_0000_0000;

export function writer(bytes: Uint8Array): Writer {
  return { bytes, at: 0 };
}

export function reader(bytes: Uint8Array): Reader {
  return { bytes, at: 0, isBad: false };
}

/** Nothing is copied where the bytes stand in their place already. */
export function putBytes(to: Writer, bytes: Uint8Array): void {
  put16(to, bytes.length);
  const isThere =
    bytes.buffer === to.bytes.buffer && bytes.byteOffset === to.bytes.byteOffset + to.at;
  if (!isThere) to.bytes.set(bytes, to.at);
  to.at += bytes.length;
}

/** A view of what arrived, not a copy: whoever hands bytes to a decoder gives them away. */
export function getBytes(from: Reader): Uint8Array {
  const length = get16(from);
  if (!has(from, length)) return new Uint8Array(0);
  from.at += length;
  return from.bytes.subarray(from.at - length, from.at);
}

export function put8(to: Writer, value: number): void {
  to.bytes[to.at] = value;
  to.at += 1;
}

export function put16(to: Writer, value: number): void {
  const { bytes, at } = to;
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
  to.at = at + 2;
}

export function put32(to: Writer, value: number): void {
  const { bytes, at } = to;
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  to.at = at + 4;
}

/** A whole number from 0 to 2^53 - 1. */
export function put64(to: Writer, value: number): void {
  put32(to, Math.floor(value / TWO_32));
  put32(to, value % TWO_32);
}

export function putRing(to: Writer, { representative, seq }: RingId): void {
  put32(to, representative);
  put64(to, seq);
}

export function putNodes(to: Writer, nodes: readonly NodeId[]): void {
  put16(to, nodes.length);
  for (const node of nodes) put32(to, node);
}

function has(from: Reader, count: number): boolean {
  if (from.at + count <= from.bytes.length) return true;
  from.isBad = true;
  return false;
}

export function get8(from: Reader): number {
  if (!has(from, 1)) return 0;
  from.at += 1;
  return from.bytes[from.at - 1] ?? 0;
}

export function get16(from: Reader): number {
  if (!has(from, 2)) return 0;
  const { bytes, at } = from;
  from.at = at + 2;
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function get32(from: Reader): number {
  if (!has(from, 4)) return 0;
  const { bytes, at } = from;
  from.at = at + 4;
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  return (high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

export function get64(from: Reader): number {
  const value = get32(from) * TWO_32 + get32(from);
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  from.isBad = true;
  return 0;
}

export function getNode(from: Reader): NodeId | undefined {
  const value = get32(from);
  return value === 0 ? undefined : nodeId(value);
}

export function getRing(from: Reader): RingId | undefined {
  const representative = getNode(from);
  const seq = get64(from);
  return representative === undefined ? undefined : { representative, seq };
}

/** Ascending and without repetition, or not at all. */
export function getNodes(from: Reader): readonly NodeId[] | undefined {
  const count = get16(from);
  if (count > NODES_MAX) return undefined;
  const nodes: NodeId[] = [];
  for (let index = 0; index < count; index += 1) {
    const node = getNode(from);
    const last = nodes.at(-1);
    if (node === undefined || (last !== undefined && node <= last)) return undefined;
    nodes.push(node);
  }
  return nodes;
}
