import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fail, ok } from '@holdfast/base';
import { connect, type Handler, IpcError, type Methods, serve, socketPath } from '@holdfast/ipc';
import t, { type Test } from 'tap';
import { framing, takeLines } from '#src/framing.js';

/** A daemon that answers a few methods, one of them wrongly, one never. */
const handler: Handler = (method) => {
  const answers: Partial<{ [Name in keyof Methods]: unknown }> = {
    'cib.query': { xml: '<cib/>', version: '0.1.0' },
    'fence.history': { entries: [{ id: 'f1' }] },
    'fence.confirm': { outcome: 'confirmed' },
    explain: { lines: ['a'.repeat(300_000)] },
  };
  if (method === 'cib.replace') {
    return Promise.resolve(
      fail({
        code: 'stale',
        message: 'The configuration is now 0.9.0.',
        details: ['read it again'],
      }),
    );
  }
  if (method === 'cluster.status') return new Promise(() => undefined);
  return Promise.resolve(ok(answers[method] as never));
};

async function directory(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-ipc-'));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}

async function reason(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'it was not refused';
  } catch (error) {
    return error instanceof IpcError ? `${error.fault.code}: ${error.message}` : String(error);
  }
}

/** Sends raw bytes; answers with all that comes back until the server closes. */
async function raw(path: string, bytes: string): Promise<string> {
  const socket = createConnection({ path });
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

void t.test('calls and faults travel both ways', async (t) => {
  const path = join(await directory(t), 'a.sock');
  const server = await serve({ path, handler });
  t.teardown(() => server.close());
  t.equal((await stat(path)).mode & 0o777, 0o600, 'only the owner may open the socket');
  const client = await connect(path, 2000);
  t.teardown(() => {
    client.close();
  });
  t.same(await client.call('cib.query', {}), ok({ xml: '<cib/>', version: '0.1.0' }));
  t.same(
    await client.call('cib.replace', { base: '0.1.0', xml: '<cib/>', user: 'root' }),
    fail({ code: 'stale', message: 'The configuration is now 0.9.0.', details: ['read it again'] }),
  );
  const long = await client.call('explain', { subject: 'web' });
  t.equal(long.ok && long.value.lines[0]?.length, 300_000, 'an answer of many packets is whole');
  const [first, second] = await Promise.all([
    client.call('cib.query', {}),
    client.call('fence.confirm', { node: 'hatwo', user: 'root' }),
  ]);
  t.ok(first.ok && second.ok, 'two calls at once each get their own answer');
  t.match(
    await client.call('cluster.status', {}, 50),
    { ok: false, fault: { code: 'timeout', message: /cluster.status within 0.05 s/ } },
    'a daemon that never answers is a timeout',
  );
});

void t.test('what does not match its schema is refused on the side that sees it', async (t) => {
  const path = join(await directory(t), 'a.sock');
  const server = await serve({ path, handler });
  t.teardown(() => server.close());
  const client = await connect(path, 2000);
  t.teardown(() => {
    client.close();
  });
  t.match(await client.call('explain', { subject: 7 } as never), {
    fault: { code: 'invalid', message: /parameters of explain are wrong: subject must be string/ },
  });
  t.match(await client.call('explain', { subject: 'a', sbject: 'b' } as never), {
    fault: { code: 'invalid', message: /\(sbject\)/ },
  });
  t.match(await client.call('cib.qery' as never, {} as never), {
    fault: {
      code: 'unknown-method',
      message: 'There is no method cib.qery. Did you mean cib.query?',
    },
  });
  t.match(
    await client.call('fence.history', {}),
    { fault: { code: 'failed', message: /own answer to fence.history is malformed/ } },
    'the daemon does not send what its own schema forbids',
  );
});

void t.test('a client does not believe a daemon that talks nonsense', async (t) => {
  const path = join(await directory(t), 'liar.sock');
  const answers = [
    (id: number) => JSON.stringify({ jsonrpc: '2.0', id, result: { xml: 5 } }),
    () => 'hello',
  ];
  const liar = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const { id } = JSON.parse(chunk.toString()) as { id: number };
      socket.write(`${answers.shift()?.(id) ?? ''}\n`);
    });
  }).listen(path);
  t.teardown(() => liar.close());
  await once(liar, 'listening');
  const client = await connect(path, 2000);
  t.match(await client.call('cib.query', {}), { fault: { code: 'garbled' } });
  t.match(await client.call('cib.query', {}), { fault: { code: 'garbled' } });
  t.match(await client.call('cib.query', {}), { fault: { code: 'garbled' } }, 'and stays closed');
});

