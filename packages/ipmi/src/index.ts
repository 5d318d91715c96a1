export {
  describeIpmiFault,
  type IpmiFault,
  type Privilege,
  type Spoken,
  type Step,
} from './fault.ts';
export { type Login, type LoginWords, readLogin } from './login.ts';
export {
  type Command,
  COMMAND,
  COMPLETION,
  decodeRequest,
  encodeResponse,
  type Request,
} from './message.ts';
export {
  type ChassisStatus,
  isRepeatable,
  powerCommand,
  type PowerVerb,
  readChassisStatus,
  STATUS_COMMAND,
  verbOf,
  writeChassisStatus,
} from './power.ts';
export { deadline, makeSession, step } from './session.ts';
export type { Ask, SessionEffect, SessionInput, SessionState } from './session-state.ts';
export { type BmcAddress, Session, withSession } from './udp.ts';
