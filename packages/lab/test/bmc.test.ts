/** The simulated BMC, asked by our own sessions: who may do what, how many at once, and every fault. */
import { ok } from '@holdfast/base';
import { COMMAND, powerCommand, type PowerVerb, SUITES } from '@holdfast/ipmi';
import { markedProcesses } from '@holdfast/lab';
import t from 'tap';
import { bench } from './bench.ts';
import { type BmcBench, bmcBench, PORT, status, story, talk, USERS } from './bmc-bench.ts';
import { COMPUTER, until } from './lab.ts';

function order(made: BmcBench, verb: PowerVerb, words = {}): Promise<unknown> {
  return talk(made, words, (session) => session.ask(powerCommand(verb), true));
}

void t.test('a machine is switched, and off is said when nobody of it is left', async (t) => {
  const made = await bmcBench({}, { command: COMPUTER });
  t.teardown(made.close);
  const alive = (): number => markedProcesses(made.lab.machine('haone').mark).length;
  await until('it runs', () => alive() === 2);
  t.equal(await status(made), 'on');
  t.not(typeof (await order(made, 'off')), 'string', 'acknowledged');
  await until('the status says off', async () => {
    const isOff = (await status(made)) === 'off';
    if (isOff) t.equal(alive(), 0, 'nobody is left');
    return isOff;
  });
  t.match(await order(made, 'cycle'), /0xd5 \(not in this state\)/, 'nothing to cycle');
  t.match(await order(made, 'reset'), /0xd5/);
  await order(made, 'on');
  await until('on again', () => alive() === 2);
  for (const verb of ['cycle', 'reset'] as const) {
    const before = made.lab.machine('haone').pid;
    await order(made, verb);
    await until('another computer', () => {
      const { pid } = made.lab.machine('haone');
      return pid !== undefined && pid !== before;
    });
  }
  const orders = story(made).filter((line) => line.endsWith('taken'));
  t.same(orders, ['off taken', 'on taken', 'reboot taken', 'reboot taken']);
});

void t.test(
  'every suite, with a group key and without; what is not allowed is refused',
  async (t) => {
    for (const kg of [undefined, 'twenty bytes of a key']) {
      const suites = SUITES.map(({ id }) => id);
      const made = await bmcBench({ suites, ...(kg === undefined ? {} : { kg: kg.slice(0, 20) }) });
      const words = kg === undefined ? {} : { kg: Buffer.from(kg.slice(0, 20)) };
      for (const id of suites)
        t.equal(await status(made, { ...words, suites: [id] }), 'on', `${id}`);
      if (kg !== undefined) {
        t.match(await status(made), 'this BMC has a group key; set kg');
        t.match(await status(made, { kg: Buffer.from('other') }), 'not the one of this BMC');
      }
      await made.close();
    }
    const made = await bmcBench({ suites: [3] });
    t.teardown(made.close);
    t.match(await status(made, { suites: [17] }), 'refuses cipher suite 17');
    t.equal(await status(made, { suites: [17, 3] }), 'on');
  },
);

