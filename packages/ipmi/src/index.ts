export {
  describeIpmiFault,
  type IpmiFault,
  type Privilege,
  type Spoken,
  type Step,
} from './fault.ts';
export {
  consoleProof,
  type Exchange,
  type Keys,
  managedProof,
  SECRET_BYTES,
  sessionKeys,
  sessionProof,
  userKey,
} from './keys.ts';
export { LEVEL, type Login, type LoginWords, readLogin } from './login.ts';
export {
  type Command,
  COMMAND,
  COMPLETION,
  decodeRequest,
  encodeResponse,
  NET_FN,
  type Request,
} from './message.ts';
export {
  decodePacket,
  encodePlain,
  encodePlus,
  encodePong,
  type Packet,
  PAYLOAD,
  type PlainPacket,
  type PlusPacket,
} from './packet.ts';
export {
  type ChassisStatus,
  powerCommand,
  type PowerVerb,
  readChassisStatus,
  STATUS_COMMAND,
  verbOf,
  writeChassisStatus,
} from './power.ts';
export {
  decodeOpenRequest,
  decodeRakp1,
  decodeRakp3,
  encodeOpenResponse,
  encodeRakp2,
  encodeRakp4,
  encodeRefusal,
  type OpenRequest,
  RANDOM_BYTES,
  type Rakp1,
  type Rakp3,
  STATUS,
} from './rakp.ts';
export { openPacket, type Protection, sealPacket } from './seal.ts';
export { deadline, makeSession, step } from './session.ts';
export type { Ask, SessionEffect, SessionInput, SessionState } from './session-state.ts';
export { type CipherSuite, suiteById, suiteOf, SUITES } from './suites.ts';
export { type BmcAddress, Session, withSession } from './udp.ts';
export { isFresh, makeWindow, remember, type Window } from './window.ts';
