/** One suite for every resource agent of the house, in both its forms: the results must be the same. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { milliseconds } from '@holdfast/base';
import type { Operation, OpResult } from '@holdfast/executor';
import t from 'tap';
import { groupOf, type Harness, harness, PROJECT } from './support.ts';

const AGENTS = ['dummy', 'service'];
const FORMS = {
  plugin: {
    ocfPaths: [],
    plugins: AGENTS.map((name) => join(PROJECT, 'agents', name, 'dist/index.js')),
  },
  executable: { ocfPaths: [join(PROJECT, 'agents/ocf')], plugins: [] },
};

type Step = {
  readonly task: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly intervalMs?: number;
  readonly want: { readonly rc: number; readonly reason?: RegExp | string };
};

for (const [form, where] of Object.entries(FORMS)) {
  void t.test(`the life of a resource, as ${form}`, async (t) => {
    const h = harness(where);
    const parameters: Readonly<Record<string, Record<string, string>>> = {
      dummy: {},
      service: {
        command: 'sh -c \'trap "" TERM; while :; do sleep 0.1; done\'',
        stop_timeout: '300ms',
      },
    };
    for (const agent of AGENTS) {
      const life: readonly Step[] = [
        { task: 'validate-all', want: { rc: 0 } },
        { task: 'monitor', want: { rc: 7, reason: '' } },
        { task: 'stop', want: { rc: 0 } },
        { task: 'start', want: { rc: 0 } },
        { task: 'start', want: { rc: 0, reason: '' } },
        { task: 'monitor', want: { rc: 0 } },
        { task: 'monitor', intervalMs: 10_000, want: { rc: 0 } },
        { task: 'stop', want: { rc: 0 } },
        { task: 'stop', want: { rc: 0 } },
        { task: 'monitor', want: { rc: 7 } },
        { task: 'dance', want: { rc: 3, reason: /no action dance/ } },
      ];
      for (const [index, step] of life.entries()) {
        const result = await h.run(
          operation(h, agent, { parameters: parameters[agent] ?? {}, ...step }),
        );
        t.match(result, { ...step.want, status: 'done' }, `${agent} ${index} ${step.task}`);
      }
    }
    await h.close();
  });

  void t.test(`wrong parameters are refused with what is wrong, as ${form}`, async (t) => {
    const h = harness(where);
    const table: readonly (Step & { readonly agent: string })[] = [
      {
        agent: 'dummy',
        task: 'start',
        parameters: { delay: 'soon' },
        want: { rc: 6, reason: /delay=soon/ },
      },
      {
        agent: 'service',
        task: 'start',
        parameters: {},
        want: { rc: 6, reason: /command is required/ },
      },
      {
        agent: 'service',
        task: 'start',
        parameters: { command: "sleep '1" },
        want: { rc: 6, reason: /quote/ },
      },
      {
        agent: 'service',
        task: 'validate-all',
        parameters: { command: 'x', stop_signal: 'BANG', env: 'oops' },
        want: { rc: 6, reason: /stop_signal=BANG/ },
      },
      {
        agent: 'service',
        task: 'start',
        parameters: { command: 'x', env: 'oops' },
        want: { rc: 6, reason: /oops/ },
      },
      {
        agent: 'service',
        task: 'start',
        parameters: { command: '/no/such/program' },
        want: { rc: 5, reason: /could not be started/ },
      },
      {
        agent: 'service',
        task: 'start',
        parameters: { command: 'false' },
        want: { rc: 1, reason: /ended at once/ },
      },
      {
        agent: 'service',
        task: 'start',
        parameters: { command: 'sleep 9', user: 'nosuchuser' },
        want: { rc: 5, reason: /no user nosuchuser/ },
      },
      {
        agent: 'dummy',
        task: 'start',
        parameters: { fail_start_on: '*' },
        want: { rc: 1, reason: /fail_start_on/ },
      },
      {
        agent: 'dummy',
        task: 'stop',
        parameters: { fail_stop_on: 'a, haone', CRM_meta_on_node: 'haone' },
        want: { rc: 1, reason: /fail_stop_on/ },
      },
      {
        agent: 'dummy',
        task: 'stop',
        parameters: { fail_stop_on: 'a,b', CRM_meta_on_node: 'haone' },
        want: { rc: 0 },
      },
    ];
    for (const step of table) {
      const result = await h.run(operation(h, step.agent, step));
      t.match(result, step.want, `${step.agent} ${JSON.stringify(step.parameters)}`);
    }
    await h.close();
  });

  void t.test(`a service is one very process, as ${form}`, async (t) => {
    const h = harness(where);
    const pidfile = join(h.root, 'web.pid');
    const mark = join(h.root, 'mark');
    const command = `sh -c 'echo "$GREETING $PWD" > mark; exec sleep 60'`;
    const monitor_command = `test -e ${join(h.root, 'well')}`;
    const parameters = {
      command,
      pidfile,
      directory: h.root,
      env: 'GREETING="hello you"',
      monitor_command,
    };
    const run = (task: string): Promise<OpResult> =>
      h.run(operation(h, 'service', { task, parameters }));
    t.match(await run('start'), { rc: 0 });
    const [pid = '0', startTime = ''] = readFileSync(pidfile, 'utf8').trim().split(' ');
    t.equal(
      groupOf(Number(pid)),
      groupOf(process.pid),
      'it outlives the agent, in the group of its node',
    );
    t.equal(readFileSync(mark, 'utf8'), `hello you ${h.root}\n`);
    t.match(await run('monitor'), { rc: 1, reason: /monitor_command failed: exit code 1/ });
    writeFileSync(join(h.root, 'well'), '');
    t.match(await run('monitor'), { rc: 0 });

    writeFileSync(pidfile, `${process.pid} ${startTime}\n`);
    t.match(await run('monitor'), { rc: 7 }, 'a pid that somebody else has now is not believed');
    t.match(await run('stop'), { rc: 0 }, 'and this test is not killed by the stop');
    t.ok(groupOf(Number(pid)) !== undefined);
    writeFileSync(pidfile, `${pid} ${startTime}\n`);
    t.match(await run('stop'), { rc: 0 });
    t.equal(groupOf(Number(pid)), undefined);
    t.notOk(existsSync(pidfile));

    t.match(await run('start'), { rc: 0 });
    const [second = '0'] = readFileSync(pidfile, 'utf8').split(' ');
    process.kill(Number(second), 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.match(await run('monitor'), { rc: 7 }, 'a killed service is not running');
    t.match(await run('stop'), { rc: 0 });
    await h.close();
  });

  void t.test(`a start that is killed leaves nothing behind, as ${form}`, async (t) => {
    const h = harness(where);
    const pidfile = join(h.root, 'pid');
    const slow = operation(h, 'dummy', {
      task: 'start',
      parameters: { delay: '60s', state: pidfile },
    });
    t.match(await h.runAndKill(slow, 600), { rc: 1, status: 'error' });
    t.notOk(existsSync(pidfile));
    await h.close();
  });
}

void t.test('both forms say the same of themselves', async (t) => {
  const [plugin, executable] = [harness(FORMS.plugin), harness(FORMS.executable)];
  for (const agent of AGENTS) {
    const name = `ocf:holdfast:${agent}`;
    const own = await plugin.runners.metadata(name);
    t.match(own, new RegExp(`<resource-agent name="${agent}"`));
    t.equal(await executable.runners.metadata(name), own);
  }
  t.same(await executable.runners.listAgents('ocf'), [
    'ocf:holdfast:dummy',
    'ocf:holdfast:service',
  ]);
  t.same(await plugin.runners.listAgents('ocf'), await executable.runners.listAgents('ocf'));
  await plugin.close();
  await executable.close();
});

function operation(h: Harness, agent: string, step: Omit<Step, 'want'>): Operation {
  const { task, parameters = {}, intervalMs = 0 } = step;
  return h.op(`ocf:holdfast:${agent}`, task, { parameters, intervalMs: milliseconds(intervalMs) });
}
