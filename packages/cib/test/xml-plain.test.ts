/** The quick parser and the strict one are of one mind wherever the quick one answers at all. */
import fc from 'fast-check';
import t from 'tap';
import { parseStrictly } from '#src/xml-parse.js';
import { parsePlain } from '#src/xml-plain.js';
import { cibCases, WHY_SKIPPED } from './support/cases.js';

const LIMITS = { lengthMax: 1_000_000, depthMax: 4 };

/** Pieces that make well-formed and broken documents about as often. */
const piece = fc.constantFrom(
  ...['<a>', '</a>', '<b c="1">', "<b c='&lt;' d = '2'/>", '</b>', '<a b="1"b="2"/>', '<a/ >'],
  ...['<!--x-->', '<!-- a--b -->', '<!--->', ' ', '\n', 'text', '&amp;', '&#10;', '&', ']]>', '>'],
  ...[
    '<![CDATA[x]]>',
    '<?x y?>',
    '<a\tb\n=\n"1"\n>',
    '<a b="1\n2">',
    '<1/>',
    '<a b="<"/>',
    '</a >',
  ],
  ...[
    '<?xml version="1.0"?>',
    '<a a="1" a="2"/>',
    'é',
    '\r',
    '<a:b/>',
    '<__proto__ __proto__="1"/>',
  ],
);

void t.test('what the quick parser reads, the strict one reads the same', (t) => {
  let read = 0;
  const document = fc
    .array(piece, { maxLength: 8 })
    .chain((inside) =>
      fc.constantFrom(inside.join(''), `<a>${inside.join('')}</a>`, `<a x="${inside.join('')}"/>`),
    );
  fc.assert(
    fc.property(document, (text) => {
      const plain = parsePlain(text, LIMITS.depthMax);
      if (plain === undefined) return;
      read += 1;
      const strict = parseStrictly(text, LIMITS);
      t.ok(strict.ok, `well-formed for both: ${text}`);
      if (strict.ok) t.same(plain, strict.value, text);
    }),
    { numRuns: 3000, seed: 1 },
  );
  t.ok(read > 100, `${read} documents were plain`);
  t.end();
});

void t.test('a recorded CIB is plain, and read the same', (t) => {
  const cases = cibCases();
  if (cases.length === 0) {
    t.comment(WHY_SKIPPED);
    t.end();
    return;
  }
  for (const { name, text } of cases) {
    const strict = parseStrictly(text, { lengthMax: 1e9, depthMax: 100 });
    const plain = parsePlain(text, 100);
    if (plain !== undefined) t.same({ ok: true, value: plain }, strict, name);
  }
  t.ok(
    cases.some(({ text }) => parsePlain(text, 100) !== undefined),
    'some are plain',
  );
  t.end();
});
