import { parseXml, formatXml } from '@holdfast/cib';
import t from 'tap';
import { withoutSecrets } from '#src/secrets.js';

void t.test('whoever may only read sees no value that opens a door', (t) => {
  const rows: readonly [string, boolean][] = [
    ['password', true],
    ['passwd', true],
    ['snmp_priv_passwd', true],
    ['community', true],
    ['kg', true],
    ['hexadecimal_kg', true],
    ['ip', false],
    ['kg_of_load', false],
  ];
  for (const [name, isHidden] of rows) {
    const read = parseXml(`<a><b><nvpair id="x" name="${name}" value="0pen"/></b></a>`);
    if (!read.ok) throw new Error('no XML');
    const shown = formatXml(withoutSecrets(read.value));
    t.equal(shown.includes('0pen'), !isHidden, name);
    t.equal(shown.includes('******'), isHidden, name);
  }
  t.end();
});
