/**
 * What the ring's thread gets from the scheduler of the host. A token that waits for a processor is
 * a token that is late; under SCHED_RR no other program delays it. Only this thread gets it: the
 * daemon's own work must never starve the host.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** Above ordinary real-time work, below the kernel's own threads that serve the disks. */
const REAL_TIME_PRIORITY = 50;

/** Raises the calling thread as far as the host allows, and says how far that was. */
export async function raisePriority(): Promise<string> {
  const thread = threadId();
  if (thread !== undefined && (await isRealTime(thread))) return `SCHED_RR ${REAL_TIME_PRIORITY}`;
  try {
    // On Linux 0 is the calling thread, not its process.
    setPriority(0, constants.priority.PRIORITY_HIGHEST);
    return `nice ${constants.priority.PRIORITY_HIGHEST} (the host allows no SCHED_RR)`;
  } catch {
    return 'no priority (the host allows neither SCHED_RR nor a lower nice value)';
  }
}

/** By another program, while this thread goes on. */
function isRealTime(thread: string): Promise<boolean> {
  const args = ['-r', '-p', String(REAL_TIME_PRIORITY), thread];
  return new Promise((resolve) => {
    execFile('chrt', args, { timeout: 5000 }, (cause) => {
      resolve(cause === null);
    });
  });
}

/**
 * Raises the threads that V8 compiles and collects garbage with, for the ring's thread waits for them.
 * Call it where the process has no other threads yet; whoever calls keeps its own priority, and so do
 * the programs it starts.
 */
export function raiseHelpers(): void {
  for (const thread of helperIds()) {
    try {
      setPriority(thread, constants.priority.PRIORITY_HIGHEST);
    } catch {
      // It has ended, or the host does not allow it: then the ring waits now and then.
    }
  }
}

function helperIds(): readonly number[] {
  try {
    const all = readdirSync('/proc/self/task').map(Number);
    return all.filter((id) => id !== process.pid);
  } catch {
    return [];
  }
}

function threadId(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self').split('/').at(-1);
  } catch {
    return undefined;
  }
}
