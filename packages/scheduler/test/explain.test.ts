/** The answers in docs/explain.md are what comes out. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { assert, epochMs } from '@holdfast/base';
import { readCib } from '@holdfast/cib';
import { explainText, schedule } from '@holdfast/scheduler';

const ROOT = new URL('../../../', import.meta.url);
const DOCUMENT = readFileSync(new URL('docs/explain.md', ROOT), 'utf8');

function explain(name: string, resource: string): string | undefined {
  const read = readCib(readFileSync(new URL(`examples/explain/${name}.xml`, ROOT), 'utf8'));
  assert(read.ok, 'the examples are CIBs');
  t.same(read.value.faults, [], `${name}.xml has no faults`);
  const now = epochMs(1_700_000_200_000);
  const { ledger } = schedule({ cib: read.value.cib, now, explain: true });
  return ledger === undefined ? undefined : explainText(ledger, resource);
}

for (const name of [
  'why-here',
  'why-not-there',
  'why-did-it-move',
  'why-is-it-stopped',
  'why-was-it-fenced',
]) {
  void t.test(`${name} is answered as documented`, (t) => {
    const command = `$ crm simulate --xml-file examples/explain/${name}.xml --explain web\n`;
    const begin = DOCUMENT.indexOf(command) + command.length;
    const documented = DOCUMENT.slice(begin, DOCUMENT.indexOf('\n```', begin));
    t.equal(explain(name, 'web')?.trimEnd(), documented);
    t.end();
  });
}

void t.test('what is not there is not explained', (t) => {
  t.equal(explain('why-here', 'nothing'), undefined);
  t.end();
});
