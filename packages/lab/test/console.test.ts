/** The console of the lab, used by our own agent and by OpenSSH's client: one login at a time. */
import t from 'tap';
import { type Bench, bench, drawAddress, runAgent, SBIN } from './bench.ts';
import { until } from './lab.ts';
import { sitDown } from './openssh.ts';
import type { Ran } from './peers.ts';

const MACHINES = [{ name: 'haone' }, { name: 'hatwo' }];
const LOCK_MS = 1500;

type Act = (given: Readonly<Record<string, string>>) => Promise<Ran>;

async function consoleBench(
  style: string,
): Promise<{ made: Bench; act: Act; power: () => string }> {
  const made = await bench(MACHINES, [
    { name: 'con', kind: 'console', style, port: 2222, feeds: ['haone', 'hatwo'], lockMs: LOCK_MS },
  ]);
  const base = { ip: made.address, ipport: '2222', username: 'apc', password: 'apc' };
  return {
    made,
    act: (given) => runAgent('fence_holdfast_console', { ...base, ...given }),
    power: () =>
      made.lab
        .bank('con')
        .views()
        .map((outlet) => outlet.power)
        .join(' '),
  };
}

function sessions({ lab }: Bench, what: string): number {
  return lab.events().filter((event) => event.kind === 'session' && event.what === what).length;
}

for (const style of ['command', 'menu']) {
  void t.test(`our agent switches at the console, by ${style}`, async (t) => {
    const { made, act, power } = await consoleBench(style);
    t.teardown(made.close);
    t.same(await act({ action: 'list' }), { code: 0, out: '1,haone\n2,hatwo\n' });
    t.match(await act({ action: 'monitor' }), { code: 0 });
    t.match(await act({ action: 'off', plug: '2' }), { code: 0 });
    t.equal(power(), 'on off');
    t.equal(made.machine('hatwo')?.power, 'off', 'the machine too');
    t.match(await act({ action: 'status', plug: 'hatwo' }), { code: 2 }, 'by its name');
    t.match(await act({ action: 'reboot', plug: 'haone' }), { code: 0 });
    t.match(await act({ action: 'on', plug: 'hatwo' }), { code: 0 });
    t.equal(power(), 'on on');
    t.match(await act({ action: 'off', plug: '9' }), { code: 1, out: /shows no outlet 9/ });
    t.equal(sessions(made, 'opened'), sessions(made, 'closed'), 'it always leaves');
    t.equal(sessions(made, 'busy'), 0);
  });

  void t.test(`what the console does wrong is no "off", by ${style}`, async (t) => {
    const { made, act, power } = await consoleBench(style);
    t.teardown(made.close);
    const bank = made.lab.bank('con');
    const off = { action: 'off', plug: '1', power_timeout: '500ms', shell_timeout: '700ms' };
    const rows: readonly [string, Record<string, unknown>, RegExp][] = [
      ['acknowledges and does nothing', { lie: true }, /not proven off.*says it is on/],
      ['the relay is stuck', { stuck: [1] }, /not proven off/],
      ['switches another outlet', { wrongOutlet: { '1': 2 } }, /not proven off/],
      ['refuses', { refuse: true }, /could not be told/],
      ['falls silent', { silent: true }, /no answer|did not say/],
    ];
    for (const [why, fault, out] of rows) {
      bank.plant(fault);
      const ran = await act({ ...off, busy_timeout: '0', login_timeout: '700ms' });
      t.match(ran, { code: 1, out }, why);
      bank.plant({ lie: false, stuck: [], wrongOutlet: {}, refuse: false, silent: false });
    }
    await bank.switch(2, 'on');
    t.equal(power(), 'on on');
    bank.plant({ switchMs: 600 });
    t.match(await act({ ...off, power_timeout: '5s' }), { code: 0 }, 'a slow relay is waited for');
    t.equal(power(), 'off on');
    bank.plant({ switchMs: 0, loseAnswers: 1 });
    t.match(await act({ ...off, plug: '2' }), { code: 1 }, 'the answer to the order is lost');
    t.match(await act({ ...off, plug: '2' }), { code: 0 }, 'the status decides');
    t.equal(power(), 'off off');
  });
}

void t.test(
  'one login at a time: busy is waited for, a wrong password is tried once',
  async (t) => {
    const { made, act, power } = await consoleBench('command');
    t.teardown(made.close);
    const person = { address: made.address, port: 2222, password: 'apc' };
    const first = sitDown(made.folder, person);
    await until('OpenSSH is let in', () => first.seen().includes('apc>'));
    first.type('olStatus all\r');
    await until('it answers', () => first.seen().includes('2: hatwo: On'));

    const second = sitDown(made.folder, person);
    await second.gone;
    t.match(second.seen(), /Somebody else is logged in/, 'OpenSSH hears why');
    const impatient = await act({ action: 'off', plug: '1', busy_timeout: '500ms' });
    t.match(impatient, { code: 1, out: /busy: somebody else is logged in/ });
    t.equal(power(), 'on on');

    const patient = act({ action: 'off', plug: '1' });
    await until('the agent is turned away', () => sessions(made, 'busy') >= 3);
    first.type('exit\r');
    await first.gone;
    t.match(await patient, { code: 0 }, 'tried again within its budget');
    t.equal(power(), 'off on');

    const denied = await act({ action: 'off', plug: '2', password: 'wrong' });
    t.match(denied, { code: 1, out: /login denied/ });
    t.notMatch(denied.out, /wrong,|"wrong"|apc"/, 'and no password is said');
    t.equal(sessions(made, 'denied'), 1, 'exactly once: three would lock everybody out');
    await act({ action: 'off', plug: '2', password: 'wrong' });
    await act({ action: 'off', plug: '2', password: 'wrong' });
    const locked = await act({ action: 'off', plug: '2', busy_timeout: '300ms' });
    t.match(locked, { code: 1, out: /busy.*locked after wrong passwords/ });
    t.match(await act({ action: 'off', plug: '2' }), { code: 0 }, 'until the lock is over');
  },
);

void t.test(
  'two nodes that shoot each other over one single-login console: one survives',
  async (t) => {
    for (let turn = 0; turn < 3; turn += 1) {
      const address = drawAddress();
      // The shooters run on the machines that are shot: who is off shoots no more.
      const shooting = (victim: string): string[] => [
        '/bin/sh',
        '-c',
        `printf 'ip=${address}\\nipport=2222\\nusername=apc\\npassword=apc\\naction=off\\nplug=${victim}\\n' | ${SBIN}fence_holdfast_console; exec sleep 1000`,
      ];
      const made = await bench(
        [
          { name: 'haone', command: shooting('hatwo') },
          { name: 'hatwo', command: shooting('haone') },
        ],
        [{ name: 'con', kind: 'console', address, port: 2222, feeds: ['haone', 'hatwo'] }],
      );
      const alive = (): string[] =>
        ['haone', 'hatwo'].filter((name) => made.machine(name)?.power === 'on');
      await until('one is off', () => alive().length < 2);
      await until('the winner has left the console', () => sessions(made, 'closed') > 0);
      t.equal(alive().length, 1, 'the second one was kept out until it was dead');
      t.ok(sessions(made, 'busy') <= 20, 'and did not storm the door');
      await made.close();
    }
  },
);
