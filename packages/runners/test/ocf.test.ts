import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { milliseconds } from '@holdfast/base';
import t from 'tap';
import { groupOf, harness, pidsIn, script } from './support.ts';

void t.test('an OCF executable is told everything in its environment', async (t) => {
  const h = harness({
    ocf: { 'test/env': 'env | grep -E "^(OCF_|HA_RSCTMP)" | sort; echo "args $*"' },
  });
  const parameters = {
    ip: '10.0.0.1',
    OCF_CHECK_LEVEL: '10',
    CRM_meta_on_node: 'haone',
    CRM_meta_op_target_rc: '7',
  };
  const op = h.op('ocf:test:env', 'monitor', { intervalMs: milliseconds(10_000), parameters });
  const result = await h.run(op);
  t.match(result, { rc: 0, status: 'done', reason: '' });
  t.same(result.output.trim().split('\n'), [
    `HA_RSCTMP=${h.root}/run/holdfast/agents`,
    'OCF_CHECK_LEVEL=10',
    'OCF_EXIT_REASON_PREFIX=ocf-exit-reason:',
    'OCF_RA_VERSION_MAJOR=1',
    'OCF_RA_VERSION_MINOR=1',
    'OCF_RESKEY_CRM_meta_interval=10000',
    'OCF_RESKEY_CRM_meta_on_node=haone',
    'OCF_RESKEY_CRM_meta_timeout=20000',
    'OCF_RESKEY_ip=10.0.0.1',
    'OCF_RESOURCE_INSTANCE=web',
    'OCF_RESOURCE_PROVIDER=test',
    'OCF_RESOURCE_TYPE=env',
    'OCF_ROOT=/usr/lib/ocf',
    'args monitor',
  ]);
  await h.close();
});

void t.test('how an agent ends is what the history says', async (t) => {
  const h = harness({
    ocf: {
      'test/reasons':
        'echo "ocf-exit-reason:first" >&2; echo "x ocf-exit-reason: the last " >&2; echo more >&2; exit 1',
      'test/odd': 'exit 77',
      'test/promoted': 'exit 8',
      'test/suicide': 'kill -9 $$',
      'test/unusable': '',
      'test/nobinary': '',
    },
  });
  chmodSync(join(h.root, 'ocf/test/unusable'), 0o644);
  writeFileSync(join(h.root, 'ocf/test/nobinary'), '#!/no/such/interpreter\n');
  const table = [
    { agent: 'ocf:test:reasons', want: { rc: 1, status: 'done', reason: 'the last' } },
    { agent: 'ocf:test:odd', want: { rc: 1, status: 'done', reason: '' } },
    { agent: 'ocf:test:promoted', want: { rc: 8, status: 'done' } },
    { agent: 'ocf:test:suicide', want: { rc: 1, status: 'error', reason: /SIGKILL/ } },
    { agent: 'ocf:test:nobinary', want: { rc: 5, status: 'done' } },
    {
      agent: 'ocf:test:missing',
      want: { rc: 5, status: 'not-installed', reason: /ocf:test:missing is not installed/ },
    },
    { agent: 'ocf:../test:odd', want: { rc: 5, status: 'not-installed' } },
    { agent: 'nagios:check', want: { rc: 5, status: 'not-installed', reason: /class nagios/ } },
    {
      agent: 'lsb:no-such-script',
      want: { rc: 5, status: 'not-installed', reason: /no such init script/ },
    },
  ];
  for (const { agent, want } of table) t.match(await h.run(h.op(agent, 'monitor')), want, agent);
  t.match(await h.run(h.op('ocf:test:unusable', 'monitor')), {
    rc: 4,
    status: 'done',
    reason: /EACCES/,
  });
  await h.close();
});

void t.test('output is kept up to a limit, and a pipe held open delays nothing', async (t) => {
  const h = harness({
    ocf: {
      'test/loud': 'head -c 15000000 /dev/zero | tr "\\0" x',
      'test/daemon': 'sleep 30 & echo $! > "$OCF_RESKEY_pid"; echo begun',
    },
  });
  const loud = await h.run(h.op('ocf:test:loud', 'monitor'));
  t.equal(loud.rc, 0);
  t.equal(loud.output.length, 10 * 1024 * 1024);
  t.match(
    h.notes.map(({ event }) => event),
    ['output-truncated'],
  );
  const from = performance.now();
  const pidFile = join(h.root, 'pid');
  const begun = await h.run(h.op('ocf:test:daemon', 'start', { parameters: { pid: pidFile } }));
  t.match(begun, { rc: 0, output: 'begun\n' });
  t.ok(performance.now() - from < 10_000, 'not the 30 s of what it left behind');
  const [pid = 0] = pidsIn(pidFile);
  t.equal(groupOf(pid), groupOf(process.pid), 'which lives on, in the group of its node');
  process.kill(pid, 'SIGKILL');
  await h.close();
});

