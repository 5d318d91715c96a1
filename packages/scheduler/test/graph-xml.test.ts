/** The transition as XML, against recorded ones: same actions, same attributes, same triggers; ids are our own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { childElements, parseXml, type XmlElement } from '@holdfast/cib';
import { simulate } from '@holdfast/scheduler';

const FOLDER = new URL('../../../../shared/cases/scheduler/', import.meta.url);

/** How many of the recorded graphs may differ. */
const DIFFERENT_MAX = 3;

function shape({ name, attributes, children }: XmlElement): string {
  const kept = Object.entries(attributes)
    .filter(([key]) => !HIDDEN.has(key) && (key !== 'id' || name === 'primitive'))
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  const below = children.flatMap((child) => (child.kind === 'element' ? [shape(child)] : []));
  if (name === 'inputs') below.sort();
  return `${name}(${kept.join(' ')})[${below.join('')}]`;
}

/** Versions, and an option the recordings left out. */
const HIDDEN: ReadonlySet<string> = new Set(['crm_feature_set', 'batch-limit']);

function shapes(text: string): readonly string[] {
  const parsed = parseXml(text);
  if (!parsed.ok) return [`not XML: ${parsed.fault.what}`];
  const { attributes } = parsed.value;
  return [
    shape({ ...parsed.value, attributes, children: [] }),
    ...childElements(parsed.value).map(shape).sort(),
  ];
}

type Manifest = readonly { readonly name: string; readonly args: readonly string[] }[];

void t.test('graphs are what was recorded, but for their ids', (t) => {
  if (!existsSync(FOLDER)) {
    t.comment('the case collection is not here: nothing was looked at');
    t.end();
    return;
  }
  const read = (path: string): string => readFileSync(new URL(path, FOLDER), 'utf8');
  const manifest = JSON.parse(read('manifest.json')) as Manifest;
  t.ok(readdirSync(new URL('exp/', FOLDER)).length >= manifest.length, 'each has a recording');
  const different = manifest.filter(({ name, args }) => {
    const date = args[0] === '-t' ? args[1] : undefined;
    const { graph } = simulate(read(`xml/${name}.xml`), date === undefined ? {} : { date });
    return shapes(graph).join('\n') !== shapes(read(`exp/${name}.exp`)).join('\n');
  });
  const names = different.map(({ name }) => name).join(' ');
  t.ok(different.length <= DIFFERENT_MAX, `${different.length} differ: ${names}`);
  t.end();
});
