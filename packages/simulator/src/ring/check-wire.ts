/**
 * What leaves a node (T9.3, T9.10, T9.13, T9.37): one message for one place of a ring, tokens that ask
 * for what can be, and no signature for a ring that a crash would make it forget.
 */
import { decodeFrame, type Message } from '@holdfast/totem';
import { type Life, nameOf, type Report } from './life.ts';

const REQUESTS_MAX = 64;

export class WireCheck {
  readonly #report: Report;
  readonly #messages = new Map<string, number>();
  joins = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  sent(life: Life, bytes: Uint8Array, diskSeq: number): void {
    const frame = decodeFrame(bytes);
    if (frame === undefined) {
      this.#report('T9.48', `${nameOf(life)} sends what is no frame`);
      return;
    }
    this.#check(life, frame.message, diskSeq);
  }

  #check(life: Life, message: Message, diskSeq: number): void {
    switch (message.kind) {
      case 'mcast': {
        const { representative, seq } = message.ringId;
        const key = `${representative}.${seq}/${message.seq}`;
        const sum = sumOf(message.payload) ^ message.originator;
        const known = this.#messages.get(key);
        this.#messages.set(key, sum);
        if (known !== undefined && known !== sum)
          this.#report('T9.13', `${nameOf(life)} sends another message as ${key}`);
        return;
      }
      case 'token': {
        const { requests, seq, aru } = message;
        const isSorted = requests.every((each, at) => at === 0 || each > (requests[at - 1] ?? 0));
        const isOver = requests.some((each) => each > seq || each < 1);
        if (!isSorted || isOver || requests.length > REQUESTS_MAX || aru > seq)
          this.#report(
            'T9.37',
            `${nameOf(life)} sends a token that asks for ${requests.join()} of ${seq}`,
          );
        return;
      }
      case 'commit':
        if (diskSeq < message.ringId.seq)
          this.#report(
            'T9.10',
            `${nameOf(life)} signs for ring ${message.ringId.seq} with ${diskSeq} on disk`,
          );
        return;
      case 'join':
        this.joins += 1;
        return;
      case 'merge':
      case 'hold-cancel':
        return;
    }
  }
}

function sumOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  const end = Math.min(bytes.length, 96);
  for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash >>> 0;
}
