/** Files that somebody broke: whatever is in them, they are read to an answer, and quickly. */
import t from 'tap';
import { type Prng, prng } from '@holdfast/base';
import {
  compareConf,
  describe,
  digestsOf,
  getValues,
  parseCorosyncConf,
  setValue,
} from '@holdfast/corosync-conf';
import { SEED } from './support/conf.ts';

const COUNT = 5000;
const SCRAPS = [
  '{',
  '}',
  ':',
  '\n',
  '\r\n',
  '#',
  '0',
  '-1',
  '4294967296',
  'node {',
  'totem {',
  '\u0000',
  'é',
  ' ',
  '\t',
  '__proto__: 1',
  'constructor {',
  'quorum_votes: 300',
];

function mutate(text: string, dice: Prng): string {
  let mutated = text;
  for (let count = 1 + dice.below(6); count > 0; count -= 1) {
    const at = dice.below(mutated.length + 1);
    const length = dice.below(12);
    const scrap = dice.chance(1, 3) ? '' : (SCRAPS[dice.below(SCRAPS.length)] ?? '');
    mutated = mutated.slice(0, at) + scrap + mutated.slice(at + length);
  }
  return mutated;
}

void t.test('every broken file is read or refused, with a line and a sentence', (t) => {
  const dice = prng(4711);
  const base = parseCorosyncConf(SEED, 'c');
  let accepted = 0;
  for (let count = 0; count < COUNT; count += 1) {
    const text = mutate(SEED, dice);
    const result = parseCorosyncConf(text, 'c');
    const said = result.ok ? result.value.warnings : result.fault;
    const lines = text.split('\n').length;
    const isSaid = said.every(
      (one) => one.line >= 1 && one.line <= lines && describe(one).length > 8,
    );
    if (!isSaid || (!result.ok && said.length === 0)) t.fail(JSON.stringify(text));
    if (result.ok && base.ok) {
      accepted += 1;
      compareConf(base.value, result.value);
      digestsOf(result.value);
    }
  }
  t.ok(
    accepted > COUNT / 20 && accepted < COUNT,
    `${accepted} of ${COUNT} were still configurations`,
  );
  t.end();
});

void t.test('what is set in a broken file is read back, or it is refused', (t) => {
  const dice = prng(1204);
  let set = 0;
  for (let count = 0; count < COUNT; count += 1) {
    const text = mutate(SEED, dice);
    const edited = setValue(text, 'totem.join', '77', undefined);
    if (!edited.ok) continue;
    set += 1;
    const values = getValues(edited.value.text, 'totem.join');
    if (!values.ok || values.value.at(-1) !== '77') t.fail(JSON.stringify(text));
  }
  t.ok(set > COUNT / 20, `${set} of ${COUNT} could be changed`);
  t.end();
});
