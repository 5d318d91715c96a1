/** What a session does, told as a story: time in ms, what the console sends, what it concludes. */
import t from 'tap';
import { STATUS_COMMAND, powerCommand } from '#src/power.js';
import type { SessionInput } from '#src/session-state.js';
import { SUITES } from '#src/suites.js';
import { type Habits, play } from './bench.ts';

type Loss = NonNullable<Habits['onDatagram']>;

const ASK_STATUS: SessionInput = {
  kind: 'ask',
  ask: { number: 1, command: STATUS_COMMAND, isRepeatable: true },
};
const ASK_CYCLE: SessionInput = {
  kind: 'ask',
  ask: { number: 2, command: powerCommand('cycle'), isRepeatable: false },
};
const LEAVE: SessionInput = { kind: 'leave' };

/** Loses the answers to these datagrams of the console. */
function losing(...lost: readonly number[]): Loss {
  return (number, answers) => (lost.includes(number) ? [] : answers);
}

const LOGIN = ['0 asks for suite 17', '0 names itself', '0 proves itself', '0 sends 6/3b 04 as 1'];

void t.test('logs in, asks, says goodbye', (t) => {
  const story = play(
    {},
    {},
    [
      { atMs: 10, input: ASK_STATUS },
      { atMs: 20, input: LEAVE },
    ],
    10_000,
  );
  t.same(story, [
    ...LOGIN,
    '0 opened with suite 17',
    '10 sends 0/1 as 2',
    '10 answered 1: ',
    '20 sends 6/3c 01100000 as 3',
    '20 ended',
  ]);
  t.end();
});

void t.test('every suite opens, with a group key and without', (t) => {
  for (const { id } of SUITES) {
    for (const kg of [undefined, 'a group key of 20 by']) {
      const words = { suites: [id], kg: kg === undefined ? undefined : Buffer.from(kg) };
      const story = play(words, kg === undefined ? {} : { kg }, [], 10_000);
      t.equal(story.at(-1), `0 opened with suite ${id}`);
    }
  }
  t.end();
});

const REFUSED: readonly { why: string; words?: object; habits: Habits; last: RegExp | string }[] = [
  {
    why: 'a wrong password ends it at once, and nothing more is sent',
    habits: { password: 'other' },
    last: '0 ended: bmc: login denied: wrong password for user admin',
  },
  {
    why: 'a proof that the BMC denies is a wrong password too',
    habits: { refuse: (type) => (type === 0x14 ? 0x0f : undefined) },
    last: '0 ended: bmc: login denied: wrong password for user admin',
  },
  {
    why: 'an unknown user',
    habits: { refuse: (type) => (type === 0x12 ? 0x0d : undefined) },
    last: '0 ended: bmc: login denied: it has no user admin, or not for LAN',
  },
  {
    why: 'a privilege that is refused by name',
    habits: { refuse: (type) => (type === 0x12 ? 0x0a : undefined) },
    last: /0 ended: bmc: not allowed: user admin may not be administrator/,
  },
  {
    why: 'a group key where none is given',
    habits: { kg: 'group' },
    last: '0 ended: bmc: login denied: this BMC has a group key; set kg',
  },
  {
    why: 'another group key',
    words: { kg: Buffer.from('wrong') },
    habits: { kg: 'group' },
    last: /0 ended: bmc: login denied: the group key kg is not the one/,
  },
  {
    why: 'no suite it allows',
    habits: { suites: [] },
    last: /0 ended: bmc: refuses cipher suite 17 and 3/,
  },
  {
    why: 'a BMC that always answers with suite 3',
    words: { suites: [17] },
    habits: { always: { authentication: 1, integrity: 1, confidentiality: 1 } },
    last: /refuses cipher suite 17/,
  },
  {
    why: 'any other status is told by its number',
    habits: { refuse: (type) => (type === 0x10 ? 0x12 : undefined) },
    last: '0 ended: bmc: login refused with status 0x12 (bad parameter)',
  },
  {
    why: 'no session is free for as long as it may take',
    habits: { refuse: (type) => (type === 0x10 ? 0x01 : undefined) },
    last: /5000 ended: bmc: no session is free after 5000 ms/,
  },
];

void t.test('what is refused is told apart', (t) => {
  for (const { why, words = {}, habits, last } of REFUSED) {
    const story = play(words, habits, [], 20_000);
    t.match(story.at(-1), last, why);
  }
  const story = play({}, { password: 'other' }, [], 20_000);
  t.same(story.slice(0, -1), ['0 asks for suite 17', '0 names itself'], 'no proof is given away');
  t.end();
});

void t.test('after a refused suite the next one is tried', (t) => {
  const story = play({}, { suites: [3] }, [], 10_000);
  t.same(story, [
    '0 asks for suite 17',
    '0 asks for suite 3',
    '0 names itself',
    '0 proves itself',
    '0 sends 6/3b 04 as 1',
    '0 opened with suite 3',
  ]);
  t.end();
});

