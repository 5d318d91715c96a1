/**
 * Frames on the wire: a header that tells cluster, sender and the sender's life, and one message.
 * Every field is checked against the bytes that are there; garbage is undefined, never an exception.
 */
import type { NodeId } from '@holdfast/base';
import {
  get16,
  get32,
  get64,
  get8,
  getBytes,
  getNode,
  getNodes,
  getRing,
  put16,
  put32,
  put64,
  put8,
  putBytes,
  putNodes,
  putRing,
  type Reader,
  reader,
  type Writer,
  writer,
} from './fields.ts';
import type { CommitToken, Join, Mcast, MemberInfo, Message, Token } from './message.ts';

export type Header = {
  /** Digest of the cluster's name: others' datagrams are dropped. */
  readonly cluster: number;
  readonly sender: NodeId;
  /** Rises with every start of the sender. */
  readonly incarnation: number;
  /** Rises with every datagram of this life, so that one that comes again is seen to. */
  readonly count: number;
};

export type Frame = { readonly header: Header; readonly message: Message };

const MAGIC = 0x4866;
const VERSION = 2;
const HEADER_BYTES = 28;
const MCAST_BYTES = 12 + 8 + 4 + 1 + 2;
export const REQUESTS_MAX = 64;
/** A message's payload where nothing else is configured: what Ethernet carries in one piece. */
export const PAYLOAD_MAX = 1300;
/** Bytes of a frame that are not its message's payload, once more where a ring is recovered. */
export const FRAME_BYTES = HEADER_BYTES + MCAST_BYTES;

/** Flags of a multicast. */
const ENCAPSULATED = 1;
const SAFE = 2;

const KINDS: readonly Message['kind'][] = [
  'mcast',
  'token',
  'join',
  'commit',
  'merge',
  'hold-cancel',
];

export function encodeFrame(frame: Frame): Uint8Array {
  const to = writer(new Uint8Array(frameBytes(frame.message)));
  putFrame(to, frame);
  return to.bytes;
}

export function frameBytes(message: Message): number {
  return HEADER_BYTES + sizeOf(message);
}

/** Fills in a frame whose payload, if it is a multicast, may stand in its place already. */
export function putFrame(to: Writer, { header, message }: Frame): void {
  put16(to, MAGIC);
  put8(to, VERSION);
  put8(to, KINDS.indexOf(message.kind));
  put32(to, header.cluster);
  put32(to, header.sender);
  put64(to, header.incarnation);
  put64(to, header.count);
  putMessage(to, message);
}

/** A frame, or undefined for anything that is not one. */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const from = reader(bytes);
  if (get16(from) !== MAGIC || get8(from) !== VERSION) return undefined;
  const kind = KINDS[get8(from)];
  const cluster = get32(from);
  const sender = getNode(from);
  const incarnation = get64(from);
  const count = get64(from);
  if (kind === undefined || sender === undefined) return undefined;
  const message = getMessage(from, kind, sender);
  if (message === undefined || from.isBad || from.at !== bytes.length) return undefined;
  return { header: { cluster, sender, incarnation, count }, message };
}

/** A message of an older ring, to be carried inside another. */
export function encodeMcast(message: Mcast): Uint8Array {
  const to = writer(new Uint8Array(sizeOf(message)));
  putMessage(to, message);
  return to.bytes;
}

export function decodeMcast(bytes: Uint8Array): Mcast | undefined {
  const from = reader(bytes);
  const message = getMcast(from);
  return message === undefined || from.isBad || from.at !== bytes.length ? undefined : message;
}

function sizeOf(message: Message): number {
  switch (message.kind) {
    case 'mcast':
      return MCAST_BYTES + message.payload.length;
    case 'token':
      return 12 + 8 + 8 + 8 + 4 + 2 + 4 + 1 + 2 + 8 * message.requests.length;
    case 'join':
      return 1 + 8 + 4 + 2 + 4 * message.processors.length + 2 + 4 * message.failed.length;
    case 'commit':
      return 12 + 8 + 2 + 4 * message.members.length + 2 + 29 * message.info.length;
    case 'merge':
    case 'hold-cancel':
      return 12;
  }
}

