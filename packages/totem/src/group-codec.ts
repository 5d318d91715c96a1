/** What members say to each other about groups, as payloads of the ring. Garbage is undefined. */
import type { NodeId } from '@holdfast/base';
import {
  get32,
  get8,
  getRing,
  put16,
  put32,
  put8,
  putRing,
  type Reader,
  reader,
  type Writer,
  writer,
} from './fields.ts';
import type { RingId } from './port.ts';

/** Bytes of a group's name, in UTF-8. */
export const GROUP_NAME_MAX = 128;
/** Memberships of one node; more are refused. */
export const MEMBERSHIPS_MAX = 1024;

/** A process of a node in a group; numbers are the caller's, and unique on its node. */
export type GroupMember = { readonly node: NodeId; readonly process: number };

export type Membership = { readonly group: string; readonly process: number };

export type GroupWord =
  | { readonly kind: 'sync'; readonly ringId: RingId; readonly memberships: readonly Membership[] }
  | { readonly kind: 'join' | 'leave'; readonly group: string; readonly process: number }
  | {
      readonly kind: 'message';
      readonly group: string;
      readonly process: number;
      readonly payload: Uint8Array;
    };

const KINDS: readonly GroupWord['kind'][] = ['sync', 'join', 'leave', 'message'];

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

export function encodeWord(word: GroupWord): Uint8Array {
  switch (word.kind) {
    case 'sync': {
      const names = word.memberships.map(({ group }) => utf8.encoder.encode(group));
      const to = start(word.kind, 12 + 2 + names.reduce((sum, { length }) => sum + 5 + length, 0));
      putRing(to, word.ringId);
      put16(to, names.length);
      names.forEach((name, at) => {
        putPlace(to, name, word.memberships[at]?.process ?? 0);
      });
      return to.bytes;
    }
    case 'join':
    case 'leave':
    case 'message': {
      const name = utf8.encoder.encode(word.group);
      const payload = word.kind === 'message' ? word.payload : new Uint8Array(0);
      const to = start(word.kind, 5 + name.length + payload.length);
      putPlace(to, name, word.process);
      to.bytes.set(payload, to.at);
      return to.bytes;
    }
  }
}

function start(kind: GroupWord['kind'], bytes: number): Writer {
  const to = writer(new Uint8Array(1 + bytes));
  put8(to, KINDS.indexOf(kind));
  return to;
}

function putPlace(to: Writer, name: Uint8Array, process: number): void {
  put32(to, process);
  put8(to, name.length);
  to.bytes.set(name, to.at);
  to.at += name.length;
}

export function decodeWord(bytes: Uint8Array): GroupWord | undefined {
  const from = reader(bytes);
  const kind = KINDS[get8(from)];
  if (kind === undefined) return undefined;
  if (kind === 'sync') return getSync(from);
  const place = getPlace(from);
  if (place === undefined) return undefined;
  if (kind !== 'message') return { kind, ...place };
  return { kind, ...place, payload: bytes.subarray(from.at) };
}

function getSync(from: Reader): GroupWord | undefined {
  const ringId = getRing(from);
  const count = get8(from) * 256 + get8(from);
  if (ringId === undefined || count > MEMBERSHIPS_MAX) return undefined;
  const memberships: Membership[] = [];
  for (let index = 0; index < count; index += 1) {
    const place = getPlace(from);
    if (place === undefined) return undefined;
    memberships.push(place);
  }
  return { kind: 'sync', ringId, memberships };
}

function getPlace(from: Reader): Membership | undefined {
  const process = get32(from);
  const length = get8(from);
  if (from.isBad || length === 0 || from.at + length > from.bytes.length) return undefined;
  from.at += length;
  const group = utf8.decoder.decode(from.bytes.subarray(from.at - length, from.at));
  return { group, process };
}
