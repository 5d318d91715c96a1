import { epochMs } from '@holdfast/base';
import t from 'tap';
import {
  matches,
  nextRuleChange,
  readConfiguration,
  readDuration,
  readScore,
  type Rule,
  type RuleContext,
} from '@holdfast/cib';
import { cibWith } from './support/cases.js';

function ruleOf(inside: string, attributes = ''): Rule {
  const { configuration } = readConfiguration(
    cibWith(
      `<constraints><rsc_location id="l" rsc="a"><rule id="r" ${attributes}>${inside}</rule></rsc_location></constraints>`,
    ),
  );
  const [location] = configuration.constraints;
  const rule = location?.kind === 'location' ? location.rules[0] : undefined;
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

/** A moment as UTC says it; the tests may use the machine's calendar, the rules may not. */
function at(utc: string): RuleContext {
  return { now: epochMs(Date.parse(utc)) };
}

const NODE: RuleContext = {
  nodeAttributes: new Map([
    ['#uname', 'haone'],
    ['Site', 'Berlin'],
    ['load', '12'],
    ['temp', '36.6'],
    ['os', '2.10.1'],
    ['word', 'abc'],
  ]),
  parameters: new Map([['where', 'berlin']]),
  meta: new Map([['target-role', 'Started']]),
};

void t.test('an expression about a node attribute', (t) => {
  const table: readonly [expression: string, holds: boolean, why: string][] = [
    ['attribute="#uname" operation="eq" value="HAONE"', true, 'text in any case'],
    ['attribute="site" operation="defined"', false, 'names are exact'],
    ['attribute="Site" operation="defined"', true, 'it is there'],
    ['attribute="Site" operation="defined" value="x"', false, 'defined wants no value'],
    ['attribute="none" operation="not_defined"', true, 'it is not there'],
    ['attribute="load" operation="gt" value="9"', true, 'numbers, not text'],
    ['attribute="load" operation="gt" value="9" type="string"', false, 'text, not numbers'],
    ['attribute="temp" operation="lt" value="36.7"', true, 'a dot makes it a number'],
    ['attribute="temp" operation="gte" value="37" type="integer"', false, 'only what begins it'],
    ['attribute="temp" operation="eq" value="36" type="integer"', true, 'only what begins it'],
    ['attribute="os" operation="gt" value="2.9" type="version"', true, '2.10 is after 2.9'],
    ['attribute="os" operation="gt" value="2.9" type="number"', false, '2.1 is before 2.9'],
    ['attribute="os" operation="eq" value="2.10.1.0" type="version"', true, 'missing parts are 0'],
    ['attribute="word" operation="gt" value="5" type="integer"', true, 'no number: as text'],
    ['attribute="none" operation="eq" value="x"', false, 'missing is not equal'],
    ['attribute="none" operation="ne" value="x"', true, 'missing is different'],
    ['attribute="none" operation="lt" value="5"', false, 'missing is not less'],
    ['attribute="load" operation="eq"', false, 'no value to compare with'],
    ['attribute="load" operation="like" value="1"', false, 'no such operation'],
    ['attribute="Site" operation="eq" value="where" value-source="param"', true, 'a parameter'],
    ['attribute="Site" operation="eq" value="target-role" value-source="meta"', false, 'a meta'],
    [
      'attribute="Site" operation="ne" value="gone" value-source="param"',
      true,
      'no such parameter',
    ],
  ];
  for (const [expression, holds, why] of table) {
    t.equal(matches(ruleOf(`<expression id="e" ${expression}/>`), NODE), holds, why);
  }
  t.equal(matches(ruleOf('<expression id="e" attribute="x" operation="ne" value="1"/>'), {}), true);
  const pattern = ruleOf('<expression id="e" attribute="%1" operation="defined"/>');
  t.equal(matches(pattern, { ...NODE, submatches: ['vip-load', 'load'] }), true, 'a submatch');
  t.equal(matches(pattern, { ...NODE, submatches: ['vip', undefined] }), false);
  t.end();
});

void t.test('conditions are joined by and, or, and rules in rules', (t) => {
  const yes = '<expression id="y" attribute="load" operation="defined"/>';
  const no = '<expression id="n" attribute="load" operation="not_defined"/>';
  const table: readonly [inside: string, attributes: string, holds: boolean][] = [
    ['', '', true],
    [yes + no, '', false],
    [yes + no, 'boolean-op="or"', true],
    [yes, 'boolean-op="xor"', false],
    [`${yes}<rule id="i" boolean-op="or">${no}${yes}</rule>`, '', true],
    [`${no}<rule id="i">${no}${yes}</rule>`, 'boolean-op="or"', false],
    [`${yes}<moon id="m"/>`, '', false],
  ];
  for (const [inside, attributes, holds] of table) {
    t.equal(matches(ruleOf(inside, attributes), NODE), holds, `${attributes} ${inside}`);
  }
  t.end();
});

void t.test('an operation or a resource is asked for', (t) => {
  const context: RuleContext = {
    op: { name: 'monitor', intervalMs: 10_000 },
    resource: { class: 'ocf', provider: 'heartbeat', type: 'IPaddr2' },
  };
  const table: readonly [expression: string, holds: boolean][] = [
    ['<op_expression id="o" name="monitor"/>', true],
    ['<op_expression id="o" name="monitor" interval="10s"/>', true],
    ['<op_expression id="o" name="monitor" interval="11s"/>', false],
    ['<op_expression id="o" name="start"/>', false],
    ['<rsc_expression id="o" class="ocf" type="IPaddr2"/>', true],
    ['<rsc_expression id="o" type="ipaddr2"/>', false],
    ['<rsc_expression id="o" provider="pacemaker"/>', false],
  ];
  for (const [expression, holds] of table) {
    t.equal(matches(ruleOf(expression), context), holds, expression);
    t.equal(matches(ruleOf(expression), {}), false, `${expression}: nothing to ask`);
  }
  t.end();
});

void t.test('dates', (t) => {
  const range = (attributes: string, inside = ''): string =>
    `<date_expression id="d" operation="in_range" ${attributes}>${inside}</date_expression>`;
  const spec = (attributes: string): string =>
    `<date_expression id="d" operation="date_spec"><date_spec id="s" ${attributes}/></date_expression>`;
  const table: readonly [expression: string, now: string, holds: boolean, why: string][] = [
    [
      '<date_expression id="d" operation="gt" start="2024-02-29"/>',
      '2024-02-29T00:00:01Z',
      true,
      '',
    ],
    [
      '<date_expression id="d" operation="gt" start="2024-02-29"/>',
      '2024-02-29T00:00:00Z',
      false,
      'not yet',
    ],
    [
      '<date_expression id="d" operation="lt" end="2024-060 12:00"/>',
      '2024-02-29T11:59:59Z',
      true,
      'day 60',
    ],
    [
      '<date_expression id="d" operation="lt" end="2024-W09-4T12Z"/>',
      '2024-02-29T12:00:00Z',
      false,
      'ISO week',
    ],
    [
      range('start="20240101" end="20240102"'),
      '2024-01-02T00:00:00Z',
      true,
      'the end belongs to it',
    ],
    [range('start="20240101" end="20240102"'), '2024-01-02T00:00:01Z', false, 'and no second more'],
    [range('start="2024-01-01 02:00:00 +02:00"'), '2024-01-01T00:00:00Z', true, 'a zone'],
    [range('start="2024-01-01 01:00:00 -02"'), '2024-01-01T02:59:59Z', false, 'west'],
    [range(''), '2024-01-01T00:00:00Z', false, 'no bounds'],
    [
      range('start="yesterday" end="2030-01-01"'),
      '2024-01-01T00:00:00Z',
      false,
      'no date: never, not always',
    ],
    [
      range('start="2024-01-01"', '<duration id="u" hours="1" minutes="30"/>'),
      '2024-01-01T01:30:00Z',
      true,
      '',
    ],
    [
      range('start="2024-01-01"', '<duration id="u" hours="1" minutes="30"/>'),
      '2024-01-01T01:30:01Z',
      false,
      '',
    ],
    [
      range('start="2024-01-31"', '<duration id="u" months="1"/>'),
      '2024-02-29T00:00:00Z',
      true,
      'cut to the month',
    ],
    [
      range('start="2024-01-31"', '<duration id="u" months="1"/>'),
      '2024-02-29T00:00:01Z',
      false,
      'cut to the month',
    ],
    [
      range('start="2024-03-01"', '<duration id="u" years="1"/>'),
      '2025-03-02T00:00:00Z',
      true,
      'the same day of the year',
    ],
    [
      range('start="2023-03-01"', '<duration id="u" years="1"/>'),
      '2024-02-29T00:00:01Z',
      false,
      'the same day of the year',
    ],
    [
      range('start="2024-01-01" end="2024-01-03"', '<duration id="u" days="90"/>'),
      '2024-01-04T00:00:00Z',
      false,
      'end before duration',
    ],
    [spec('hours="9-16" weekdays="1-5"'), '2024-02-29T16:59:59Z', true, 'office hours'],
    [spec('hours="9-16" weekdays="1-5"'), '2024-02-29T17:00:00Z', false, 'after work'],
    [spec('hours="9-16" weekdays="1-5"'), '2024-03-03T12:00:00Z', false, 'Sunday is 7'],
    [spec('weekdays="7"'), '2024-03-03T12:00:00Z', true, 'Sunday is 7'],
    [spec('months="3-"'), '2024-03-01T00:00:00Z', true, 'from'],
    [spec('months="-2"'), '2024-03-01T00:00:00Z', false, 'until'],
    [spec('yeardays="366"'), '2024-12-31T00:00:00Z', true, 'a leap year'],
    [
      spec('weekyears="2020" weeks="53"'),
      '2021-01-03T00:00:00Z',
      true,
      'still the last week of 2020',
    ],
    [spec('weekyears="2026" weeks="1"'), '2025-12-29T00:00:00Z', true, 'already the first of 2026'],
    [spec('hours="nine"'), '2024-01-01T09:00:00Z', false, 'no range'],
    [spec(''), '2024-01-01T09:00:00Z', true, 'nothing asked'],
  ];
  for (const [expression, now, holds, why] of table) {
    t.equal(matches(ruleOf(expression), at(now)), holds, `${why} ${expression} at ${now}`);
  }
  t.equal(
    matches(ruleOf(spec('hours="1"')), { ...at('2024-01-01T23:30:00Z'), utcOffsetSeconds: 7200 }),
    true,
    'local hours',
  );
  t.equal(matches(ruleOf(spec('')), {}), false, 'no time is known');
  t.end();
});

void t.test('the calendar agrees with the machine on every day of four centuries', (t) => {
  const spec = (date: Date): string =>
    `<date_expression id="d" operation="date_spec"><date_spec id="s" years="${date.getUTCFullYear()}" months="${date.getUTCMonth() + 1}" monthdays="${date.getUTCDate()}" weekdays="${((date.getUTCDay() + 6) % 7) + 1}"/></date_expression>`;
  let wrong = 0;
  for (let day = -80_000; day < 80_000; day += 173) {
    const date = new Date(day * 86_400_000);
    const text = date.toISOString().slice(0, 10);
    if (!matches(ruleOf(spec(date)), { now: epochMs(date.getTime()) })) wrong += 1;
    const exact = `<date_expression id="d" start="${text}" end="${text}"/>`;
    if (!matches(ruleOf(exact), { now: epochMs(date.getTime()) })) wrong += 1;
  }
  t.equal(wrong, 0);
  t.end();
});

void t.test('it is known when a date will say something else', (t) => {
  const rule = ruleOf(
    '<rule id="i"><date_expression id="d" start="2024-01-01" end="2024-01-02"/></rule><date_expression id="g" operation="gt" start="2023-01-01"/>',
  );
  const next = (now: string): string => {
    const moment = nextRuleChange(rule, at(now));
    return moment === undefined ? 'never' : new Date(moment).toISOString().slice(0, 19);
  };
  t.equal(next('2023-06-01T00:00:00Z'), '2024-01-01T00:00:00');
  t.equal(next('2024-01-01T12:00:00Z'), '2024-01-02T00:00:01', 'at its end it still holds');
  t.equal(next('2024-01-02T00:00:00Z'), '2024-01-02T00:00:01', 'the second after its end');
  t.equal(next('2024-01-03T00:00:00Z'), 'never');
  t.end();
});

void t.test('scores and lengths of time are read as leniently as ever', (t) => {
  const scores: readonly [string | undefined, number | undefined][] = [
    ['INFINITY', 1_000_000],
    ['+INFINITY', 1_000_000],
    ['-INFINITY', -1_000_000],
    ['infinity', undefined],
    ['10abc', 10],
    [' -5', -5],
    ['99999999', 1_000_000],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [text, value] of scores) t.equal(readScore(text), value, `score ${text ?? 'none'}`);
  const durations: readonly [string | undefined, number | undefined][] = [
    ['20', 20_000],
    ['20s', 20_000],
    ['3.9s', 3000],
    ['1500ms', 1500],
    ['2000us', 2],
    ['2 min', 120_000],
    ['1h', 3_600_000],
    ['PT1M30S', 90_000],
    ['P30S', 30_000],
    ['P1M', 2_592_000_000],
    ['PT1M', 60_000],
    ['P1Y', 31_536_000_000],
    ['P', undefined],
    ['PX', undefined],
    ['-5', undefined],
    ['5 parsecs', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ];
  for (const [text, ms] of durations) t.equal(readDuration(text), ms, `length ${text ?? 'none'}`);
  t.end();
});
