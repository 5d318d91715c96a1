import type { FenceOutcome, Ran, World } from '@holdfast/agent';
import { agent } from '@holdfast/fence-heuristics-ping';
import t from 'tap';

/** A network in which each address gives so many of three answers. */
function network(answers: Readonly<Record<string, number>>): { world: World; ran: string[] } {
  const ran: string[] = [];
  let now = 0;
  const world: World = {
    run: (command) => {
      const address = command.at(-1) ?? '';
      ran.push(command.join(' '));
      const received = answers[address] ?? 0;
      const stdout = `3 packets transmitted, ${received} received, 0% packet loss, time 400ms\n`;
      const done: Ran = { code: received > 0 ? 0 : 1, stdout, stderr: '', failure: undefined };
      return Promise.resolve(done);
    },
    launch: () => Promise.reject(new Error('nothing is launched')),
    files: {
      read: () => Promise.resolve(undefined),
      write: () => Promise.resolve(),
      remove: () => Promise.resolve(),
    },
    processes: {
      info: () => Promise.resolve(undefined),
      signal: () => Promise.resolve(false),
    },
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    now: () => now,
    log: () => undefined,
    stateFolder: '/nowhere',
  };
  return { world, ran };
}

const ping_targets = '192.0.2.1,192.0.2.2';

void t.test('a level goes on only where the network answers', async (t) => {
  const rows: readonly [string, Record<string, number>, Record<string, string>, number, RegExp][] =
    [
      ['both answer', { '192.0.2.1': 3, '192.0.2.2': 2 }, {}, 0, /off/],
      ['one is lost', { '192.0.2.1': 3 }, {}, 1, /nobody is shot from here: 192.0.2.2 gave 0 of 3/],
      ['one may be lost', { '192.0.2.1': 3 }, { ping_maxfail: '1' }, 0, /off/],
      ['both are lost', {}, { ping_maxfail: '1' }, 1, /192.0.2.1 gave 0/],
      ['too few answers', { '192.0.2.1': 1, '192.0.2.2': 3 }, {}, 1, /gave 1 of 3 answers, 2 are/],
      ['impossible', { '192.0.2.1': 3 }, { ping_good_count: '4' }, 1, /more than ping_count=3/],
      ['an option is no address', {}, { ping_targets: '-f' }, 1, /-f is no address/],
      ['no target', {}, { ping_targets: ' , ' }, 1, /names no address/],
    ];
  for (const [why, answers, more, code, output] of rows) {
    for (const action of ['off', 'on', 'reboot']) {
      const { world } = network(answers);
      const given = { action, plug: 'haone', ping_targets, power_timeout: '1s', ...more };
      const outcome: FenceOutcome = await agent.perform(given, world);
      t.equal(outcome.code, code, `${why}: ${action}`);
      if (action === 'off') t.match(outcome.output, output, why);
    }
  }
});

void t.test('it says of itself that it switches nothing', async (t) => {
  const { world, ran } = network({ '192.0.2.1': 3 });
  t.match(agent.longdesc, /ALONE IN A LEVEL/);
  t.match(await agent.perform({ action: 'monitor', ping_targets }, world), { code: 0 });
  t.match(await agent.perform({ action: 'off', plug: 'a' }, world), {
    code: 1,
    output: /ping_targets is required/,
  });
  t.equal(ran.length, 0, 'neither needs the network');
  await agent.perform({ action: 'off', plug: 'a', ping_targets: 'inet6:2001:db8::1' }, world);
  t.equal(ran[0], 'ping -6 -n -q -c 3 -i 0.2 -W 1 2001:db8::1');
});
