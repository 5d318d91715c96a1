import t from 'tap';
import {
  instancesIn,
  type JournalEntry,
  longestOutageMs,
  overlapsIn,
  parseJournal,
  type Proof,
  refusalsIn,
  reportOf,
  type Row,
  type Sample,
} from '@holdfast/demo';

/** `haone 7 start@100 beat@125` for one instance of the service. */
function life(text: string): JournalEntry[] {
  const [node = '', pid = '', ...words] = text.split(' ');
  return words.map((word) => {
    const [kind = '', at = ''] = word.split('@');
    return { kind: kind as JournalEntry['kind'], at: Number(at), pid: Number(pid), node };
  });
}

const off = (node: string, at: number): Proof => ({ kind: 'power-off', node, at });

void t.test('two instances overlap unless the first was certainly over', (t) => {
  const rows: readonly {
    why: string;
    journal: readonly string[];
    proofs: readonly Proof[];
    overlaps: readonly string[];
  }[] = [
    {
      why: 'stopped by its own word, then started elsewhere',
      journal: ['haone 1 start@0 beat@25 stop@50', 'hatwo 2 start@60 beat@85'],
      proofs: [],
      overlaps: [],
    },
    {
      why: 'started before the other had stopped',
      journal: ['haone 1 start@0 beat@25 stop@50', 'hatwo 2 start@40 beat@65 stop@90'],
      proofs: [],
      overlaps: ['hatwo over haone by 10'],
    },
    {
      why: 'power cut, proven, then started',
      journal: ['haone 1 start@0 beat@25', 'hatwo 2 start@300 beat@325'],
      proofs: [off('haone', 40)],
      overlaps: [],
    },
    {
      why: 'silent is not over: a frozen instance without proof counts as running',
      journal: ['haone 1 start@0 beat@25', 'hatwo 2 start@3000 beat@3025'],
      proofs: [],
      overlaps: ['hatwo over haone by 50'],
    },
    {
      why: 'fenced, but after the other was started',
      journal: ['haone 1 start@0 beat@25', 'hatwo 2 start@3000 beat@3025 beat@3500'],
      proofs: [off('haone', 3200)],
      overlaps: ['hatwo over haone by 200'],
    },
    {
      why: 'a word after the proof: the proof was none',
      journal: ['haone 1 start@0 beat@25 beat@500', 'hatwo 2 start@300 beat@325 stop@400'],
      proofs: [off('haone', 40)],
      overlaps: ['hatwo over haone by 100'],
    },
    {
      why: 'the power of another node is no proof',
      journal: ['haone 1 start@0 beat@25', 'hatwo 2 start@300 stop@400'],
      proofs: [off('hatwo', 40)],
      overlaps: ['hatwo over haone by 100'],
    },
    {
      why: 'killed by hand and restarted on the same node',
      journal: ['haone 1 start@0 beat@25', 'haone 2 start@300 beat@325'],
      proofs: [{ kind: 'killed', pid: 1, at: 30 }],
      overlaps: [],
    },
    {
      why: 'three at once are three pairs',
      journal: [
        'haone 1 start@0 stop@100',
        'hatwo 2 start@50 stop@100',
        'haone 3 start@60 stop@100',
      ],
      proofs: [],
      overlaps: ['hatwo over haone by 50', 'haone over haone by 40', 'haone over hatwo by 40'],
    },
  ];
  for (const { why, journal, proofs, overlaps } of rows) {
    const entries = journal.flatMap((each) => life(each)).sort((a, b) => a.at - b.at);
    const found = overlapsIn(instancesIn(entries, proofs)).map(
      ({ first, second, byMs }) => `${second.node} over ${first.node} by ${byMs}`,
    );
    t.strictSame(found, overlaps, why);
  }
  t.equal(refusalsIn(life('hatwo 2 start@1 refused@2')).length, 1, 'a taken address is a witness');
  t.end();
});

void t.test('the outage is the longest time between two answers around a failure', (t) => {
  const samples = (text: string): Sample[] =>
    text.split(' ').map((each) => ({
      from: Number(each.slice(1)) - 5,
      to: Number(each.slice(1)),
      isServed: each.startsWith('+'),
    }));
  const rows: readonly [string, string, number, number, number][] = [
    ['no failure, no outage', '+10 +30 +50', 0, 60, 0],
    ['from the last answer to the next', '+10 -30 -50 +70 +90', 0, 100, 60],
    ['the longest of two', '+10 -30 +50 -60 -80 -100 +200', 0, 250, 150],
    ['one that has not ended counts up to now', '+10 -30 -50', 0, 500, 490],
    ['one before the window does not count', '+10 -30 +500 +520', 510, 600, 0],
    ['nobody served since the beginning', '-30 -50 +80', 20, 100, 60],
  ];
  for (const [why, text, from, to, expected] of rows) {
    t.equal(longestOutageMs(samples(text), from, to), expected, why);
  }
  t.end();
});

void t.test('a journal is read up to its last whole line, and nonsense is left out', (t) => {
  const good = '{"kind":"beat","at":1,"pid":2,"node":"haone"}';
  t.strictSame(parseJournal(`${good}\n{"kind":"be`), [
    { kind: 'beat', at: 1, pid: 2, node: 'haone' },
  ]);
  t.strictSame(parseJournal(good), [], 'no line is whole');
  const nonsense = ['{}', '[]', 'null', 'x', '{"kind":"dance","at":1,"pid":2,"node":"a"}'];
  t.strictSame(parseJournal(`${nonsense.join('\n')}\n${good}\n`).length, 1);
  t.end();
});

void t.test('the report holds only if something was promised and all of it held', (t) => {
  const row = (held: boolean): Row => ({ name: 'n', promise: 'p', measured: 'm', held });
  t.equal(reportOf([]).held, false);
  t.equal(reportOf([row(true), row(true)]).held, true);
  t.equal(reportOf([row(true), row(false)]).held, false);
  t.end();
});