function putMessage(to: Writer, message: Message): void {
  switch (message.kind) {
    case 'mcast':
      putRing(to, message.ringId);
      put64(to, message.seq);
      put32(to, message.originator);
      put8(to, (message.isEncapsulated ? ENCAPSULATED : 0) | (message.isSafe ? SAFE : 0));
      putBytes(to, message.payload);
      return;
    case 'token':
      putToken(to, message);
      return;
    case 'join':
      put8(to, message.isLeaving ? 1 : 0);
      put64(to, message.ringSeq);
      put32(to, message.digest);
      putNodes(to, message.processors);
      putNodes(to, message.failed);
      return;
    case 'commit':
      putCommit(to, message);
      return;
    case 'merge':
    case 'hold-cancel':
      putRing(to, message.ringId);
      return;
  }
}

function putToken(to: Writer, token: Token): void {
  putRing(to, token.ringId);
  put64(to, token.tokenSeq);
  put64(to, token.seq);
  put64(to, token.aru);
  put32(to, token.aruOwner);
  put16(to, token.flow);
  put32(to, token.backlog);
  put8(to, token.isRecovering ? 1 : 0);
  put16(to, token.requests.length);
  for (const seq of token.requests) put64(to, seq);
}

function putCommit(to: Writer, commit: CommitToken): void {
  putRing(to, commit.ringId);
  put64(to, commit.tokenSeq);
  putNodes(to, commit.members);
  put16(to, commit.info.length);
  for (const { oldRingId, aru, settled, hasAll } of commit.info) {
    put32(to, oldRingId.representative);
    put64(to, oldRingId.seq);
    put64(to, aru);
    put64(to, settled);
    put8(to, hasAll ? 1 : 0);
  }
}

function getMessage(from: Reader, kind: Message['kind'], sender: NodeId): Message | undefined {
  switch (kind) {
    case 'mcast':
      return getMcast(from);
    case 'token':
      return getToken(from);
    case 'join':
      return getJoin(from, sender);
    case 'commit':
      return getCommit(from);
    case 'merge':
    case 'hold-cancel': {
      const ringId = getRing(from);
      return ringId === undefined ? undefined : { kind, sender, ringId };
    }
  }
}

function getMcast(from: Reader): Mcast | undefined {
  const ringId = getRing(from);
  const seq = get64(from);
  const originator = getNode(from);
  const flags = get8(from);
  const payload = getBytes(from);
  if (from.isBad || ringId === undefined || originator === undefined) return undefined;
  const isEncapsulated = (flags & ENCAPSULATED) !== 0;
  const isSafe = (flags & SAFE) !== 0;
  return { kind: 'mcast', ringId, seq, originator, isEncapsulated, isSafe, payload };
}

function getToken(from: Reader): Token | undefined {
  const ringId = getRing(from);
  const tokenSeq = get64(from);
  const seq = get64(from);
  const aru = get64(from);
  const aruOwner = get32(from);
  const flow = get16(from);
  const backlog = get32(from);
  const isRecovering = get8(from) === 1;
  const count = get16(from);
  if (ringId === undefined || count > REQUESTS_MAX || aru > seq) return undefined;
  const requests: number[] = [];
  for (let index = 0; index < count && !from.isBad; index += 1) requests.push(get64(from));
  return {
    kind: 'token',
    ringId,
    tokenSeq,
    seq,
    aru,
    aruOwner,
    requests,
    flow,
    backlog,
    isRecovering,
  };
}

function getJoin(from: Reader, sender: NodeId): Join | undefined {
  const isLeaving = get8(from) === 1;
  const ringSeq = get64(from);
  const digest = get32(from);
  const processors = getNodes(from);
  const failed = getNodes(from);
  if (processors === undefined || failed === undefined) return undefined;
  return { kind: 'join', sender, processors, failed, ringSeq, digest, isLeaving };
}

function getCommit(from: Reader): CommitToken | undefined {
  const ringId = getRing(from);
  const tokenSeq = get64(from);
  const members = getNodes(from);
  const count = get16(from);
  if (ringId === undefined || members === undefined || count > members.length) return undefined;
  const info: MemberInfo[] = [];
  for (let index = 0; index < count && !from.isBad; index += 1) {
    const oldRingId = getRing(from);
    const aru = get64(from);
    const settled = get64(from);
    const hasAll = get8(from) === 1;
    if (oldRingId === undefined) return undefined;
    info.push({ oldRingId, aru, settled, hasAll });
  }
  return { kind: 'commit', ringId, tokenSeq, members, info };
}
