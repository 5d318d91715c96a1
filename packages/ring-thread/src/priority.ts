/**
 * What the ring's thread gets from the scheduler of the host. A token that waits for a processor is
 * a token that is late; under SCHED_RR no other program delays it. Only this thread gets it: the
 * daemon's own work must never starve the host.
 */
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** Above ordinary real-time work, below the kernel's own threads that serve the disks. */
const REAL_TIME_PRIORITY = 50;

/** Raises the calling thread as far as the host allows, and says how far that was. */
export function raisePriority(): string {
  const thread = threadId();
  if (thread !== undefined) {
    const args = ['-r', '-p', String(REAL_TIME_PRIORITY), thread];
    const done = spawnSync('chrt', args, { stdio: 'ignore', timeout: 5000 });
    if (done.status === 0) return `SCHED_RR ${REAL_TIME_PRIORITY}`;
  }
  try {
    // On Linux 0 is the calling thread, not its process.
    setPriority(0, constants.priority.PRIORITY_HIGHEST);
    return `nice ${constants.priority.PRIORITY_HIGHEST} (the host allows no SCHED_RR)`;
  } catch {
    return 'no priority (the host allows neither SCHED_RR nor a lower nice value)';
  }
}

function threadId(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self').split('/').at(-1);
  } catch {
    return undefined;
  }
}
