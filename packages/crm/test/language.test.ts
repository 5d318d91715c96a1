import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childElements, element, emptyCib, parseXml, type XmlElement } from '@holdfast/cib';
import t from 'tap';
import { findObject, section } from '#src/draft/places.js';
import { putObject } from '#src/draft/put.js';
import { selectObjects, showObjects } from '#src/draft/select.js';
import { parseObject } from '#src/language/parse.js';
import { splitWords } from '#src/language/words.js';

type ElementCase = {
  id: string;
  input: string;
  prior?: string[];
  expect: 'accept' | 'reject';
  expected_xml?: string;
  expected_show?: string;
};

const CASES = join(import.meta.dirname, '../../../../shared/cases/crmsh/elements.json');

/** Lines the reference takes and we refuse, each with what is wrong with it. */
const REFUSED_ON_PURPOSE: Readonly<Record<string, string>> = {
  'group group-1 params a=b': 'a group of nothing',
};

function must<Value>(result: { ok: true; value: Value } | { ok: false; fault: unknown }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

function apply(cib: XmlElement, line: string): XmlElement {
  return must(putObject(cib, must(parseObject(must(splitWords(line))))));
}

/** Attributes sorted, members of collections left out, nvpairs of a set sorted: what cases compare. */
function canonical(object: XmlElement, isRoot = true): unknown {
  const attributes = Object.entries(object.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const children = childElements(object)
    .filter(({ name }) => name !== 'crmsh-ref' && !(isRoot && /^(primitive|group)$/.test(name)))
    .map((child) => canonical(child, false));
  if (/attributes$|utilization|property_set/.test(object.name)) {
    children.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return [object.name, attributes, ...children];
}

/** The element a line makes, in a configuration where everything it names exists. */
function made(line: string, prior: readonly string[]): XmlElement | undefined {
  let cib = emptyCib();
  for (const each of prior) cib = apply(cib, each);
  const parsed = must(parseObject(must(splitWords(line))));
  switch (parsed.kind) {
    case 'op': {
      cib = apply(cib, `primitive ${parsed.resource} Dummy`);
      const after = must(putObject(cib, parsed));
      const operations = childElements(findObject(after, parsed.resource) ?? after, 'operations');
      const op = childElements(operations[0] ?? after).at(-1);
      return op && element('op', { ...op.attributes, rsc: parsed.resource });
    }
    case 'topology': {
      const targeted = parsed.levels.filter(({ target }) => target !== undefined);
      const after = must(putObject(cib, { ...parsed, levels: targeted }));
      return element('fencing-topology', {}, section(after, 'fencing-topology'));
    }
    case 'set': {
      const [set] = section(must(putObject(cib, parsed)), parsed.section);
      return set;
    }
    case 'node':
      return section(must(putObject(cib, parsed)), 'nodes')[0];
    case 'resource':
    case 'constraint':
    case 'tag':
    case 'alert':
    case 'acl':
    case 'xml':
      return findObject(must(putObject(cib, parsed)), parsed.element.attributes['id'] ?? '');
  }
}

if (!existsSync(CASES)) {
  void t.test('recorded lines (left out: ../shared/cases is not here)', (t) => t.end());
} else {
  const cases = JSON.parse(readFileSync(CASES, 'utf8')) as ElementCase[];
  void t.test('every recorded line makes the element it is recorded with', (t) => {
    let count = 0;
    for (const each of cases.filter(({ expect }) => expect === 'accept')) {
      if (REFUSED_ON_PURPOSE[each.input] !== undefined) continue;
      count += 1;
      const expected = must(parseXml(each.expected_xml ?? ''));
      try {
        const actual = made(each.input, each.prior ?? []);
        t.same(actual && canonical(actual), canonical(expected), `${each.id}: ${each.input}`);
      } catch (error) {
        t.fail(`${each.id}: ${each.input}: ${String(error)}`);
      }
    }
    t.comment(`${String(count)} lines`);
    t.end();
  });

  void t.test('every line the reference refuses is refused with a reason', (t) => {
    for (const each of cases.filter(({ expect }) => expect === 'reject')) {
      const words = splitWords(each.input);
      const parsed = words.ok ? parseObject(words.value) : words;
      t.notOk(parsed.ok, `${each.id}: ${each.input}`);
    }
    t.end();
  });

  void t.test('what is shown makes the same object again', (t) => {
    for (const each of cases.filter(({ expect }) => expect === 'accept')) {
      if (
        REFUSED_ON_PURPOSE[each.input] !== undefined ||
        /^(monitor|fencing_topology)/i.test(each.input)
      )
        continue;
      let cib = emptyCib();
      for (const line of each.prior ?? []) cib = apply(cib, line);
      cib = apply(cib, each.input);
      const request = { before: cib, cib, isMasked: () => false };
      const text = showObjects(request, must(selectObjects(request, [])));
      let again = emptyCib();
      for (const line of text.replaceAll('\\\n', ' ').split('\n'))
        if (line !== '') again = apply(again, line);
      const second = { before: again, cib: again, isMasked: () => false };
      t.equal(showObjects(second, must(selectObjects(second, []))), text, each.input);
    }
    t.end();
  });

  void t.test('objects are shown as the reference shows them', (t) => {
    let same = 0;
    let all = 0;
    const different: string[] = [];
    for (const each of cases) {
      if (
        each.expected_show === undefined ||
        each.expected_show === '' ||
        REFUSED_ON_PURPOSE[each.input] !== undefined
      )
        continue;
      if (/^fencing_topology$/.test(each.expected_show)) continue;
      all += 1;
      let cib = emptyCib();
      for (const line of each.prior ?? []) cib = apply(cib, line);
      const before = cib;
      cib = apply(cib, each.input);
      const request = { before, cib, isMasked: () => false };
      const objects = must(selectObjects(request, ['changed'])).filter(
        ({ name, attributes }) =>
          !(each.prior ?? []).some(
            (line) =>
              name === 'primitive' && line.startsWith(`primitive ${attributes['id'] ?? ''} `),
          ),
      );
      const text = showObjects(request, objects)
        .replaceAll(/ \\\n\t/g, ' ')
        .trim();
      if (text === each.expected_show.replaceAll(/ {2,}/g, ' ')) same += 1;
      else different.push(`${each.expected_show}\n      ${text}`);
    }
    t.ok(same >= all - 10, `${String(same)} of ${String(all)} are the same word for word`);
    if (process.env['SHOW_DIFFERENT'] !== undefined) for (const each of different) t.comment(each);
    t.end();
  });
}
