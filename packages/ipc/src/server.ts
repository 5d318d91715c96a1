/** The daemon's side of the socket: many clients, each with its own limits, none able to hurt another. */
import { chmod, chown } from 'node:fs/promises';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { fail, nearest, type Result } from '@holdfast/base';
import { checkParams, checkResult } from './check.ts';
import type { RpcFault } from './faults.ts';
import { framing, takeLines } from './framing.ts';
import type { Methods } from './methods.ts';
import { isMethodName, METHOD_NAMES, type MethodName, READING_METHODS } from './schemas.ts';
import { freeSocketPath } from './socket-file.ts';
import { readRequest, type WireRequest, writeResponse } from './wire.ts';

/** Clients at once on one socket; more are turned away. */
export const CLIENTS_MAX = 128;
/** Requests of one client that wait for their answer at once. */
export const PENDING_MAX = 64;
/** Bytes answered but not read yet; a client that lets more pile up is closed. */
export const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

const MODE_OWNER = 0o600;
const MODE_GROUP = 0o660;

/** Through which socket a request came: what secrets an answer may show depends on it. */
export type Caller = { readonly readOnly: boolean };

export type Handler = <Name extends MethodName>(
  method: Name,
  params: Methods[Name]['params'],
  caller: Caller,
) => Promise<Result<Methods[Name]['result'], RpcFault>>;

export type ServeOptions = {
  readonly path: string;
  readonly handler: Handler;
  /** A second socket for those who may look but not touch. */
  readonly readOnlyPath?: string;
  /** The group that may open the read-only socket (gid); without it only the owner may. */
  readonly readOnlyGroup?: number;
};

export type Server = { close(): Promise<void> };

/** Opens the socket (mode 0600). Rejects with an `IpcError` where the path is not ours to take. */
export async function serve(options: ServeOptions): Promise<Server> {
  const main = await listen(options.path, options.handler, { readOnly: false });
  if (options.readOnlyPath === undefined) return { close: () => main.close() };
  try {
    const second = await listen(options.readOnlyPath, options.handler, { readOnly: true });
    if (options.readOnlyGroup !== undefined) {
      await chown(options.readOnlyPath, process.getuid?.() ?? 0, options.readOnlyGroup);
      await chmod(options.readOnlyPath, MODE_GROUP);
    }
    return {
      close: async () => {
        await Promise.all([main.close(), second.close()]);
      },
    };
  } catch (error) {
    await main.close();
    throw error;
  }
}

async function listen(path: string, handler: Handler, caller: Caller): Promise<Server> {
  await freeSocketPath(path);
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    if (clients.size >= CLIENTS_MAX) {
      socket.destroy();
      return;
    }
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    // A client that vanishes is no fault of ours; 'close' follows.
    socket.on('error', () => undefined);
    serveClient(socket, handler, caller);
  });
  await bind(server, path);
  await chmod(path, MODE_OWNER);
  return { close: () => closeServer(server, clients) };
}

/** The umask makes the file unreachable for others from its first moment; the chmod only confirms it. */
function bind(server: NetServer, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

function closeServer(server: NetServer, clients: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    for (const client of clients) client.destroy();
  });
}

function serveClient(socket: Socket, handler: Handler, caller: Caller): void {
  const frames = framing();
  let pending = 0;
  const answer = (text: string): void => {
    if (socket.destroyed) return;
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
    else socket.write(text);
  };
  const closeWith = (message: string): void => {
    socket.end(writeResponse(null, fail({ code: 'garbled', message })));
    socket.removeAllListeners('data');
    socket.resume();
  };
  socket.on('data', (chunk: Buffer) => {
    const lines = takeLines(frames, chunk);
    if (!lines.ok) {
      closeWith('the request is longer than any may be');
      return;
    }
    for (const line of lines.value) {
      const request = readRequest(line);
      if (!request.ok) {
        closeWith(request.fault);
        return;
      }
      if (pending >= PENDING_MAX) {
        closeWith('too many requests wait for their answer already');
        return;
      }
      pending += 1;
      void respond(request.value, handler, caller).then((text) => {
        pending -= 1;
        answer(text);
      });
    }
  });
}

async function respond(request: WireRequest, handler: Handler, caller: Caller): Promise<string> {
  const { id, method } = request;
  if (!isMethodName(method)) {
    const near = nearest(method, METHOD_NAMES);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    const message = `There is no method ${method}.${hint}`;
    return writeResponse(id, fail({ code: 'unknown-method', message }));
  }
  if (caller.readOnly && !READING_METHODS.has(method)) {
    const message = `${method} changes things, and this socket is for reading only.`;
    return writeResponse(id, fail({ code: 'forbidden', message }));
  }
  const params = checkParams(method, request.params);
  if (!params.ok) {
    const message = `The parameters of ${method} are wrong: ${params.fault}.`;
    return writeResponse(id, fail({ code: 'invalid', message }));
  }
  const outcome = await handler(method, params.value, caller);
  if (!outcome.ok) return writeResponse(id, outcome);
  const result = checkResult(method, outcome.value);
  if (result.ok) return writeResponse(id, outcome);
  const message = `The daemon's own answer to ${method} is malformed: ${result.fault}.`;
  return writeResponse(id, fail({ code: 'failed', message }));
}
