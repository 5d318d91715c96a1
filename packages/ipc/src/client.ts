/** The asking side of the socket: calls with a time limit, answers checked before anybody sees them. */
import { createConnection, type Socket } from 'node:net';
import { fail, ok, type Result } from '@holdfast/base';
import { checkResult } from './check.ts';
import { IpcError, type RpcFault } from './faults.ts';
import { framing, takeLines } from './framing.ts';
import type { Methods } from './methods.ts';
import type { MethodName } from './schemas.ts';
import { readResponse, type RequestId, writeRequest } from './wire.ts';

export type Client = {
  /** Asks once. `timeoutMs`: how long for this call, where the connection's own limit is not right. */
  call<Name extends MethodName>(
    method: Name,
    params: Methods[Name]['params'],
    timeoutMs?: number,
  ): Promise<Result<Methods[Name]['result'], RpcFault>>;
  close(): void;
};

type Waiting = Map<RequestId, (outcome: Result<unknown, RpcFault>) => void>;

/**
 * Connects to the daemon's socket. `timeoutMs` limits the connecting and, unless it says otherwise,
 * every call. Rejects with an `IpcError` where no daemon answers.
 */
export async function connect(path: string, timeoutMs: number): Promise<Client> {
  const socket = await open(path, timeoutMs);
  const waiting: Waiting = new Map();
  let nextId = 1;
  let lost: RpcFault | undefined;
  const lose = (fault: RpcFault): void => {
    lost ??= fault;
    socket.destroy();
    for (const settle of [...waiting.values()]) settle(fail(lost));
  };
  receive(socket, waiting, lose);
  const exchange = (method: MethodName, params: unknown, limitMs: number) =>
    new Promise<Result<unknown, RpcFault>>((resolve) => {
      if (lost !== undefined) {
        resolve(fail(lost));
        return;
      }
      const id = nextId++;
      const settle = (outcome: Result<unknown, RpcFault>): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(outcome);
      };
      const message = `The daemon did not answer ${method} within ${limitMs / 1000} s.`;
      const timer = setTimeout(settle, limitMs, fail({ code: 'timeout', message }));
      waiting.set(id, settle);
      socket.write(writeRequest(id, method, params));
    });
  return {
    call: async (method, params, limitMs = timeoutMs) => {
      const outcome = await exchange(method, params, limitMs);
      if (!outcome.ok) return outcome;
      const result = checkResult(method, outcome.value);
      if (result.ok) return ok(result.value);
      const message = `The daemon's answer to ${method} makes no sense: ${result.fault}.`;
      return fail({ code: 'garbled', message });
    },
    close: () => {
      lose({ code: 'unreachable', message: 'The connection was closed.' });
    },
  };
}

function open(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new IpcError({ code: 'timeout', message: `No daemon accepts on ${path}.` }));
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const why = cause.code === 'EACCES' ? 'you may not open it' : 'is holdfastd running?';
      const message = `No daemon answers on ${path}: ${why} (${cause.code ?? cause.message})`;
      reject(new IpcError({ code: 'unreachable', message }, { cause }));
    });
  });
}

function receive(socket: Socket, waiting: Waiting, lose: (fault: RpcFault) => void): void {
  const frames = framing();
  const garbled = (message: string): void => {
    lose({ code: 'garbled', message: `The daemon answered nonsense: ${message}.` });
  };
  socket.on('data', (chunk: Buffer) => {
    const lines = takeLines(frames, chunk);
    if (!lines.ok) {
      garbled('an answer without end');
      return;
    }
    for (const line of lines.value) {
      const response = readResponse(line);
      if (!response.ok) {
        garbled(response.fault);
        return;
      }
      const { id, outcome } = response.value;
      if (id === null && !outcome.ok) lose(outcome.fault);
      else if (id !== null) waiting.get(id)?.(outcome);
    }
  });
  const gone = (): void => {
    lose({ code: 'unreachable', message: 'The daemon closed the connection.' });
  };
  socket.on('error', gone);
  socket.on('close', gone);
}
