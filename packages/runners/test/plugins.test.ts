import { existsSync, readFileSync, rmSync } from 'node:fs';
import { milliseconds, resourceId } from '@holdfast/base';
import type { Operation } from '@holdfast/executor';
import t from 'tap';
import { groupOf, type Harness, harness, TEST_PLUGIN } from './support.ts';

function naughty(
  h: Harness,
  how: string,
  more: Partial<Operation> & { forMs?: number } = {},
): Operation {
  const { forMs = 0, ...rest } = more;
  const parameters = { how, for_ms: String(forMs) };
  return h.op('ocf:test:naughty', 'start', { parameters, ...rest });
}

void t.test(
  'a plugin is used where an executable has the same name, and takes milliseconds',
  async (t) => {
    const h = harness({ ocf: { 'test/naughty': 'exit 1' }, plugins: [TEST_PLUGIN] });
    t.match(await h.run(naughty(h, 'well')), { rc: 0, status: 'done' });
    const from = performance.now();
    for (let index = 0; index < 20; index += 1) await h.run(naughty(h, 'well'));
    const each = (performance.now() - from) / 20;
    t.ok(each < 30, `${each.toFixed(1)} ms a run`);
    t.match(await h.runners.listAgents('ocf'), ['ocf:test:naughty']);
    await h.close();
  },
);

void t.test('what a plugin throws is its failure', async (t) => {
  const h = harness({ plugins: [TEST_PLUGIN] });
  t.match(await h.run(naughty(h, 'throw')), { rc: 1, status: 'done', reason: 'I threw' });
  await h.close();
});

void t.test('a plugin that ends its thread fails; the others do not', async (t) => {
  for (const how of ['exit', 'uncaught']) {
    const h = harness({ plugins: [TEST_PLUGIN] });
    const bystander = h.run(naughty(h, 'well', { forMs: 50, resource: resourceId('other') }));
    const guilty = await h.run(naughty(h, how));
    t.match(guilty, { rc: 1, status: 'error' }, how);
    t.match(await bystander, { rc: 0, status: 'done' }, 'the one beside it is done again');
    t.match(await h.run(naughty(h, 'well')), { rc: 0 }, 'and the thread is back');
    t.ok(h.notes.some(({ event }) => event === 'plugins-restarted'));
    await h.close();
  }
});

void t.test('a plugin that blocks or hangs is ended by the kill, and harms nobody', async (t) => {
  const h = harness({ plugins: [TEST_PLUGIN] });
  await h.run(naughty(h, 'well'));
  for (const how of ['block', 'hang']) {
    const killed = h.runAndKill(naughty(h, how), 100);
    const bystander = h.run(naughty(h, 'well', { forMs: 200, resource: resourceId('other') }));
    t.match(await killed, { rc: 1, status: 'error', reason: /killed/ }, how);
    t.match(await bystander, { rc: 0, status: 'done' });
  }
  await h.close();
});

void t.test('a plugin that blocks is found out though nobody kills it', async (t) => {
  const h = harness({ plugins: [TEST_PLUGIN] });
  const bystander = h.run(naughty(h, 'well', { forMs: 300, resource: resourceId('other') }));
  t.match(await h.run(naughty(h, 'block')), { rc: 1, status: 'error', reason: /blocks/ });
  t.match(await bystander, { rc: 0, status: 'done' });
  await h.close();
});

void t.test('an aborted action ends at its next step, without a new thread', async (t) => {
  const h = harness({ plugins: [TEST_PLUGIN] });
  await h.run(naughty(h, 'well'));
  const killed = await h.runAndKill(naughty(h, 'well', { forMs: 60_000 }), 50);
  t.match(killed, { rc: 1, status: 'error' });
  t.notOk(h.notes.some(({ event }) => event === 'plugins-restarted'));
  await h.close();
});

void t.test('what a plugin runs is killed with it', async (t) => {
  const h = harness({ plugins: [TEST_PLUGIN] });
  await h.run(naughty(h, 'well'));
  const path = `/tmp/holdfast-test-${process.pid}`;
  t.teardown(() => {
    rmSync(path, { force: true });
  });
  await h.runAndKill(
    naughty(h, 'command', { forMs: process.pid, timeoutMs: milliseconds(0) }),
    500,
  );
  t.ok(existsSync(path));
  t.equal(groupOf(Number(readFileSync(path, 'utf8'))), undefined);
  await h.close();
});

void t.test('a module that is no plugin is named, and the others work', async (t) => {
  const h = harness({ plugins: ['/no/such/module.js', TEST_PLUGIN] });
  t.match(await h.run(naughty(h, 'well')), { rc: 0 });
  t.match(h.notes[0], { event: 'plugin-broken', text: /no\/such\/module/ });
  await h.close();
});
