/** The messages that open a session (IPMI v2.0 §13.17 to §13.24), for both sides. */
import { byteAt, bytes, concat, le32, u32 } from './bytes.ts';
import type { Algorithms } from './suites.ts';

/** Status codes of RMCP+ and RAKP messages (table 13-15). */
export const STATUS = {
  done: 0x00,
  noResources: 0x01,
  unknownSession: 0x02,
  badAuthentication: 0x04,
  badIntegrity: 0x05,
  inactiveSession: 0x08,
  badRole: 0x09,
  roleNotAllowed: 0x0a,
  noResourcesForRole: 0x0b,
  badNameLength: 0x0c,
  unknownName: 0x0d,
  badProof: 0x0f,
  badConfidentiality: 0x10,
  noSuchSuite: 0x11,
  badParameter: 0x12,
} as const;

export type OpenRequest = {
  readonly tag: number;
  /** 0: the highest that the algorithms allow. */
  readonly privilege: number;
  readonly consoleId: number;
  readonly algorithms: Algorithms;
};

/** What every answer begins with; one that is not `done` may end there. */
export type Answer = { readonly tag: number; readonly status: number; readonly consoleId: number };

export type OpenResponse = Answer & {
  readonly privilege: number;
  readonly managedId: number;
  readonly algorithms: Algorithms;
};

export type Rakp1 = {
  readonly tag: number;
  readonly managedId: number;
  /** 16 bytes. */
  readonly consoleRandom: Uint8Array;
  /** The privilege asked for, and 0x10 where the user is looked up by name alone. */
  readonly role: number;
  readonly username: Uint8Array;
};

export type Rakp2 = Answer & {
  readonly managedRandom: Uint8Array;
  readonly guid: Uint8Array;
  readonly code: Uint8Array;
};

export type Rakp3 = {
  readonly tag: number;
  readonly status: number;
  readonly managedId: number;
  readonly code: Uint8Array;
};

export type Rakp4 = Answer & { readonly code: Uint8Array };

/** An answer that carries what it should, or only why not. */
export type Answered<Whole> =
  | { readonly kind: 'done'; readonly answer: Whole }
  | { readonly kind: 'refused'; readonly tag: number; readonly status: number };

export const USERNAME_BYTES_MAX = 16;
export const RANDOM_BYTES = 16;
const OPEN_REQUEST_BYTES = 32;
const OPEN_RESPONSE_BYTES = 36;
const ALGORITHM_BYTES = 8;

export function encodeOpenRequest(open: OpenRequest): Uint8Array {
  return concat(
    bytes(open.tag, open.privilege, 0, 0),
    le32(open.consoleId),
    encodeAlgorithms(open.algorithms),
  );
}

export function decodeOpenRequest(payload: Uint8Array): OpenRequest | undefined {
  if (payload.length < OPEN_REQUEST_BYTES) return undefined;
  return {
    tag: byteAt(payload, 0),
    privilege: byteAt(payload, 1),
    consoleId: u32(payload, 4),
    algorithms: decodeAlgorithms(payload, 8),
  };
}

export function encodeOpenResponse(open: OpenResponse): Uint8Array {
  return concat(
    bytes(open.tag, open.status, open.privilege, 0),
    le32(open.consoleId),
    le32(open.managedId),
    encodeAlgorithms(open.algorithms),
  );
}

export function decodeOpenResponse(payload: Uint8Array): Answered<OpenResponse> | undefined {
  return answered(payload, OPEN_RESPONSE_BYTES, (answer) => ({
    ...answer,
    privilege: byteAt(payload, 2),
    managedId: u32(payload, 8),
    algorithms: decodeAlgorithms(payload, 12),
  }));
}

/** Why not: an answer without the rest. */
export function encodeRefusal({ tag, status, consoleId }: Answer): Uint8Array {
  return concat(bytes(tag, status, 0, 0), le32(consoleId));
}

export function encodeRakp1(rakp: Rakp1): Uint8Array {
  return concat(
    bytes(rakp.tag, 0, 0, 0),
    le32(rakp.managedId),
    rakp.consoleRandom,
    bytes(rakp.role, 0, 0, rakp.username.length),
    rakp.username,
  );
}

/** A name may be cut short by its sender's mistake: what is missing makes it no message. */
export function decodeRakp1(payload: Uint8Array): Rakp1 | undefined {
  const nameBytes = byteAt(payload, 27);
  if (payload.length < 28 + nameBytes) return undefined;
  return {
    tag: byteAt(payload, 0),
    managedId: u32(payload, 4),
    consoleRandom: payload.subarray(8, 24),
    role: byteAt(payload, 24),
    username: payload.subarray(28, 28 + nameBytes),
  };
}

export function encodeRakp2(rakp: Rakp2): Uint8Array {
  return concat(encodeRefusal(rakp), rakp.managedRandom, rakp.guid, rakp.code);
}

export function decodeRakp2(payload: Uint8Array): Answered<Rakp2> | undefined {
  return answered(payload, 40, (answer) => ({
    ...answer,
    managedRandom: payload.subarray(8, 24),
    guid: payload.subarray(24, 40),
    code: payload.subarray(40),
  }));
}

export function encodeRakp3(rakp: Rakp3): Uint8Array {
  return concat(bytes(rakp.tag, rakp.status, 0, 0), le32(rakp.managedId), rakp.code);
}

export function decodeRakp3(payload: Uint8Array): Rakp3 | undefined {
  if (payload.length < 8) return undefined;
  return {
    tag: byteAt(payload, 0),
    status: byteAt(payload, 1),
    managedId: u32(payload, 4),
    code: payload.subarray(8),
  };
}

export function encodeRakp4(rakp: Rakp4): Uint8Array {
  return concat(encodeRefusal(rakp), rakp.code);
}

export function decodeRakp4(payload: Uint8Array): Answered<Rakp4> | undefined {
  return answered(payload, 8, (answer) => ({ ...answer, code: payload.subarray(8) }));
}

/** Real BMCs cut a refusal off behind its status: two bytes are enough for one. */
function answered<Whole>(
  payload: Uint8Array,
  wholeBytes: number,
  read: (answer: Answer) => Whole,
): Answered<Whole> | undefined {
  if (payload.length < 2) return undefined;
  const tag = byteAt(payload, 0);
  const status = byteAt(payload, 1);
  if (status !== STATUS.done) return { kind: 'refused', tag, status };
  if (payload.length < wholeBytes) return undefined;
  return { kind: 'done', answer: read({ tag, status, consoleId: u32(payload, 4) }) };
}

/** Three records of eight bytes, of which the length is the fourth and the algorithm the fifth. */
function encodeAlgorithms(algorithms: Algorithms): Uint8Array {
  const { authentication, integrity, confidentiality } = algorithms;
  const record = (kind: number, algorithm: number): Uint8Array =>
    bytes(kind, 0, 0, ALGORITHM_BYTES, algorithm, 0, 0, 0);
  return concat(record(0, authentication), record(1, integrity), record(2, confidentiality));
}

function decodeAlgorithms(payload: Uint8Array, at: number): Algorithms {
  const algorithm = (index: number): number =>
    byteAt(payload, at + index * ALGORITHM_BYTES + 4) & 0x3f;
  return {
    authentication: algorithm(0),
    integrity: algorithm(1),
    confidentiality: algorithm(2),
  };
}
