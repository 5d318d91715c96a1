/** Text that may have been packed: gzip and bzip2 are known by how they begin. */
import { gunzipSync } from 'node:zlib';
import bzip from 'seek-bzip';
import { fail, ok, type Result } from '@holdfast/base';

/** More than any CIB has, in bytes: a small file may pretend to be endless. */
const UNPACKED_MAX = 256 * 1024 * 1024;

export function unpackText(bytes: Uint8Array): Result<string, string> {
  try {
    return ok(Buffer.from(unpack(bytes)).toString('utf8'));
  } catch (cause) {
    return fail(`cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function unpack(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX });
  }
  const isBzip = bytes[0] === 0x42 && bytes[1] === 0x5a && bytes[2] === 0x68;
  return isBzip ? unpackBzip(bytes) : bytes;
}

function unpackBzip(bytes: Uint8Array): Uint8Array {
  let unpacked = new Uint8Array(64 * 1024);
  let length = 0;
  bzip.decode(bytes, {
    writeByte: (byte) => {
      if (length === UNPACKED_MAX) throw new Error(`more than ${UNPACKED_MAX} bytes come out`);
      if (length === unpacked.length) {
        const wider = new Uint8Array(length * 2);
        wider.set(unpacked);
        unpacked = wider;
      }
      unpacked[length] = byte;
      length += 1;
    },
  });
  return unpacked.subarray(0, length);
}
