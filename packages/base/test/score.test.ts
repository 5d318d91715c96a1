import t from 'tap';
import {
  addScores,
  formatScore,
  INFINITY,
  MINUS_INFINITY,
  nearest,
  parseDuration,
  parseScore,
  score,
} from '@holdfast/base';

void t.test('adding scores saturates, and a veto wins', (t) => {
  const cases = [
    { a: score(100), b: score(-30), sum: '70', why: 'finite scores add' },
    { a: INFINITY, b: score(-5), sum: 'INFINITY', why: 'INFINITY absorbs' },
    { a: MINUS_INFINITY, b: score(5), sum: '-INFINITY', why: '-INFINITY absorbs' },
    { a: INFINITY, b: MINUS_INFINITY, sum: '-INFINITY', why: 'a forbidden node stays forbidden' },
    { a: score(999_999), b: score(999_999), sum: 'INFINITY', why: 'a sum cannot pass INFINITY' },
  ];
  for (const { a, b, sum, why } of cases) {
    t.equal(formatScore(addScores(a, b)), sum, why);
    t.equal(addScores(a, b), addScores(b, a), `${why}, in either order`);
  }
  t.end();
});

void t.test('what a score is printed as, it is read as', (t) => {
  for (const text of ['0', '-1', '250', 'INFINITY', '-INFINITY']) {
    const read = parseScore(text);
    t.ok(read.ok && formatScore(read.value) === text, text);
  }
  for (const text of ['', 'infinity', '1.5', '--5', '0x10']) {
    t.same(parseScore(text), { ok: false, fault: { kind: 'not-a-score', text } });
  }
  t.end();
});

void t.test('durations are read as operators write them', (t) => {
  const cases: [string, number | undefined][] = [
    ['20', 20_000],
    ['20s', 20_000],
    ['1500ms', 1500],
    ['2min', 120_000],
    ['1h', 3_600_000],
    ['PT1M30S', 90_000],
    ['P1D', 86_400_000],
    ['', undefined],
    ['PT', undefined],
    ['20 parsecs', undefined],
    ['-5s', undefined],
  ];
  for (const [text, expected] of cases) {
    const read = parseDuration(text);
    t.equal(read.ok ? read.value : undefined, expected, text);
  }
  t.end();
});

void t.test('a misspelt word gets the nearest known one, a foreign word none', (t) => {
  const known = ['two_node', 'wait_for_all', 'expected_votes'];
  t.equal(nearest('two_nodes', known), 'two_node');
  t.equal(nearest('banana', known), undefined);
  t.end();
});
