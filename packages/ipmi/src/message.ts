/** IPMI messages as they travel over a LAN (IPMI v2.0 §13.8): requests and responses with two checksums. */
import { byteAt, bytes, checksum, concat } from './bytes.ts';

/** What is asked. `netFn` is even. */
export type Command = {
  readonly netFn: number;
  readonly command: number;
  readonly data: Uint8Array;
};

export type Request = Command & {
  /** 0 to 63: a response has the number of its request. */
  readonly sequence: number;
  /** Who asks, and its logical unit: a response goes back there. */
  readonly from: number;
  readonly fromUnit: number;
};

export type Response = {
  readonly netFn: number;
  readonly command: number;
  readonly sequence: number;
  /** 0: done. */
  readonly completion: number;
  readonly data: Uint8Array;
};

export const NET_FN = { chassis: 0x00, application: 0x06 } as const;

/** Numbers of commands (appendix G), each with its network function. */
export const COMMAND = {
  chassisStatus: { netFn: NET_FN.chassis, command: 0x01 },
  chassisControl: { netFn: NET_FN.chassis, command: 0x02 },
  deviceId: { netFn: NET_FN.application, command: 0x01 },
  authCapabilities: { netFn: NET_FN.application, command: 0x38 },
  setPrivilege: { netFn: NET_FN.application, command: 0x3b },
  closeSession: { netFn: NET_FN.application, command: 0x3c },
  channelCipherSuites: { netFn: NET_FN.application, command: 0x54 },
} as const;

/** Completion codes (table 5-2, and those of Set Session Privilege Level). */
export const COMPLETION = {
  done: 0x00,
  levelNotAvailable: 0x80,
  levelAboveLimit: 0x81,
  busy: 0xc0,
  invalidCommand: 0xc1,
  timeout: 0xc3,
  badLength: 0xc7,
  badField: 0xcc,
  notProvided: 0xce,
  insufficientPrivilege: 0xd4,
  notInThisState: 0xd5,
  unspecified: 0xff,
} as const;

const BMC = 0x20;
const CONSOLE = 0x81;
const HEAD_BYTES = 3;
const REQUEST_BYTES_MIN = 7;
const RESPONSE_BYTES_MIN = 8;

export function encodeRequest(request: Command & { readonly sequence: number }): Uint8Array {
  return framed(
    bytes(BMC, request.netFn << 2),
    concat(bytes(CONSOLE, request.sequence << 2, request.command), request.data),
  );
}

export function encodeResponse(
  request: Request,
  completion: number,
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  return framed(
    bytes(request.from, ((request.netFn | 1) << 2) | request.fromUnit),
    concat(bytes(BMC, request.sequence << 2, request.command, completion), data),
  );
}

/** Undefined where it is no response, or a checksum is wrong. */
export function decodeResponse(payload: Uint8Array): Response | undefined {
  const netFn = byteAt(payload, 1) >> 2;
  if (payload.length < RESPONSE_BYTES_MIN || (netFn & 1) === 0 || !isWhole(payload))
    return undefined;
  return {
    netFn,
    sequence: byteAt(payload, 4) >> 2,
    command: byteAt(payload, 5),
    completion: byteAt(payload, 6),
    data: payload.subarray(7, -1),
  };
}

/** Undefined where it is no request, not for the BMC itself, or a checksum is wrong. */
export function decodeRequest(payload: Uint8Array): Request | undefined {
  const netFn = byteAt(payload, 1) >> 2;
  if (payload.length < REQUEST_BYTES_MIN || (netFn & 1) === 1 || !isWhole(payload))
    return undefined;
  if (payload[0] !== BMC) return undefined;
  const unit = byteAt(payload, 4);
  return {
    netFn,
    from: byteAt(payload, 3),
    fromUnit: unit & 3,
    sequence: unit >> 2,
    command: byteAt(payload, 5),
    data: payload.subarray(6, -1),
  };
}

function framed(head: Uint8Array, rest: Uint8Array): Uint8Array {
  return concat(head, bytes(checksum(head)), rest, bytes(checksum(rest)));
}

function isWhole(payload: Uint8Array): boolean {
  return (
    checksum(payload.subarray(0, HEAD_BYTES)) === 0 && checksum(payload.subarray(HEAD_BYTES)) === 0
  );
}