void t.test(
  'a kill reaches grandchildren, those that hide included, and nothing else',
  async (t) => {
    const h = harness({
      ocf: {
        'test/family': `
        echo $$ > "$OCF_RESKEY_pids"
        sleep 60 &
        echo $! >> "$OCF_RESKEY_pids"
        sh -c 'sleep 61 & echo $! >> "$OCF_RESKEY_pids"; wait' &
        ( setsid sh -c 'echo $$ >> "$OCF_RESKEY_pids"; exec sleep 62' & )
        trap "" TERM INT HUP
        touch "$OCF_RESKEY_pids.ready"
        wait`,
        'test/service': 'sleep 63 > /dev/null 2>&1 & echo $! > "$OCF_RESKEY_pids"',
      },
    });
    const servicePids = join(h.root, 'service');
    await h.run(h.op('ocf:test:service', 'start', { parameters: { pids: servicePids } }));
    const pids = join(h.root, 'pids');
    const op = h.op('ocf:test:family', 'start', { parameters: { pids } });
    const result = await h.runAndKill(op, 700);
    t.match(result, { rc: 1, status: 'error', reason: /killed/ });
    t.ok(existsSync(`${pids}.ready`));
    const family = pidsIn(pids);
    t.equal(family.length, 4);
    t.same(
      family.map(groupOf),
      [undefined, undefined, undefined, undefined],
      'all are gone when it is told',
    );
    const [service = 0] = pidsIn(servicePids);
    t.equal(groupOf(service), groupOf(process.pid), 'what another operation started lives');
    process.kill(service, 'SIGKILL');
    await h.close();
  },
);

void t.test('a call killed before it began does not begin', async (t) => {
  const h = harness({ ocf: { 'test/touch': 'touch "$OCF_RESKEY_file"' } });
  const file = join(h.root, 'touched');
  const op = h.op('ocf:test:touch', 'start', { parameters: { file } });
  const end = h.run(op);
  h.runners.kill(1 as Parameters<typeof h.runners.kill>[0]);
  t.match(await end, { rc: 1, status: 'error' });
  t.match(await h.run(h.op('ocf:test:touch', 'start', { parameters: { file: `${file}2` } })), {
    rc: 0,
  });
  t.notOk(existsSync(file));
  await h.close();
});

void t.test(
  'init scripts are asked for their status, and their codes are read as theirs',
  async (t) => {
    const h = harness({
      init: {
        web: 'case "$1" in status) exit 3;; start) test -z "$OCF_ROOT$OCF_RESKEY_x";; *) exit 9;; esac',
        busy: 'exit 150',
      },
    });
    const parameters = { x: '1' };
    t.match(await h.run(h.op('lsb:web', 'monitor')), { rc: 7 });
    t.match(await h.run(h.op('lsb:web', 'start', { parameters })), { rc: 0 }, 'no parameters');
    t.match(await h.run(h.op('service:web', 'stop')), { rc: 1 });
    t.match(await h.run(h.op('lsb:busy', 'monitor')), { rc: 5 });
    await h.close();
  },
);

void t.test('what there is, is listed, and says what it is', async (t) => {
  const h = harness({
    ocf: { 'test/one': 'echo "<resource-agent name=\\"one\\"/>"', 'other/two': 'exit 3' },
    fence: { fence_test: 'read line; test "$line" = action=metadata && echo "<resource-agent/>"' },
  });
  script(join(h.root, 'ocf/test/.hidden'), '');
  t.same(await h.runners.listAgents(), ['ocf:other:two', 'ocf:test:one', 'stonith:fence_test']);
  t.same(await h.runners.listAgents('ocf', 'test'), ['ocf:test:one']);
  t.same(await h.runners.listAgents('stonith'), ['stonith:fence_test']);
  t.equal(await h.runners.metadata('ocf:test:one'), '<resource-agent name="one"/>\n');
  t.equal(await h.runners.metadata('ocf:other:two'), undefined);
  t.equal(await h.runners.metadata('ocf:test:none'), undefined);
  t.equal(await h.runners.metadata('stonith:fence_test'), '<resource-agent/>\n');
  await h.close();
});
