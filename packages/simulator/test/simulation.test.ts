import { decodeDisk, verify } from '@holdfast/cib';
import t from 'tap';
import { type Outcome, runBatch } from '#src/batch.js';
import { drawPlan, type Plant } from '#src/plan.js';
import { simulate } from '#src/simulate.js';

const WORKERS = 2;
/** Whole clusters take their time, on a busy machine above all. */
t.setTimeout(300_000);

async function firstViolation(
  count: number,
  plant: Plant | undefined,
): Promise<{ readonly seen: number; readonly outcome: Outcome | undefined }> {
  let outcome: Outcome | undefined;
  let seen = 0;
  const seeds = Array.from({ length: count }, (_, index) => index + 1);
  const order = { choice: { plant }, isStory: false, isKeepGoing: false };
  await runBatch(seeds, WORKERS, order, (each) => {
    seen += 1;
    if (each.violation !== undefined) outcome ??= each;
  });
  return { seen, outcome };
}

function story(outcome: Outcome | undefined): string {
  if (outcome?.violation === undefined) return 'no violation';
  const { seed, violation, story: lines } = outcome;
  return `seed ${seed}, ${violation.checker}: ${violation.text}\n${lines.slice(-40).join('\n')}`;
}

void t.test('60 worlds keep every promise', async (t) => {
  t.setTimeout(300_000);
  const { seen, outcome } = await firstViolation(60, undefined);
  t.equal(outcome, undefined, story(outcome));
  t.equal(seen, 60);
});

void t.test(
  'every planted fault is found within 200 seeds, by the checker it is for',
  async (t) => {
    t.setTimeout(300_000);
    const rows: readonly { plant: Plant; checkers: readonly string[]; why: string }[] = [
      {
        plant: 'no-wait-for-all',
        checkers: ['fence-loop'],
        why: 'a node that boots alone shoots its peer',
      },
      {
        plant: 'no-fence-wait',
        checkers: ['two-owners', 'fenced-before-recovered'],
        why: 'a service starts while its last owner may live',
      },
      {
        plant: 'early-ack',
        checkers: ['acknowledged-lost', 'equal-cibs'],
        why: 'a blackout takes what was acknowledged and not written',
      },
      { plant: 'no-delay', checkers: ['one-survivor'], why: 'both halves of a split shoot' },
      {
        plant: 'believed-lie',
        checkers: ['two-owners', 'fenced-before-recovered'],
        why: 'a node that a lying device calls off runs on',
      },
    ];
    for (const { plant, checkers, why } of rows) {
      const { outcome } = await firstViolation(200, plant);
      const found = outcome?.violation?.checker ?? 'nothing';
      t.ok(checkers.includes(found), `${plant}: ${why}; found: ${story(outcome)}`);
      t.ok((outcome?.story.length ?? 0) > 5, 'and the story is told');
    }
  },
);

void t.test('the same seed is the same history', (t) => {
  for (const seed of [3, 6, 8]) {
    const first = simulate({ seed });
    const again = simulate({ seed });
    t.equal(again.hash, first.hash, `seed ${seed}`);
    t.equal(again.events, first.events);
  }
  t.not(simulate({ seed: 3 }).hash, simulate({ seed: 4 }).hash, 'and another one is another');
  t.end();
});

void t.test('a seed draws the cluster it is asked for', (t) => {
  for (const nodeCount of [2, 3, 4, 5]) {
    t.equal(drawPlan({ seed: 9, nodeCount }).nodes.length, nodeCount);
  }
  t.equal(drawPlan({ seed: 9, ticks: 33 }).faultsMs, 33_000);
  t.ok(
    Array.from({ length: 60 }, (_, index) => drawPlan({ seed: index + 1 })).some(
      ({ scenario }) => scenario === 'split',
    ),
    'some are clean splits',
  );
  t.end();
});

async function cutViolation(
  count: number,
  plant: Plant | undefined,
): Promise<{ readonly shots: number; readonly outcome: Outcome | undefined }> {
  let outcome: Outcome | undefined;
  let shots = 0;
  const seeds = Array.from({ length: count }, (_, index) => index + 1);
  const order = { choice: { plant, cuts: 10 }, isStory: false, isKeepGoing: false };
  await runBatch(seeds, WORKERS, order, (each) => {
    shots += each.shots;
    if (each.violation !== undefined) outcome ??= each;
  });
  return { shots, outcome };
}

void t.test('150 cuts of a pair with delays: never both down, whatever devices take', async (t) => {
  const { shots, outcome } = await cutViolation(15, undefined);
  t.equal(outcome, undefined, story(outcome));
  t.ok(shots > 50, `${shots} shots`);
});

void t.test('without delays the linter warns, and both go down', async (t) => {
  const { outcome } = await cutViolation(15, 'no-delay');
  t.equal(outcome?.violation?.checker, 'one-survivor', story(outcome));
  t.match(outcome?.violation?.text, /one cut, and both nodes were shot/);
  const warnings = (plant: Plant | undefined): number[] =>
    Array.from({ length: 30 }, (_, index) => {
      const { firstCib } = drawPlan({ seed: index + 1, cuts: 1, plant });
      const read = decodeDisk(firstCib);
      if (!read.ok) throw new Error('the drawn configuration is read');
      return verify(read.value.root).filter(({ what }) => what.includes('may shoot each other'))
        .length;
    });
  t.same(new Set(warnings('no-delay')), new Set([1]), 'every time, once');
  t.same(new Set(warnings(undefined)), new Set([0]), 'and never where there is one');
});
