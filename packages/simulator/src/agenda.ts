/** Virtual time: what is to happen, in order of time, and of asking among equals. */
import { assert } from '@holdfast/base';

type Entry = { readonly at: number; readonly seq: number; readonly run: () => void };

/** Milliseconds since the world began; whole numbers. */
export type WorldMs = number;

export class Agenda {
  readonly #heap: Entry[] = [];
  #seq = 0;
  #now: WorldMs = 0;

  now(): WorldMs {
    return this.#now;
  }

  /** How many things have been asked for so far. */
  count(): number {
    return this.#seq;
  }

  after(waitMs: number, run: () => void): void {
    this.at(this.#now + waitMs, run);
  }

  at(when: WorldMs, run: () => void): void {
    assert(when >= this.#now, 'nothing happens in the past');
    this.#seq += 1;
    const entry = { at: when, seq: this.#seq, run };
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Lets the next thing happen. False: there is none before `until`, and it is `until` now. */
  next(until: WorldMs): boolean {
    const first = this.#heap[0];
    if (first === undefined || first.at > until) {
      this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#removeFirst();
    this.#now = first.at;
    first.run();
    return true;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}