void t.test('users and privileges', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const rows: readonly { why: string; words: object; answer: string | RegExp }[] = [
    { why: 'the right one', words: {}, answer: 'on' },
    {
      why: 'twenty bytes of password',
      words: { username: 'long', password: '0123456789abcdefghij' },
      answer: 'on',
    },
    { why: 'a wrong password', words: { password: 'guess' }, answer: /denied: wrong password/ },
    { why: 'nobody', words: { username: 'nobody' }, answer: /denied: it has no user nobody/ },
    {
      why: 'more than the user may be',
      words: { username: 'viewer', password: 'viewpass' },
      answer: /not allowed: user viewer may not be administrator/,
    },
    {
      why: 'as much as it may be',
      words: { username: 'viewer', password: 'viewpass', privilege: 'user' },
      answer: 'on',
    },
    {
      why: 'looked up by name and privilege, there is none',
      words: { username: 'viewer', password: 'viewpass', lookup: 'name-and-privilege' },
      answer: /it has no user viewer/,
    },
    {
      why: 'a name that is too long for IPMI',
      words: { username: 'seventeen letters' },
      answer: 'username has 17 bytes; IPMI 2.0 knows at most 16',
    },
    {
      why: 'a password that is too long for IPMI',
      words: { password: 'p'.repeat(21) },
      answer: 'password has 21 bytes; IPMI 2.0 knows at most 20',
    },
  ];
  for (const { why, words, answer } of rows) t.match(await status(made, words), answer, why);
  const viewer = { username: 'viewer', password: 'viewpass', privilege: 'user' };
  t.match(await order(made, 'off', viewer), /privilege user of user viewer is too low/);
  t.equal(made.power(), 'on', 'and nothing is switched');
  const operator = { username: 'operator', password: 'oppass', privilege: 'operator' };
  t.not(typeof (await order(made, 'off', operator)), 'string', 'an operator may');
  t.ok(story(made).includes('denied nobody') && story(made).includes('denied viewer'));
});

void t.test('a session may not raise itself above what it logged in as', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const raise = (level: number) => ({ ...COMMAND.setPrivilege, data: Uint8Array.of(level) });
  const answer = await talk(made, { privilege: 'operator' }, async (session) => {
    const lower = await session.ask(raise(2), true);
    t.same(lower.ok && [...lower.value], [2]);
    const denied = await session.ask(powerCommand('off'), true);
    t.match(denied, { ok: false, fault: { kind: 'not-allowed', what: 'command' } });
    t.match(await session.ask(raise(4), true), { ok: false, fault: { completion: 0x81 } });
    t.match(await session.ask(raise(5), true), { ok: false, fault: { completion: 0x80 } });
    t.match(await session.ask({ netFn: 6, command: 0x99, data: new Uint8Array() }, true), {
      fault: { completion: 0xc1 },
    });
    return session.ask(raise(3), true);
  });
  t.same(answer, Uint8Array.of(3));
  t.equal(made.power(), 'on');
});

void t.test(
  'one session only: the second waits, and is let in when the first has left',
  async (t) => {
    const made = await bmcBench({ sessions: 1 });
    t.teardown(made.close);
    const inner = await talk(made, {}, async () => ok(await status(made)));
    t.match(inner, /no session is free after \d+ ms/);
    t.ok(story(made).filter((line) => line === 'busy').length >= 2, 'asked more than once');
    const leaves = talk(made, {}, async (session) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return session.ask(powerCommand('on'), true);
    });
    await until('the first is in', () => made.lab.status().devices[0]?.sessions === 1);
    t.equal(await status(made, { loginMs: 5000 }), 'on');
    await leaves;

    const single = await bmcBench();
    t.teardown(single.close);
    const only = { username: 'onlyone', password: 'one' };
    const second = await talk(single, only, async () => ok(await status(single, only)));
    t.match(second, /no session is free/, 'a limit of the user');
    t.equal(await status(single, only), 'on');
  },
);

void t.test('who is silent for too long is logged out', async (t) => {
  const made = await bmcBench({ sessions: 1, idleMs: 200 });
  t.teardown(made.close);
  const answer = await talk(made, { commandMs: 500 }, async (session) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.equal(await status(made, { loginMs: 3000 }), 'on', 'another is let in');
    return session.ask(powerCommand('off'), true);
  });
  t.match(answer, /no answer from bmc to a command/);
  t.equal(made.power(), 'on', 'the session that is gone orders nothing');
});

