/** The client: asks the service all the time, and notes when it was answered. */
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '@holdfast/lab';
import type { Sample } from './judge.ts';

const PAUSE_MS = 20;
/** A client that is not answered by then tries again. */
const PATIENCE_MS = 200;

export type Probe = { readonly samples: readonly Sample[]; stop(): Promise<void> };

export function startProbe(address: string, port: number): Probe {
  const samples: Sample[] = [];
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const from = nowMs();
      const isServed = await isAnswered(address, port);
      samples.push({ from, to: nowMs(), isServed });
      await sleep(PAUSE_MS);
    }
  };
  const running = run();
  return {
    samples,
    stop: () => {
      isStopped = true;
      return running;
    },
  };
}

function isAnswered(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port });
    const settle = (isServed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isServed);
    };
    const timer = setTimeout(settle, PATIENCE_MS, false);
    socket.once('data', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
    socket.once('close', () => {
      settle(false);
    });
  });
}
