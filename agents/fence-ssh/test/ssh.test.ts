import type { Ran, World } from '@holdfast/agent';
import { agent } from '@holdfast/fence-ssh';
import t from 'tap';

type Host = { mood: 'obeys' | 'denies' | 'silent'; readonly told: string[] };

/** One node behind ssh, a clock that only sleep moves, and a folder in memory. */
function laboratory(): { world: World; host: Host; pass: (ms: number) => void; warned: string[] } {
  const host: Host = { mood: 'obeys', told: [] };
  const files = new Map<string, string>();
  const warned: string[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  const answers: Readonly<Record<Host['mood'], Partial<Ran>>> = {
    obeys: { code: 0 },
    denies: { code: 255, stderr: 'root@haone: Permission denied (publickey).\n' },
    silent: { code: 255, stderr: 'ssh: connect to host haone port 22: Connection timed out\n' },
  };
  const world: World = {
    run: (command) => {
      host.told.push(command.at(-1) ?? '');
      const ran = { code: 0, stdout: '', stderr: '', failure: undefined, ...answers[host.mood] };
      if (ran.code === 0 && command.at(-1) !== 'true') host.mood = 'silent';
      return Promise.resolve(ran);
    },
    launch: () => Promise.reject(new Error('nothing is launched')),
    files: {
      read: (path) => Promise.resolve(files.get(path)),
      write: (path, text) => {
        files.set(path, text);
        return Promise.resolve();
      },
      remove: (path) => {
        files.delete(path);
        return Promise.resolve();
      },
    },
    processes: { info: () => Promise.resolve(undefined), signal: () => Promise.resolve(false) },
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    now: () => now,
    log: (_severity, text) => warned.push(text),
    stateFolder: '/run/test',
  };
  return { world, host, pass: (ms) => (now += ms), warned };
}

void t.test(
  'a node counts as off only where it took the order and has not answered since',
  async (t) => {
    const { world, host, pass, warned } = laboratory();
    const ask = (action: string) =>
      agent.perform({ action, plug: 'haone', power_timeout: '1s' }, world);
    t.match(await ask('status'), { code: 0 }, 'it answers: on');
    t.match(await ask('off'), { code: 0 }, 'it took the order and is gone');
    t.match(host.told[1], /sysrq-trigger/);
    t.match(warned[0], /test clusters only/);
    t.match(await ask('status'), { code: 2 });
    t.match(await ask('off'), { code: 0 }, 'a second time: it is gone still');
    host.mood = 'denies';
    t.match(await ask('status'), { code: 0 }, 'whoever denies a login is alive');
    host.mood = 'silent';
    t.match(await ask('status'), { code: 1, output: /proves nothing/ }, 'the old order is void');
    t.match(await ask('off'), { code: 1, output: /could not be told/ });
    host.mood = 'obeys';
    t.match(await ask('off'), { code: 0 });
    pass(61_000);
    t.match(await ask('status'), { code: 1 }, 'after a minute it may have come back and hang');
  },
);

void t.test('silence is never off, and nobody is switched on', async (t) => {
  const { world, host } = laboratory();
  host.mood = 'silent';
  t.match(await agent.perform({ action: 'status', plug: 'haone' }, world), { code: 1 });
  t.match(await agent.perform({ action: 'off', plug: 'haone' }, world), { code: 1 });
  t.match(await agent.perform({ action: 'on', plug: 'haone', retry_on: '0' }, world), {
    code: 1,
    output: /cannot be switched on/,
  });
  t.match(
    await agent.perform({ action: 'off', plug: '-oProxyCommand=x' }, world),
    { code: 1, output: /no address or host name/ },
    'a plug is no option',
  );
  t.match(agent.longdesc, /FOR TEST CLUSTERS ONLY/);
});
