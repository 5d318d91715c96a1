import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { milliseconds, resourceId } from '@holdfast/base';
import t from 'tap';
import { groupOf, harness, pidsIn, TEST_PLUGIN } from './support.ts';

void t.test(
  'a fence executable is told everything on stdin, and its exit code is its answer',
  async (t) => {
    const h = harness({
      fence: {
        fence_test: 'cat > "$HOLDFAST_ROOT/stdin"; echo "args:$*"; exit 0',
        fence_off: 'exit 2',
        fence_bad: 'echo "Unable to connect" >&2; exit 1',
        fence_dead: 'kill -9 $$',
      },
    });
    t.same(await h.fence({}), { code: 0, output: 'args:\n', timedOut: false });
    t.same(readFileSync(join(h.root, 'stdin'), 'utf8').split('\n').sort(), [
      '',
      'action=off',
      'ip=127.0.0.1',
      'nodename=haone',
      'plug=3',
    ]);
    t.match(await h.fence({ agent: 'fence_off', action: 'status' }), { code: 2, timedOut: false });
    t.match(await h.fence({ agent: 'fence_bad' }), { code: 1, output: 'Unable to connect\n' });
    t.match(await h.fence({ agent: 'fence_dead' }), { code: 1, output: /SIGKILL/ });
    t.match(await h.fence({ agent: 'fence_none' }), {
      code: 1,
      output: /fence_none is not installed/,
    });
    await h.close();
  },
);

void t.test('a fence agent past its time is killed with all it started', async (t) => {
  const h = harness({
    fence: { fence_slow: 'sleep 60 & echo $$ $! > "$HOLDFAST_ROOT/pids"; wait' },
  });
  const end = await h.fence({ agent: 'fence_slow', timeoutMs: milliseconds(500) });
  t.match(end, { code: 1, timedOut: true });
  t.same(pidsIn(join(h.root, 'pids')).map(groupOf), [undefined, undefined]);
  await h.close();
});

void t.test(
  'a fence device as a resource runs where it was started, and is watched by asking it',
  async (t) => {
    const h = harness({
      fence: {
        fence_test:
          'cat > "$HOLDFAST_ROOT/stdin"; grep -q fails "$HOLDFAST_ROOT/stdin" && exit 1; exit 0',
      },
      plugins: [TEST_PLUGIN],
    });
    for (const agent of ['stonith:fence_test', 'stonith:fence-test']) {
      const resource = resourceId(agent.replace(':', '-'));
      const parameters = { pcmk_host_map: 'a:1', CRM_meta_timeout: '1', ip: 'x' };
      const more = { resource, parameters };
      const every = { ...more, intervalMs: milliseconds(10_000) };
      t.match(
        await h.run(h.op(agent, 'monitor', more)),
        { rc: 7, status: 'done' },
        'never started',
      );
      t.match(await h.run(h.op(agent, 'start', more)), { rc: 0, status: 'done' });
      t.match(await h.run(h.op(agent, 'monitor', more)), { rc: 0 });
      t.match(await h.run(h.op(agent, 'monitor', every)), { rc: 0 });
      const failing = { ...every, parameters: { fails: 'true' } };
      t.match(await h.run(h.op(agent, 'monitor', failing)), { rc: 1, status: 'done' });
      t.match(await h.run(h.op(agent, 'stop', more)), { rc: 0 });
      t.match(await h.run(h.op(agent, 'monitor', more)), { rc: 7 });
      t.match(await h.run(h.op(agent, 'promote', more)), { rc: 3 });
    }
    t.same(readFileSync(join(h.root, 'stdin'), 'utf8').trim().split('\n').sort(), [
      'action=monitor',
      'fails=true',
    ]);
    t.match(await h.run(h.op('stonith:fence_none', 'start')), { rc: 5, status: 'not-installed' });
    await h.close();
  },
);

void t.test('a fence plugin answers like an executable', async (t) => {
  const h = harness({ plugins: [TEST_PLUGIN] });
  t.match(await h.fence({ agent: 'fence-test' }), {
    code: 0,
    output: /it is off/,
    timedOut: false,
  });
  t.match(await h.fence({ agent: 'fence-test', action: 'status' }), { code: 2 });
  t.match(await h.fence({ agent: 'fence-test', parameters: {} }), {
    code: 1,
    output: /plug is required/,
  });
  t.match(await h.runners.metadata('stonith:fence-test'), /<resource-agent name="fence-test"/);
  await h.close();
});
