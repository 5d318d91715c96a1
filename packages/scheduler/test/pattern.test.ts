/** Patterns of resource names: what they find, and that none of them takes long. */
import t from 'tap';
import { search } from '#src/constraints/pattern-search.js';
import { compilePattern } from '#src/constraints/pattern.js';

const table: readonly {
  readonly pattern: string;
  readonly text: string;
  readonly found: readonly string[] | 'nothing' | 'unreadable';
  readonly why: string;
}[] = [
  { pattern: 'eb', text: 'web-1', found: ['eb'], why: 'it is searched, not matched whole' },
  { pattern: '^eb', text: 'web-1', found: 'nothing', why: 'the start is the start' },
  { pattern: '^web-(.*)$', text: 'web-1', found: ['web-1', '1'], why: 'a group is kept' },
  { pattern: '^(web|db)([0-9]+)$', text: 'db12', found: ['db12', 'db', '12'], why: 'either' },
  { pattern: '(a)|(b)', text: 'b', found: ['b', '', 'b'], why: 'what took no part is empty' },
  { pattern: 'a{2,3}', text: 'caaaa', found: ['aaa'], why: 'as many as there may be' },
  { pattern: 'a{2}b', text: 'aab', found: ['aab'], why: 'so many' },
  { pattern: 'a{2,}', text: 'baaaa', found: ['aaaa'], why: 'so many or more' },
  { pattern: 'x?y+', text: 'yy', found: ['yy'], why: 'maybe one, at least one' },
  { pattern: '[^a-c]', text: 'abcd', found: ['d'], why: 'any but these' },
  { pattern: '[]x]', text: ']', found: [']'], why: 'a bracket right at the beginning is itself' },
  { pattern: '[[:digit:]-]+', text: 'a1-2', found: ['1-2'], why: 'a class among others' },
  { pattern: 'a\\.b', text: 'axb', found: 'nothing', why: 'a dot that is a dot' },
  { pattern: '\\w+', text: '-ab-', found: ['ab'], why: 'a word' },
  { pattern: '(a*)*b', text: 'aab', found: ['aab', 'aa'], why: 'a loop in a loop ends' },
  { pattern: '', text: 'a', found: [''], why: 'nothing is everywhere' },
  { pattern: '[', text: '[', found: 'unreadable', why: 'a bracket that is not closed' },
  { pattern: '(', text: '(', found: 'unreadable', why: 'a parenthesis that is not closed' },
  { pattern: 'a)', text: 'a)', found: 'unreadable', why: 'a parenthesis that was not opened' },
  { pattern: '*', text: '*', found: 'unreadable', why: 'nothing to repeat' },
  { pattern: 'a{1,99999}', text: 'a', found: 'unreadable', why: 'too many digits' },
  { pattern: '(a{50}){99}', text: 'a', found: 'unreadable', why: 'too long written out' },
  { pattern: '('.repeat(60) + ')'.repeat(60), text: '', found: 'unreadable', why: 'too deep' },
];

void t.test('what a pattern finds', (t) => {
  for (const { pattern, text, found, why } of table) {
    const compiled = compilePattern(pattern);
    const result = compiled === undefined ? 'unreadable' : (search(compiled, text) ?? 'nothing');
    t.same(result, found, `${pattern}: ${why}`);
  }
  t.end();
});

void t.test('no pattern takes a number of steps that grows faster than the text', (t) => {
  for (const pattern of ['(a+)+$', '((a*)*)*b', '(.*)*(.*)*x', '^(a|a?)+$', '(a|aa)+$']) {
    const compiled = compilePattern(pattern);
    t.ok(compiled !== undefined, pattern);
    // With backtracking, each of these would be at it for longer than the world has stood.
    if (compiled !== undefined) search(compiled, `${'a'.repeat(2000)}!`);
  }
  t.end();
});
