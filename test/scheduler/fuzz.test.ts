/** A few hundred strange CIBs; `npm run fuzz:scheduler` draws as many as wanted. */
import t from 'tap';
import { readCib } from '@holdfast/cib';
import { fuzz, recordedTrees } from './fuzz-run.ts';
import { mutate } from './fuzz-mutate.ts';
import { ABSENT, hasCases } from './places.ts';

void t.test('whatever is read is decided, in bounded time', (t) => {
  if (!hasCases()) {
    t.comment(ABSENT);
    t.end();
    return;
  }
  const { wrong, refused, runs } = fuzz({ runs: 300, seed: 20 });
  t.equal(wrong, undefined);
  t.ok(refused > 0 && refused < runs / 2, `${refused} of ${runs} were refused, the others decided`);
  t.end();
});

void t.test('a mutation changes the document', (t) => {
  if (!hasCases()) {
    t.comment(ABSENT);
    t.end();
    return;
  }
  const [tree] = recordedTrees();
  t.ok(tree !== undefined, 'there is a case');
  if (tree !== undefined) {
    const unchanged = mutate(tree, []);
    const changed = mutate(tree, [{ kind: 'value', at: 5, which: 0, value: 'strange' }]);
    t.not(changed, unchanged);
    t.match(changed, /strange/);
    t.match(
      readCib(mutate(tree, [{ kind: 'nest', at: 0, times: 120 }])),
      { ok: false },
      'too deep',
    );
  }
  t.end();
});
