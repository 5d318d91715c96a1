/** The shared key on disk: random bytes that only root may read. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { fail, ok, type Result } from '@holdfast/base';

/** Bytes that a new key has. */
export const KEY_BYTES = 256;
/** Fewer are too easy to guess; the reference asks for 128 bytes, and its files are taken. */
export const KEY_BYTES_MIN = 32;
/** More are refused, where the reference cuts them off in silence. */
export const KEY_BYTES_MAX = 4096;
const READABLE_BY_OTHERS = 0o077;

export type KeyFault =
  | { readonly kind: 'absent'; readonly path: string }
  | { readonly kind: 'forbidden'; readonly path: string }
  | { readonly kind: 'readable-by-others'; readonly path: string; readonly mode: number }
  | { readonly kind: 'wrong-length'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'exists'; readonly path: string }
  | { readonly kind: 'disk'; readonly path: string; readonly cause: string };

export function describeKeyFault(fault: KeyFault): string {
  const { path } = fault;
  switch (fault.kind) {
    case 'absent':
      return `${path}: there is no key; make one with holdfast keygen on one node and copy it to the others`;
    case 'forbidden':
      return `${path}: this user may not use it; do it as root`;
    case 'readable-by-others':
      return `${path}: its mode is ${fault.mode.toString(8).padStart(4, '0')}, so other users can read or change the key; chmod 0400 it, and make a new key if somebody may have read it`;
    case 'wrong-length':
      return `${path}: has ${fault.bytes} bytes, and a key has ${KEY_BYTES_MIN} to ${KEY_BYTES_MAX}; make one with holdfast keygen`;
    case 'exists':
      return `${path}: there is a key already, and a node with another key is shut out; name another place with --file, or move this one away`;
    case 'disk':
      return `${path}: ${fault.cause}`;
  }
}

/** The key, if it is one and nobody else can read it. */
export function readKeyFile(path: string): Result<Buffer, KeyFault> {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY);
  } catch (cause) {
    return fail(faultOf(path, cause));
  }
  try {
    const mode = fstatSync(file).mode & 0o7777;
    if ((mode & READABLE_BY_OTHERS) !== 0) return fail({ kind: 'readable-by-others', path, mode });
    const bytes = readFileSync(file);
    if (bytes.length < KEY_BYTES_MIN || bytes.length > KEY_BYTES_MAX)
      return fail({ kind: 'wrong-length', path, bytes: bytes.length });
    return ok(bytes);
  } catch (cause) {
    return fail(faultOf(path, cause));
  } finally {
    closeSync(file);
  }
}

/** Writes a new random key with mode 0400; never over one that is there. */
export function writeKeyFile(path: string): Result<undefined, KeyFault> {
  const side = `${path}.new`;
  try {
    rmSync(side, { force: true });
    const file = openSync(side, 'wx', 0o400);
    try {
      fchmodSync(file, 0o400);
      writeSync(file, randomBytes(KEY_BYTES));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // A link fails where the name is taken; a rename would replace the cluster's key.
    linkSync(side, path);
    return ok(undefined);
  } catch (cause) {
    const fault = faultOf(path, cause);
    if (fault.kind !== 'absent') return fail(fault);
    const way = 'its folder does not exist; make it, or name another place with --file';
    return fail({ kind: 'disk', path, cause: way });
  } finally {
    rmSync(side, { force: true });
  }
}

function faultOf(path: string, cause: unknown): KeyFault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOENT':
      return { kind: 'absent', path };
    case 'EEXIST':
      return { kind: 'exists', path };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'forbidden', path };
    default:
      return { kind: 'disk', path, cause: cause instanceof Error ? cause.message : code };
  }
}
