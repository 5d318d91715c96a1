/** One fence, as people read it. */
import { formatDuration, milliseconds } from '@holdfast/base';
import type { FenceRecord } from '@holdfast/ipc';

/** One sentence: what was done to whom, for whom, how, and how long it took. */
export function fenceLine(entry: FenceRecord): string {
  const { action, target, origin, state, detail, devices, startedAtMs, endedAtMs, progress } =
    entry;
  const when = new Date(endedAtMs ?? startedAtMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const by = devices.length === 0 ? '' : ` by ${devices.join(', ')}`;
  const took =
    endedAtMs === null
      ? ''
      : ` in ${formatDuration(milliseconds(Math.max(0, endedAtMs - startedAtMs)))}`;
  const words = {
    pending: 'is under way',
    done: 'succeeded',
    failed: 'FAILED',
    withdrawn: 'was withdrawn',
  } as const;
  const now = progress === null ? '' : `; now ${progress.words}`;
  const more = `${detail === '' ? '' : `: ${detail}`}${now}`;
  return `${when} ${action} of ${target} for ${origin} ${words[state]}${by}${took}${more}`;
}
