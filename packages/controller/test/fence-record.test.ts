/** The history of fences: bounded, merged alike everywhere, and read back from whatever a disk holds. */
import t from 'tap';
import { nodeName } from '@holdfast/base';
import type { FenceEntry, FenceProof } from '@holdfast/controller';
import {
  beginFence,
  countAttempt,
  endFences,
  formatRecord,
  mergeRecords,
  pauseAfter,
  readRecord,
  recordProof,
} from '#src/fence-record.js';
import { replica, type Replica } from '#src/replica.js';

const a = nodeName('a');
const b = nodeName('b');

function entry(id: string, endedAtMs: number | null = null): FenceEntry {
  return {
    id,
    target: a,
    life: 'a-1',
    action: 'reboot',
    state: endedAtMs === null ? 'pending' : 'done',
    device: null,
    watchdogMs: null,
    origin: b,
    tried: [],
    originLife: 'b-1',
    byHand: false,
    detail: 'a is lost',
    progress: null,
    devices: ['pdu'],
    startedAtMs: 1,
    endedAtMs,
  };
}

function proof(atMs: number, isGood: boolean): FenceProof {
  const way = { target: a, device: 'pdu', executor: b, kind: 'asked' } as const;
  return { ...way, isGood, words: 'status: on', tookMs: 5, atMs, goodAtMs: null };
}

function ids({ fences }: Replica): string[] {
  return fences.map(({ id }) => id);
}

void t.test('more than 500 ended fences: the older half goes, pending ones stay', (t) => {
  const state = replica();
  beginFence(state, entry('open'));
  for (let count = 0; count < 502; count += 1) {
    beginFence(state, entry(`f${count}`));
    endFences(state, [`f${count}`], { state: 'done', detail: '', devices: [], endedAtMs: count });
  }
  const kept = ids(state);
  t.ok(kept.includes('open'));
  t.ok(kept.includes('f501'));
  t.notOk(kept.includes('f0'));
  t.ok(kept.length > 250 && kept.length <= 502, `${kept.length}`);
  t.end();
});

void t.test('two histories merge to the same, whichever comes to whom', (t) => {
  const mine = replica();
  mine.fences = [entry('m1', 10), entry('m2', 30)];
  const theirs = replica();
  theirs.fences = [entry('t1', 20), entry('m1', 10)];
  recordProof(mine, proof(5, true));
  recordProof(theirs, proof(9, false));
  const left = replica();
  Object.assign(left, { fences: mine.fences, proofs: mine.proofs });
  mergeRecords(left, theirs, a);
  const right = replica();
  Object.assign(right, { fences: theirs.fences, proofs: theirs.proofs });
  mergeRecords(right, mine, a);
  t.same(ids(left), ['m1', 't1', 'm2']);
  t.same(ids(right), ids(left));
  t.equal(left.proofs[0]?.atMs, 9, 'the newer proof counts');
  t.end();
});

void t.test('of fences that are pending, only those of the one who tells are taken', (t) => {
  const state = replica();
  mergeRecords(state, { fences: [entry('p')], proofs: [] }, a);
  t.same(ids(state), []);
  mergeRecords(state, { fences: [entry('p')], proofs: [] }, b);
  t.same(ids(state), ['p']);
  t.end();
});

void t.test('a failed proof does not make the good one forgotten', (t) => {
  const state = replica();
  recordProof(state, proof(5, true));
  recordProof(state, proof(9, false));
  t.match(state.proofs, [{ isGood: false, atMs: 9, goodAtMs: 5 }]);
  t.end();
});

void t.test('what is written is read; what is damaged is nothing, and throws nothing', (t) => {
  const state = replica();
  state.fences = [entry('m1', 10), entry('open')];
  recordProof(state, proof(5, true));
  const again = readRecord(formatRecord(state));
  t.same(
    again.fences.map(({ id }) => id),
    ['m1'],
    'what was pending is over with the daemon',
  );
  t.same(again.proofs, state.proofs);
  for (const text of [
    undefined,
    '',
    '{',
    '[]',
    'null',
    '{"fences":5}',
    '{"fences":[5,{"id":1}]}',
  ]) {
    t.same(readRecord(text), { fences: [], proofs: [] }, text ?? 'no file');
  }
  t.end();
});

void t.test('pauses grow to ten seconds, and an end is set to trying', (t) => {
  t.same([1, 2, 3, 4, 5, 6, 50].map(pauseAfter), [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  const state = replica();
  const failed = { reason: 'no answer', isHopeless: false, atMs: 100 };
  t.same(countAttempt(state, a, failed, 2), { failures: 1, reason: 'no answer', nextAtMs: 600 });
  t.match(countAttempt(state, a, failed, 2), { failures: 2, nextAtMs: null });
  t.match(countAttempt(state, b, { ...failed, isHopeless: true }, 10), { nextAtMs: null });
  t.end();
});
