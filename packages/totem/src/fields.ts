/** Fields in a datagram, in network order. A reader that runs past the end turns bad and reads zeros. */
import { type NodeId, nodeId } from '@holdfast/base';
import type { RingId } from './port.ts';

/** Nodes in a list; more is garbage. */
const NODES_MAX = 384;

export type Writer = { readonly bytes: Uint8Array; readonly view: DataView; at: number };
export type Reader = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  isBad: boolean;
};

export function writer(size: number): Writer {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}

export function reader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, at: 0, isBad: false };
}

export function putBytes(to: Writer, bytes: Uint8Array): void {
  put16(to, bytes.length);
  to.bytes.set(bytes, to.at);
  to.at += bytes.length;
}

/** A copy, for what arrived belongs to whoever received it. */
export function getBytes(from: Reader): Uint8Array {
  const length = get16(from);
  if (!has(from, length)) return new Uint8Array(0);
  from.at += length;
  return from.bytes.slice(from.at - length, from.at);
}

export function put8(to: Writer, value: number): void {
  to.view.setUint8(to.at, value);
  to.at += 1;
}

export function put16(to: Writer, value: number): void {
  to.view.setUint16(to.at, value);
  to.at += 2;
}

export function put32(to: Writer, value: number): void {
  to.view.setUint32(to.at, value);
  to.at += 4;
}

/** A whole number up to 2^53, as the double it is. */
export function put64(to: Writer, value: number): void {
  to.view.setFloat64(to.at, value);
  to.at += 8;
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
  return from.view.getUint8(from.at - 1);
}

export function get16(from: Reader): number {
  if (!has(from, 2)) return 0;
  from.at += 2;
  return from.view.getUint16(from.at - 2);
}

export function get32(from: Reader): number {
  if (!has(from, 4)) return 0;
  from.at += 4;
  return from.view.getUint32(from.at - 4);
}

export function get64(from: Reader): number {
  if (!has(from, 8)) return 0;
  from.at += 8;
  const value = from.view.getFloat64(from.at - 8);
  if (Number.isSafeInteger(value) && value >= 0) return value;
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
