export { fasterCipher } from './cipher.ts';
export { type CipherName, OVERHEAD_BYTES } from './header.ts';
export { describeKeyFault, type KeyFault, readKeyFile, writeKeyFile } from './key-file.ts';
export { masterKey, type MasterKey } from './keys.ts';
export { type Opened, opener, type Opener, type OpenerCounters, type Rejection } from './opener.ts';
export {
  deadline as rotationDeadline,
  type KeyNews,
  keyNews,
  rotation,
  type RotationEffect,
  type RotationInput,
  type RotationState,
  step as stepRotation,
} from './rotation.ts';
export { sealer, type Sealer } from './sealer.ts';
