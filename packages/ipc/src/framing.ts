/** One JSON document a line: bytes in, whole lines out, never more than the limit held. */
import { fail, ok, type Result } from '@holdfast/base';

/** The largest message either side accepts, in bytes: a CIB of thousands of resources fits. */
export const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

export type Framing = { held: Buffer[]; heldBytes: number };

export function framing(): Framing {
  return { held: [], heldBytes: 0 };
}

/** Takes what arrived; answers with the lines it completes, or says that the sender goes on too long. */
export function takeLines(
  state: Framing,
  chunk: Buffer,
  bytesMax: number = MESSAGE_BYTES_MAX,
): Result<readonly string[], 'too-long'> {
  const lines: string[] = [];
  let start = 0;
  for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
    if (state.heldBytes + end - start > bytesMax) return fail('too-long');
    state.held.push(chunk.subarray(start, end));
    lines.push(Buffer.concat(state.held).toString('utf8'));
    state.held = [];
    state.heldBytes = 0;
    start = end + 1;
  }
  const rest = chunk.subarray(start);
  if (state.heldBytes + rest.length > bytesMax) return fail('too-long');
  if (rest.length > 0) {
    state.held.push(rest);
    state.heldBytes += rest.length;
  }
  return ok(lines);
}
