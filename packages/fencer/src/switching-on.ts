/** After the proof: the devices of the level switch the target on again, one after the other. */
import { milliseconds } from '@holdfast/base';
import { currentDevice, type Job } from './job.ts';
import { isWatchdog } from './plan.ts';
import type { FenceDevice } from './protocol.ts';
import type { Turn } from './state.ts';

/** Turns to the level's next device that may switch on; without one the job is done. */
export function switchOnNext(turn: Turn, job: Job, finish: (turn: Turn, job: Job) => void): void {
  do job.device += 1;
  while (isNotFor(job, currentDevice(job)));
  if (currentDevice(job) !== undefined) {
    job.tries = 0;
    job.triesEnd = undefined;
    job.phase = { kind: 'ready', step: 'on' };
    return;
  }
  if (job.ids.length > 0) {
    const devices = (job.levels[job.level] ?? []).map(({ id }) => id);
    const { ids, target, action, startedAt } = job;
    const tookMs = milliseconds(turn.now - startedAt);
    turn.effects.push({ kind: 'fenced', ids, target, action, devices, tookMs, by: 'device' });
    job.ids = [];
  }
  finish(turn, job);
}

/**
 * A device whose reboot is off stays off; one whose "on" is unfencing waits for the target to do it
 * itself; one that was never reached has nothing to switch on.
 */
function isNotFor(job: Job, device: FenceDevice | undefined): boolean {
  if (device === undefined || job.action !== 'reboot') return false;
  return (
    device.parameters['pcmk_reboot_action'] === 'off' ||
    device.isUnfencing === true ||
    isWatchdog(device) ||
    !job.touched.includes(device)
  );
}
