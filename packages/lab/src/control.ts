/** A control socket for whoever runs the lab: one JSON object a line each way, answered in order. */
import { rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** A line longer than this ends the connection. */
const LINE_CHARS_MAX = 1_000_000;

export type ControlServer = { close(): Promise<void> };

/** Answers every line with what `handle` resolves to; its rejection is answered as `error`. */
export async function serveControl(
  path: string,
  handle: (request: Readonly<Record<string, unknown>>) => Promise<object>,
): Promise<ControlServer> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    // A line reader hands on its socket's errors, and they would be nobody's.
    lines.on('error', () => undefined);
    let turn: Promise<unknown> = Promise.resolve();
    lines.on('line', (line) => {
      if (line.length > LINE_CHARS_MAX) {
        socket.destroy();
        return;
      }
      turn = turn.then(async () => {
        const answer = await answerTo(line, handle);
        if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** Asks one thing; rejects where nobody answers within `timeoutMs` or the answer is an error. */
export function askControl(path: string, request: object, timeoutMs = 10_000): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`${path} did not answer ${JSON.stringify(request)} within ${timeoutMs} ms`));
    }, timeoutMs);
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
    };
    socket.once('error', (cause) => {
      end();
      reject(new Error(`nobody answers on ${path}: ${cause.message}`, { cause }));
    });
    socket.once('connect', () => {
      socket.write(`${JSON.stringify(request)}\n`);
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => undefined);
    lines.once('line', (line) => {
      end();
      const answer = parseObject(line);
      if (answer === undefined) reject(new Error(`${path} answered no JSON object`));
      else if (typeof answer['error'] === 'string') reject(new Error(answer['error']));
      else resolve(answer);
    });
    lines.once('close', () => {
      end();
      reject(new Error(`${path} closed without an answer`));
    });
  });
}

async function answerTo(
  line: string,
  handle: (request: Readonly<Record<string, unknown>>) => Promise<object>,
): Promise<object> {
  const request = parseObject(line);
  if (request === undefined) return { error: 'a request is one JSON object on one line' };
  try {
    return await handle(request);
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
