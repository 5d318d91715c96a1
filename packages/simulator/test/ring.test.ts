/**
 * Rings from seeds: whatever the network does, every promise of extended virtual synchrony holds, and
 * one ring forms in the end. `npm run sim:ring -- --seeds 20000` runs many more.
 */
import t from 'tap';
import { PLANTS } from '#src/ring/plants.js';
import { simulateRing } from '#src/ring/simulate.js';

const SEEDS = 200;
/** Seeds within which a planted fault must be found. */
const PLANT_SEEDS = 40;

void t.test('whatever the network does, members deliver alike, and one ring forms', (t) => {
  let memberships = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { broken, rings } = simulateRing({ seed });
    memberships += rings;
    const [first] = broken;
    if (first !== undefined) t.fail(`seed ${seed} breaks ${first.rule}: ${first.text}`);
  }
  t.ok(memberships > 10 * SEEDS, `${SEEDS} seeds, ${memberships} memberships`);
  t.end();
});

void t.test('every planted fault of the protocol is found', (t) => {
  const names = Object.keys(PLANTS);
  t.ok(names.length >= 12, `${names.length} planted faults`);
  for (const plant of names) {
    let found: string | undefined;
    for (let seed = 1; seed <= PLANT_SEEDS && found === undefined; seed += 1) {
      const [first] = simulateRing({ seed, plant }).broken;
      if (first !== undefined) found = `seed ${seed}: ${first.rule}: ${first.text}`;
    }
    t.ok(found !== undefined, `${plant}: ${found ?? 'not found'}`);
  }
  t.end();
});

void t.test('a seed tells the same story twice', (t) => {
  for (const seed of [3, 7, 11]) {
    const once = simulateRing({ seed });
    t.equal(simulateRing({ seed }).digest, once.digest, `seed ${seed}`);
    t.not(simulateRing({ seed: seed + 1 }).digest, once.digest, 'another seed, another story');
  }
  t.end();
});
