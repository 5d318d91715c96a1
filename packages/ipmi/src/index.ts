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
