/** A decision does not depend on the order of what has none. */
import t from 'tap';
import { prng } from '@holdfast/base';
import { formatXml, type XmlElement } from '@holdfast/cib';
import { simulate } from '@holdfast/scheduler';
import { recordedTrees } from './fuzz-run.ts';
import { ABSENT, hasCases } from './places.ts';
import { shuffle } from './shuffle.ts';

/** Actions, edges and scores, in an order of their own. */
function decided(tree: XmlElement): readonly string[] {
  const { dot, scores } = simulate(formatXml(tree));
  return [...new Set(dot.split('\n'))].sort().concat(scores.split('\n').sort());
}

void t.test('every case is decided the same with its parts in another order', (t) => {
  if (!hasCases()) {
    t.comment(ABSENT);
    t.end();
    return;
  }
  const chance = prng(1);
  const trees = recordedTrees().map((tree) => ({ tree, other: shuffle(tree, chance) }));
  const changed = trees.filter(({ tree, other }) => formatXml(tree) !== formatXml(other));
  t.ok(changed.length > trees.length * 0.9, 'most of them have something to shuffle');
  const wrong = changed.flatMap(({ tree, other }) => {
    const [before, after] = [decided(tree), decided(other)];
    const at = before.findIndex((line, index) => line !== after[index]);
    if (at < 0 && before.length === after.length) return [];
    return [`${formatXml(other).slice(0, 300)}: ${before[at] ?? ''} / ${after[at] ?? ''}`];
  });
  t.same(wrong, []);
  t.end();
});
