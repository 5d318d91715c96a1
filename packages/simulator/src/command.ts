/** What the programs of this room have in common: options read or refused, lines said, threads run. */
import { Worker } from 'node:worker_threads';
import type { Result } from '@holdfast/base';

const EXIT_VIOLATION = 1;
const EXIT_USAGE = 64;

/** Runs the program with its options; `run` answers whether every promise held. Resolves to the exit code. */
export async function runCommand<Options extends { readonly isHelp: boolean }>(
  read: Result<Options, string>,
  usage: string,
  run: (options: Options) => Promise<boolean>,
): Promise<number> {
  if (!read.ok) {
    process.stderr.write(`${read.fault}\n\n${usage}\n`);
    return EXIT_USAGE;
  }
  if (read.value.isHelp) {
    say(usage);
    return 0;
  }
  return (await run(read.value)) ? 0 : EXIT_VIOLATION;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A thread for each share of the work; `onMessage` may stop them all. Ends when the last one has. */
export async function runThreads(
  script: URL,
  shares: readonly unknown[],
  onMessage: (message: unknown, stopAll: () => void) => void,
): Promise<void> {
  const threads: Worker[] = [];
  const stopAll = (): void => {
    for (const thread of threads) void thread.terminate();
  };
  const runShare = (workerData: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { workerData });
      threads.push(worker);
      worker.on('message', (message: unknown) => {
        onMessage(message, stopAll);
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        resolve();
      });
    });
  await Promise.all(shares.map(runShare));
}
