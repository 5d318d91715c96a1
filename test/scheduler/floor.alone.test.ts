/** What was once matched of the recorded cases is matched still. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { fallen, raised, runScorer, type Tally } from './floor.ts';
import { ABSENT, FLOOR, hasCases } from './places.ts';

void t.test('nothing that was matched is lost', async (t) => {
  if (!hasCases()) {
    t.comment(ABSENT);
    return;
  }
  const floor = JSON.parse(readFileSync(FLOOR, 'utf8')) as Tally;
  const { tally, total } = await runScorer();
  t.same(fallen(floor, tally), []);
  t.ok((total['cases'] ?? 0) > 0, 'there are cases');
});

void t.test('a lower count is named, and the floor only rises', (t) => {
  const floor = { clone: { L1: 3, L2: 2 } };
  const now = { clone: { L1: 2, L2: 3 }, group: { L1: 1 } };
  t.same(fallen(floor, now), ['clone: L1 was 3, is 2']);
  t.same(fallen(floor, {}), ['clone: L1 was 3, is 0', 'clone: L2 was 2, is 0']);
  t.same(raised(floor, now), { clone: { L1: 3, L2: 3 }, group: { L1: 1 } });
  t.end();
});