void t.test('garbage closes the client that sent it, and no other', async (t) => {
  const path = join(await directory(t), 'a.sock');
  const server = await serve({ path, handler });
  t.teardown(() => server.close());
  const good = await connect(path, 2000);
  t.teardown(() => {
    good.close();
  });
  t.match(await raw(path, 'GET / HTTP/1.1\r\n\r\n'), /not a JSON object/);
  t.match(await raw(path, '{"jsonrpc":"2.0","method":"x"}\n'), /no id/);
  t.match(await raw(path, '[]\n'), /not a JSON object/);
  t.match(await raw(path, 'x'.repeat(17 * 1024 * 1024)), /longer than any may be/);
  t.ok((await good.call('cib.query', {})).ok, 'the other client is still served');
});

void t.test(
  'a client that asks without reading on is cut off at the limit of open requests',
  async (t) => {
    const path = join(await directory(t), 'a.sock');
    const server = await serve({ path, handler });
    t.teardown(() => server.close());
    const request = '{"jsonrpc":"2.0","id":1,"method":"cluster.status","params":{}}\n';
    t.match(await raw(path, request.repeat(65)), /too many requests/);
  },
);

void t.test('the read-only socket answers questions and refuses changes', async (t) => {
  const where = await directory(t);
  const readOnlyPath = join(where, 'r.sock');
  const server = await serve({ path: join(where, 'a.sock'), handler, readOnlyPath });
  t.teardown(() => server.close());
  const client = await connect(readOnlyPath, 2000);
  t.teardown(() => {
    client.close();
  });
  t.ok((await client.call('cib.query', {})).ok);
  t.match(await client.call('fence.confirm', { node: 'a', user: 'b' }), {
    fault: { code: 'forbidden', message: /for reading only/ },
  });
});

void t.test('a path is taken from the dead, never from the living', async (t) => {
  const path = join(await directory(t), 'a.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  t.match(await reason(serve({ path, handler })), /another daemon answers there/);
  other.kill('SIGKILL');
  await once(other, 'exit');
  t.ok((await stat(path)).isSocket(), 'the dead daemon left its socket behind');
  const server = await serve({ path, handler });
  const client = await connect(path, 2000);
  t.ok((await client.call('cib.query', {})).ok);
  const ended = client.call('cluster.status', {});
  await server.close();
  t.match(await ended, { fault: { code: 'unreachable' } }, 'who waits learns that the daemon went');
  t.match(await reason(connect(path, 500)), /unreachable: No daemon answers on .*ENOENT/);

  await writeFile(path, 'precious');
  t.match(await reason(serve({ path, handler })), /it is not a socket/);
  await chmod(path, 0o600);
});

void t.test('the root, the socket and the environment choose the cluster', (t) => {
  const rows = [
    { environment: {}, choice: {}, expected: '/run/holdfast/holdfast.sock', why: 'the default' },
    {
      environment: { HOLDFAST_ROOT: '/n1' },
      choice: {},
      expected: '/n1/run/holdfast/holdfast.sock',
      why: 'a root',
    },
    {
      environment: { HOLDFAST_ROOT: '/n1', HOLDFAST_SOCKET: '/s' },
      choice: {},
      expected: '/s',
      why: 'a socket is more exact than a root',
    },
    {
      environment: { HOLDFAST_SOCKET: '/s' },
      choice: { root: '/n2' },
      expected: '/n2/run/holdfast/holdfast.sock',
      why: 'the command line wins',
    },
  ];
  for (const row of rows) t.equal(socketPath(row.environment, row.choice), row.expected, row.why);
  t.end();
});

void t.test('lines are cut whole however the bytes arrive', (t) => {
  const bytes = Buffer.from('{"a":"ü"}\n{}\n');
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const state = framing();
    const first = takeLines(state, bytes.subarray(0, cut));
    const second = takeLines(state, bytes.subarray(cut));
    t.same(
      [...(first.ok ? first.value : []), ...(second.ok ? second.value : [])],
      ['{"a":"ü"}', '{}'],
      `cut at ${String(cut)}`,
    );
  }
  const state = framing();
  t.ok(takeLines(state, Buffer.from('abc'), 5).ok);
  t.notOk(takeLines(state, Buffer.from('def'), 5).ok, 'the limit counts what is held');
  t.end();
});
