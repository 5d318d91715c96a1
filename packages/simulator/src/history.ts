/** What happened, in words with virtual times; and one number that two equal histories share. */
import type { WorldMs } from './agenda.ts';

export type HistoryEvent = { readonly at: WorldMs; readonly who: string; readonly text: string };

export class History {
  readonly events: HistoryEvent[] = [];
  #hash = 0x811c9dc5;

  tell(at: WorldMs, who: string, text: string): void {
    this.events.push({ at, who, text });
    this.mark(at);
    this.#fold(who);
    this.#fold(text);
  }

  /** Counts for the hash, but is not worth words. */
  mark(value: number): void {
    this.#hash = Math.imul(this.#hash ^ (value | 0), 0x01000193) >>> 0;
  }

  hash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }

  /** The last `count` events as lines; all of them where `count` is left out. */
  lines(count = this.events.length): readonly string[] {
    return this.events
      .slice(-count)
      .map(({ at, who, text }) => `${clock(at)}  ${who.padEnd(8)} ${text}`);
  }

  #fold(text: string): void {
    let hash = this.#hash;
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
    this.#hash = hash >>> 0;
  }
}

/** `  83.207`: seconds and milliseconds of virtual time. */
function clock(at: WorldMs): string {
  return (at / 1000).toFixed(3).padStart(8);
}
