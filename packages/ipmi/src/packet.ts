/** RMCP and session headers (IPMI v2.0 §13.6): a datagram as fields, without looking into its payload. */
import { byteAt, bytes, concat, le16, le32, u16, u32 } from './bytes.ts';

/** Numbers of payload types (table 13-16). */
export const PAYLOAD = {
  message: 0x00,
  openRequest: 0x10,
  openResponse: 0x11,
  rakp1: 0x12,
  rakp2: 0x13,
  rakp3: 0x14,
  rakp4: 0x15,
} as const;

/** A packet as IPMI 1.5 frames it; outside a session, every IPMI version does. */
export type PlainPacket = {
  readonly kind: 'plain';
  /** 0 none, 2 MD5, 4 password. */
  readonly authType: number;
  readonly sequence: number;
  readonly sessionId: number;
  /** 16 bytes, or none. */
  readonly authCode: Uint8Array;
  readonly payload: Uint8Array;
};

export type PlusPacket = {
  readonly kind: 'plus';
  readonly payloadType: number;
  readonly isSealed: boolean;
  readonly isSigned: boolean;
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** From the authentication type to the payload's end: what a signature is over, but for the trailer. */
  readonly body: Uint8Array;
  /** Integrity pad, its length, next header, authentication code. */
  readonly trailer: Uint8Array;
};

export type Packet = PlainPacket | PlusPacket;

/** Presence ping of ASF: who asks whether anybody speaks RMCP here. */
export type Ping = { readonly kind: 'ping'; readonly tag: number };

const RMCP_VERSION = 6;
const NO_ACKNOWLEDGE = 0xff;
const CLASS_ASF = 6;
const CLASS_IPMI = 7;
const RMCP_BYTES = 4;
export const AUTH_TYPE_PLUS = 6;
const PLUS_HEADER_BYTES = 12;
const PLAIN_HEADER_BYTES = 10;
const AUTH_CODE_BYTES = 16;
const TYPE_MASK = 0x3f;
const SIGNED = 0x40;
const SEALED = 0x80;
const OEM_EXPLICIT = 0x02;
const ASF_IANA = bytes(0, 0, 0x11, 0xbe);
const ASF_PING = 0x80;
const ASF_PONG = 0x40;

const RMCP = bytes(RMCP_VERSION, 0, NO_ACKNOWLEDGE, CLASS_IPMI);

/** Undefined for whatever is no IPMI datagram; lengths that do not add up included. */
export function decodePacket(datagram: Uint8Array): Packet | Ping | undefined {
  if (datagram.length < RMCP_BYTES + 2 || datagram[0] !== RMCP_VERSION) return undefined;
  const body = datagram.subarray(RMCP_BYTES);
  if (datagram[3] === CLASS_ASF) return decodePing(body);
  if (datagram[3] !== CLASS_IPMI) return undefined;
  return body[0] === AUTH_TYPE_PLUS ? decodePlus(body) : decodePlain(body);
}

/** The header and the payload; a signature's trailer comes behind. */
export function encodePlus(
  packet: Pick<PlusPacket, 'payloadType' | 'sessionId' | 'sequence' | 'payload'> & {
    readonly isSigned?: boolean;
    readonly isSealed?: boolean;
  },
): Uint8Array {
  const marks = (packet.isSigned === true ? SIGNED : 0) | (packet.isSealed === true ? SEALED : 0);
  return concat(
    RMCP,
    bytes(AUTH_TYPE_PLUS, packet.payloadType | marks),
    le32(packet.sessionId),
    le32(packet.sequence),
    le16(packet.payload.length),
    packet.payload,
  );
}

/** What a signature is over: everything behind the RMCP header. */
export function signedPart(datagram: Uint8Array): Uint8Array {
  return datagram.subarray(RMCP_BYTES);
}

/** Outside any session. */
export function encodePlain(payload: Uint8Array): Uint8Array {
  return concat(RMCP, new Uint8Array(PLAIN_HEADER_BYTES - 1), bytes(payload.length), payload);
}

/** Says that somebody here speaks IPMI. */
export function encodePong(tag: number): Uint8Array {
  return concat(
    bytes(RMCP_VERSION, 0, NO_ACKNOWLEDGE, CLASS_ASF),
    ASF_IANA,
    bytes(ASF_PONG, tag, 0, 16),
    ASF_IANA,
    bytes(0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0),
  );
}

function decodePing(body: Uint8Array): Ping | undefined {
  if (body.length < 8 || !ASF_IANA.every((each, at) => body[at] === each)) return undefined;
  return body[4] === ASF_PING ? { kind: 'ping', tag: byteAt(body, 5) } : undefined;
}

function decodePlus(body: Uint8Array): PlusPacket | undefined {
  const type = byteAt(body, 1);
  const payloadType = type & TYPE_MASK;
  // A vendor's own payload has a longer header; nobody here speaks one.
  if (body.length < PLUS_HEADER_BYTES || payloadType === OEM_EXPLICIT) return undefined;
  const end = PLUS_HEADER_BYTES + u16(body, 10);
  if (end > body.length) return undefined;
  return {
    kind: 'plus',
    payloadType,
    isSealed: (type & SEALED) !== 0,
    isSigned: (type & SIGNED) !== 0,
    sessionId: u32(body, 2),
    sequence: u32(body, 6),
    payload: body.subarray(PLUS_HEADER_BYTES, end),
    body: body.subarray(0, end),
    trailer: body.subarray(end),
  };
}

function decodePlain(body: Uint8Array): PlainPacket | undefined {
  const authType = byteAt(body, 0);
  const codeBytes = authType === 0 ? 0 : AUTH_CODE_BYTES;
  const start = PLAIN_HEADER_BYTES + codeBytes;
  if (body.length < start) return undefined;
  const end = start + byteAt(body, start - 1);
  if (end > body.length) return undefined;
  return {
    kind: 'plain',
    authType,
    sequence: u32(body, 1),
    sessionId: u32(body, 5),
    authCode: body.subarray(9, 9 + codeBytes),
    payload: body.subarray(start, end),
  };
}
