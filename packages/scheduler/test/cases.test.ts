/** Every CIB of the case collection: decided, and its graph can be walked to the end. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { epochMs } from '@holdfast/base';
import { readCib } from '@holdfast/cib';
import { schedule } from '@holdfast/scheduler';
import { step, transition } from '@holdfast/transition';

const FOLDER = new URL('../../../../shared/cases/scheduler/xml/', import.meta.url);

function walk(text: string): string {
  const read = readCib(text);
  if (!read.ok) return 'not read';
  const { graph } = schedule({ cib: read.value.cib, now: epochMs(1_700_000_000_000) });
  const state = transition(graph);
  const effects = step(state, { kind: 'start' });
  for (const effect of effects) {
    if (effect.kind === 'finished') return effect.outcome;
    effects.push(...step(state, { kind: 'completed', id: effect.action.id, ok: true }));
  }
  return 'held up';
}

void t.test('every case is decided, and its graph comes to its end', (t) => {
  if (!existsSync(FOLDER)) {
    t.comment('the case collection is not here: nothing was looked at');
    t.end();
    return;
  }
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.xml'));
  t.ok(names.length > 0, 'there are cases');
  const wrong = names.sort().flatMap((name) => {
    const outcome = walk(readFileSync(new URL(name, FOLDER), 'utf8'));
    return outcome === 'complete' ? [] : [`${name}: ${outcome}`];
  });
  t.same(wrong, []);
  t.end();
});
