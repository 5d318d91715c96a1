import t from 'tap';
import { splitWords } from '#src/words.js';

void t.test('a command line is split as a shell would', (t) => {
  const table: readonly { text: string; words: readonly string[] | undefined; why: string }[] = [
    { text: '', words: [], why: 'nothing' },
    { text: '  a  b\tc\n', words: ['a', 'b', 'c'], why: 'blanks' },
    {
      text: `sh -c 'a "b" $c'`,
      words: ['sh', '-c', 'a "b" $c'],
      why: 'single quotes take all as it is',
    },
    {
      text: String.raw`"a \"b\" \n" c\ d`,
      words: ['a "b" \\n', 'c d'],
      why: 'double quotes, escapes',
    },
    { text: `a'b'"c"d ''`, words: ['abcd', ''], why: 'pieces make one word; an empty one is one' },
    { text: `--x="1 2"`, words: ['--x=1 2'], why: 'quotes inside a word' },
    { text: `a 'b`, words: undefined, why: 'not closed' },
    { text: `a "b`, words: undefined, why: 'not closed' },
    { text: 'a \\', words: undefined, why: 'nothing to escape' },
  ];
  for (const { text, words, why } of table) {
    const split = splitWords(text);
    t.same(split.ok ? split.value : undefined, words, why);
  }
  t.end();
});