void t.test('a privilege that is refused after the login ends the session politely', (t) => {
  for (const completion of [0x80, 0x81, 0xd4]) {
    const story = play({}, { complete: () => completion }, [], 10_000);
    t.same(story.slice(-2, -1), ['0 sends 6/3c 01100000 as 2'], 'a goodbye frees the session');
    t.match(story.at(-1), /^0 ended: bmc: not allowed: user admin may not be administrator/);
  }
  const asUser = play({ privilege: 'user' }, { complete: () => 0x81 }, [], 10_000);
  t.equal(asUser.at(-1), '0 opened with suite 17', 'a user asks for no more than it has');
  t.end();
});

void t.test('a refused command leaves the session open', (t) => {
  const complete: NonNullable<Habits['complete']> = ({ command }) => (command === 1 ? 0xd4 : 0);
  const story = play(
    {},
    { complete },
    [
      { atMs: 10, input: ASK_STATUS },
      { atMs: 20, input: ASK_CYCLE },
    ],
    10_000,
  );
  t.match(story.at(-3), /^10 failed 1: bmc: not allowed: privilege administrator .* is too low/);
  t.same(story.slice(-2), ['20 sends 0/2 02 as 3', '20 answered 2: 02']);
  t.end();
});

void t.test('silence is told by where it began', (t) => {
  const silentFrom = (first: number): Habits => ({
    onDatagram: (number, answers) => (number >= first ? [] : answers),
  });
  const rows: readonly [number, RegExp][] = [
    [1, /^5000 ended: no answer from bmc within 5000 ms$/],
    [2, /^5000 ended: no answer from bmc to the login .* unknown user/],
    [3, /^5000 ended: no answer from bmc to the proof of user admin/],
    [4, /^5000 ended: no answer from bmc to the privilege asked for/],
  ];
  for (const [first, last] of rows) {
    t.match(play({}, silentFrom(first), [], 20_000).at(-1), last);
  }
  const story = play({}, silentFrom(5), [{ atMs: 10, input: ASK_STATUS }], 20_000);
  t.match(story.at(-1), /^3010 failed 1: no answer from bmc to a command .* may have been carried/);
  t.end();
});

void t.test('what the network says is part of the silence', (t) => {
  const trouble: SessionInput = { kind: 'trouble', cause: 'nobody listens' };
  const story = play({}, { onDatagram: () => [] }, [{ atMs: 5, input: trouble }], 20_000);
  t.match(story.at(-1), /within 5000 ms \(nobody listens\)$/);
  t.end();
});

void t.test('whatever datagram is lost, the session opens and the answer comes', (t) => {
  for (const lost of [1, 2, 3, 4, 5]) {
    const story = play(
      {},
      { onDatagram: losing(lost) },
      [{ atMs: 2000, input: ASK_STATUS }],
      20_000,
    );
    t.match(story.at(-1), /answered 1/, `the answer to datagram ${lost}`);
    t.ok(story.some((line) => line.startsWith(lost === 5 ? '3000' : '1000')));
  }
  t.end();
});

void t.test('a message that is never answered begins the login anew', (t) => {
  const story = play({}, { onDatagram: losing(2, 3, 4) }, [], 20_000);
  t.same(story, [
    '0 asks for suite 17',
    '0 names itself',
    '1000 names itself',
    '2000 names itself',
    '3000 asks for suite 17',
    '3000 names itself',
    '3000 proves itself',
    '3000 sends 6/3b 04 as 1',
    '3000 opened with suite 17',
  ]);
  t.end();
});

void t.test(
  'two answers to one name, of which the BMC keeps the later: the login begins anew',
  (t) => {
    const late: Uint8Array[] = [];
    const onDatagram: Loss = (number, answers) => {
      // The first answer comes after the repetition, and just before the second one.
      if (number === 2) late.push(...answers);
      return number === 2 ? [] : number === 3 ? [...late, ...answers] : answers;
    };
    const story = play({}, { onDatagram }, [], 20_000);
    t.equal(story.at(-1), '1000 opened with suite 17');
    t.equal(story.filter((line) => line.endsWith('asks for suite 17')).length, 2);
    t.end();
  },
);

void t.test('a cycle is sent once, however long its answer takes', (t) => {
  const story = play({}, { onDatagram: losing(5) }, [{ atMs: 10, input: ASK_CYCLE }], 20_000);
  t.same(story.slice(-2, -1), ['10 sends 0/2 02 as 2']);
  t.match(story.at(-1), /^3010 failed 2: .*may have been carried out$/);
  t.end();
});

void t.test(
  'commands wait for each other, and a goodbye that is not answered is an end too',
  (t) => {
    const silent: Loss = (number, answers) => (number >= 7 ? [] : answers);
    const story = play(
      {},
      { onDatagram: silent },
      [
        { atMs: 0, input: ASK_STATUS },
        { atMs: 0, input: ASK_CYCLE },
        { atMs: 50, input: LEAVE },
      ],
      20_000,
    );
    t.same(story.slice(-4), [
      '0 answered 2: 02',
      '50 sends 6/3c 01100000 as 4',
      '1050 sends 6/3c 01100000 as 4',
      '2050 ended',
    ]);
    t.end();
  },
);

void t.test('no sentence holds a secret', (t) => {
  for (const { words = {}, habits } of REFUSED) {
    const secrets = { password: 'hunter2', kg: Buffer.from('groupsecret'), ...words };
    const story = play({ ...secrets, username: 'admin' }, habits, [], 20_000).join('\n');
    t.notMatch(story, /hunter2|groupsecret/);
  }
  t.end();
});
