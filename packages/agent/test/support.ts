import { fail } from '@holdfast/base';
import type { World } from '@holdfast/agent';

/** A world in which time passes only by sleeping, and which keeps files in memory. */
export function world(): World & { clock: number } {
  const files = new Map<string, string>();
  const made = {
    clock: 0,
    run: () => Promise.resolve({ code: 0, stdout: '', stderr: '', failure: undefined }),
    launch: () => Promise.resolve(fail('nothing is launched here')),
    files: {
      read: (path: string) => Promise.resolve(files.get(path)),
      write: (path: string, text: string) => {
        files.set(path, text);
        return Promise.resolve();
      },
      remove: (path: string) => {
        files.delete(path);
        return Promise.resolve();
      },
    },
    processes: { info: () => Promise.resolve(undefined), signal: () => Promise.resolve(false) },
    sleep: (ms: number) => {
      made.clock += ms;
      return Promise.resolve();
    },
    now: () => made.clock,
    log: () => undefined,
    stateFolder: '/run/x',
  };
  return made;
}
