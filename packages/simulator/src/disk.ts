/**
 * A node's stable storage. The CIB is written in time and may be lost by a crash until the answer was
 * due; the ring sequence and the quorum record are written at once, as the daemon does.
 */
import { assert } from '@holdfast/base';
import { decodeDisk, emptyCib } from '@holdfast/cib';
import type { NodeDisk } from '@holdfast/node';
import type { QuorumRecord } from '@holdfast/quorum';
import { between, type Stage } from './stage.ts';

export type DiskWork =
  | { readonly kind: 'disk-prepare'; readonly token: number; readonly text: string }
  | { readonly kind: 'disk-commit'; readonly token: number }
  | { readonly kind: 'disk-store'; readonly token: number; readonly text: string };

export type DiskAnswer = { readonly token: number; readonly failure: string | undefined };

type Files = { cib: string | undefined; side: string | undefined };

export type DiskPace = { msMin: number; msMax: number };

export class Disk {
  readonly #stage: Stage;
  /** The planted fault: answered at once, on the platter so much later; undefined: honest. */
  readonly #lagMs: number | undefined;
  /** What survives a crash. */
  readonly #files: Files = { cib: undefined, side: undefined };
  /** What a process that reads now would see. */
  #cached: Files = { cib: undefined, side: undefined };
  #era = 0;
  /** Work not yet on the platter, oldest first. */
  #waiting: { readonly work: DiskWork; readonly failure: string | undefined }[] = [];
  #busyUntil = 0;
  isFull = false;
  readonly pace: DiskPace = { msMin: 1, msMax: 15 };
  ringSeq = 0;
  quorum: QuorumRecord | undefined = undefined;
  fences: string | undefined = undefined;

  constructor(stage: Stage, cib: string | undefined, lagMs: number | undefined) {
    this.#stage = stage;
    this.#lagMs = lagMs;
    this.#files.cib = cib;
    this.#cached = { ...this.#files };
  }

  /** One piece of work after the other; the answer comes when it is done. */
  ask(work: DiskWork, answer: (answer: DiskAnswer) => void): void {
    const { agenda, dice } = this.#stage;
    const failure =
      this.isFull && work.kind !== 'disk-commit' ? 'ENOSPC: no space left on device' : undefined;
    const entry = { work, failure };
    this.#waiting.push(entry);
    const era = this.#era;
    const done =
      Math.max(agenda.now(), this.#busyUntil) + between(dice, this.pace.msMin, this.pace.msMax);
    this.#busyUntil = done;
    agenda.at(this.#lagMs === undefined ? done : done + this.#lagMs, () => {
      if (era === this.#era) this.#settle();
    });
    agenda.at(done, () => {
      if (era !== this.#era) return;
      if (failure === undefined) carryOut(this.#cached, work);
      answer({ token: work.token, failure });
    });
  }

  /** The process is gone. Of what was under way, the first pieces may still have been done. */
  crash(isPowerLost: boolean): void {
    this.#era += 1;
    this.#busyUntil = 0;
    const survives =
      isPowerLost && this.#lagMs !== undefined
        ? 0
        : this.#stage.dice.below(this.#waiting.length + 1);
    for (const { work, failure } of this.#waiting.slice(0, survives)) {
      if (failure === undefined) carryOut(this.#files, work);
    }
    this.#waiting = [];
    if (!isPowerLost && this.#lagMs !== undefined) Object.assign(this.#files, this.#cached);
    this.#cached = { ...this.#files };
  }

  /** What the node finds at its start. */
  read(): NodeDisk {
    const { cib } = this.#files;
    const kept = { quorum: this.quorum, fences: this.fences };
    if (cib === undefined) return { root: emptyCib(), term: 0, ...kept };
    const read = decodeDisk(cib);
    assert(read.ok, 'what was written whole is read whole');
    return { ...read.value, ...kept };
  }

  #settle(): void {
    const first = this.#waiting.shift();
    if (first?.failure === undefined && first !== undefined) carryOut(this.#files, first.work);
  }
}

function carryOut(files: Files, work: DiskWork): void {
  switch (work.kind) {
    case 'disk-prepare':
      files.side = work.text;
      return;
    case 'disk-store':
      files.cib = work.text;
      return;
    case 'disk-commit':
      assert(files.side !== undefined, 'a commit follows a prepare');
      files.cib = files.side;
      files.side = undefined;
      return;
  }
}
