import fc from 'fast-check';
import t from 'tap';
import { formatXml, parseXml, sameXml, type XmlElement, type XmlNode } from '@holdfast/cib';
import { cibCases, parsed, WHY_SKIPPED } from './support/cases.js';

void t.test('every recorded CIB is the same after writing and reading', (t) => {
  const cases = cibCases();
  if (cases.length === 0) {
    t.comment(WHY_SKIPPED);
    t.end();
    return;
  }
  const altered = cases.filter(({ text }) => {
    const tree = parsed(text);
    return !sameXml(tree, parsed(formatXml(tree)));
  });
  t.ok(cases.length > 500, `${cases.length} CIBs`);
  t.strictSame(
    altered.map(({ name }) => name),
    [],
  );
  t.end();
});

void t.test('it is written one tag a line, two blanks a level', (t) => {
  const text = '<cib a="1 &lt; 2"><status/><!-- kept --><longdesc>two\nlines</longdesc></cib>';
  t.equal(
    formatXml(parsed(text)),
    [
      '<cib a="1 &lt; 2">',
      '  <status/>',
      '  <!-- kept -->',
      '  <longdesc>two',
      'lines</longdesc>',
      '</cib>',
      '',
    ].join('\n'),
  );
  t.end();
});

void t.test('what stands between text is content, and kept to the blank', (t) => {
  for (const text of [
    '<a>x <b/> y</a>',
    '<a>  x  </a>',
    '<a>&lt;<!--c--><b>z</b></a>',
    '<a>x<![CDATA[ <y> ]]>z</a>',
    '<a b="&#10;&#9;&#13;&quot;&apos;&amp;"/>',
    '<a>line&#13;end</a>',
  ]) {
    const tree = parsed(text);
    t.strictSame(parsed(formatXml(tree)), tree, text);
  }
  t.end();
});

const name = fc.constantFrom('a', 'b-c', '_d', 'nvpair', '__proto__', 'constructor');
const char = fc.constantFrom(
  'a',
  'b',
  '<',
  '>',
  '&',
  '"',
  "'",
  '\n',
  '\r',
  '\t',
  ' ',
  ']',
  ']]>',
  'é',
  '😀',
);
const text = fc.array(char, { maxLength: 8 }).map((chars) => chars.join(''));

/** Trees as the parser gives them: no two texts side by side, no text of blanks only. */
const { tree } = fc.letrec<{ tree: XmlElement; node: XmlNode }>((tie) => ({
  tree: fc.record({
    kind: fc.constant('element' as const),
    name,
    attributes: fc
      .array(fc.tuple(name, text), { maxLength: 3 })
      .map((pairs) => Object.fromEntries(pairs)),
    children: fc
      .array(tie('node'), { maxLength: 3 })
      .map((nodes) =>
        nodes.filter((each, at) => each.kind !== 'text' || nodes[at - 1]?.kind !== 'text'),
      ),
  }),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text
      .filter((each) => each.trim() !== '')
      .map((each) => ({ kind: 'text' as const, text: each })),
    fc.constant({ kind: 'comment' as const, text: ' say <so> & "so" ' }),
    tie('tree'),
  ),
}));

void t.test('any tree is the same after writing and reading', (t) => {
  fc.assert(
    fc.property(tree, (each) => sameXml(parsed(formatXml(each)), each)),
    { numRuns: 300 },
  );
  t.end();
});

void t.test('what is not well-formed is refused where it goes wrong', (t) => {
  const table: readonly [text: string, line: number, what: RegExp, why: string][] = [
    ['', 1, /root element/, 'an empty file'],
    ['just words', 1, /text data outside/, 'no element'],
    ['<a>\n<b>\n</a>', 3, /close tag/, 'tags that cross'],
    ['<a>', 1, /unclosed tag: a/, 'a file that was cut off'],
    ['<a>\n  <b c="1"', 2, /unclosed tag/, 'cut off inside a tag'],
    ['<a b=1/>', 1, /unquoted/, 'a value without quotes'],
    ['<a b="1" b="2"/>', 1, /duplicate attribute/, 'one attribute twice'],
    ['<a b="<"/>', 1, /disallowed character/, 'a tag inside a value'],
    ['<a>]]></a>', 1, /disallowed/, 'the end of a CDATA that never began'],
    ['<a><!-- a -- b --></a>', 1, /comment/, 'dashes inside a comment'],
    ['<a/><b/>', 1, /only one root/, 'two roots'],
    ['<a/>\nrest', 2, /outside of root/, 'text behind the root'],
    ['<a>&nbsp;</a>', 1, /undefined entity/, 'an entity nobody declared'],
    ['<a>&#0;</a>', 1, /character entity/, 'a character that XML has not'],
    ['<a>\u0001</a>', 1, /disallowed character/, 'the same, raw'],
    ['<!DOCTYPE a [<!ENTITY x "y">]>\n<a>&x;</a>', 1, /document type/, 'entities of its own'],
    ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 1, /document type/, 'files of ours'],
    ['<?xml version="1.1"?><a/>', 1, /XML 1\.1/, 'another XML'],
    ['<a><?php echo?></a>', 1, /processing instruction/, 'what would be lost'],
    [`${'<a>'.repeat(101)}${'</a>'.repeat(101)}`, 1, /nested deeper than 100/, 'too deep'],
    ['<a>'.repeat(200_000), 1, /nested deeper/, 'far too deep'],
  ];
  for (const [input, line, what, why] of table) {
    const read = parseXml(input);
    if (read.ok) {
      t.fail(`${why}: was read`);
      continue;
    }
    t.equal(read.fault.line, line, `${why}: line`);
    t.match(read.fault.what, what, `${why}: ${read.fault.what}`);
  }
  const [read] = [parseXml('<a>\n  <b c=d/>\n</a>')];
  t.match(read, { ok: false, fault: { line: 2, column: 8 } }, 'line and column');
  t.end();
});

void t.test('characters that XML has not are replaced, so that the file can be read again', (t) => {
  const odd: XmlElement = {
    kind: 'element',
    name: 'a',
    attributes: { b: 'red \u001b[31m', c: '\ud800' },
    children: [{ kind: 'text', text: 'x\u0000' }],
  };
  const again = parsed(formatXml(odd));
  t.strictSame({ ...again.attributes }, { b: 'red \ufffd[31m', c: '\ufffd' });
  t.match(again.children, [{ text: 'x\ufffd' }]);
  t.end();
});

void t.test('a document longer than the limit is not even looked at', (t) => {
  const read = parseXml('<a/>', { lengthMax: 3, depthMax: 9 });
  t.match(read, { ok: false, fault: { what: 'longer than 3 characters' } });
  t.match(parseXml('<a><b/></a>', { lengthMax: 99, depthMax: 1 }), { ok: false });
  t.match(parseXml('<a><b/></a>', { lengthMax: 99, depthMax: 2 }), { ok: true });
  t.end();
});