void t.test('faults', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const { bank } = made;
  const plant = (fault: object): void => {
    bank.plant({ ...CALM, ...fault });
  };
  plant({ silent: true });
  t.match(await status(made), /^no answer from bmc within \d+ ms/);
  plant({ busy: true });
  t.match(await status(made), /no session is free/);
  plant({ slowMs: 120 });
  t.equal(await status(made), 'on', 'slow, but in time');
  plant({ slowMs: 300 });
  t.equal(await status(made, { loginMs: 5000 }), 'on', 'slower than it is asked again');
  plant({ duplicate: true });
  t.equal(await status(made), 'on', 'every answer twice');
  plant({ refuse: true });
  t.match(await order(made, 'off'), /refused with completion code 0xff/);
  plant({ lie: true });
  t.not(typeof (await order(made, 'off')), 'string', 'acknowledged');
  t.equal(await status(made), 'on', 'and not done');
  plant({ says: 'off' });
  t.equal(await status(made), 'off', 'a lie about the status');
  t.equal(made.power(), 'on');
  plant({ loseAnswers: 1 });
  t.not(typeof (await order(made, 'off')), 'string', 'the lost answer comes when asked again');
  await until('off', () => made.power() === 'off');
  const done = story(made).filter((line) => line === 'off taken');
  t.equal(done.length, 1, 'a repeated order is carried out once');
});

const CALM = {
  silent: false,
  busy: false,
  slowMs: 0,
  duplicate: false,
  refuse: false,
  lie: false,
  says: 'truth',
};

void t.test(
  'a BMC dies with the power of its machine, and wakes with it, knowing nobody',
  async (t) => {
    const pdu = { name: 'pdu', kind: 'snmp', port: 1610, feeds: ['haone'] };
    const made = await bmcBench({}, {}, [pdu]);
    t.teardown(made.close);
    await until('it has power', () => made.power() === 'on');
    const answer = await talk(made, {}, async (session) => {
      await made.lab.bank('pdu').switch(1, 'off');
      t.match(await status(made), /^no answer from bmc within/);
      t.equal(made.power(), 'off');
      await made.lab.bank('pdu').switch(1, 'on');
      t.equal(await status(made), 'on', 'alive again');
      return session.ask(powerCommand('off'), true);
    });
    t.match(answer, /no answer/, 'the session from before is gone');
    t.equal(made.power(), 'on');
  },
);

void t.test('what nobody may send is not answered, and harms nobody', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4');
  t.teardown(() => {
    socket.close();
  });
  const heard: string[] = [];
  socket.on('message', (bytes) => heard.push(bytes.toString('hex')));
  const send = (hex: string): void => {
    socket.send(Buffer.from(hex, 'hex'), PORT, made.address);
  };
  for (const garbage of ['00', '0600ff07', '0600ff0706', '0600ff0706c0ffffffff01000000ffff00']) {
    send(garbage);
  }
  // An order to switch off, outside any session, in both frames.
  send('0600ff07000000000000000000082000e081000200' + '7d');
  send('0600ff07060000000000000000000800' + '2000e0810002007d');
  send('0600ff06000011be80050000');
  await until('the ping is answered', () => heard.length > 0);
  t.match(heard, [/^0600ff06000011be40050010/]);
  t.equal(await status(made), 'on');
});

void t.test('a wrong scenario is one sentence', async (t) => {
  const rows: readonly [object, RegExp][] = [
    [{ suites: [0] }, /suites is \[0\], and must be a list of cipher suites/],
    [{ suites: [] }, /must be a list of cipher suites/],
    [{ kg: 'x'.repeat(21) }, /must be a text of at most 20 bytes/],
    [{ users: [] }, /must be a list of users/],
    [{ users: [{ ...USERS[0], privilege: 'god' }] }, /privilege \(callback, user, operator/],
    [{ users: [{ ...USERS[0], password: 'x'.repeat(21) }] }, /password \(at most 20\)/],
    [{ sessions: 0 }, /sessions/],
  ];
  for (const [bmc, sentence] of rows) {
    const device = { name: 'bmc', kind: 'bmc', port: PORT, machine: 'haone', ...bmc };
    await t.rejects(bench([{ name: 'haone' }], [device]), { message: sentence });
  }
});
