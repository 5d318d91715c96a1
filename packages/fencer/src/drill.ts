/**
 * A drill: the device is asked for its list or for the target's status, as it would be in earnest,
 * and nothing is switched. What it proves is the path: agent, network, login, plug.
 */
import { after, milliseconds, type NodeName } from '@holdfast/base';
import { timeoutOf, withoutSecrets } from './device.ts';
import { knows } from './host-check.ts';
import { isWatchdog } from './plan.ts';
import { currentDevice, type Job } from './job.ts';
import type { FenceDevice } from './protocol.ts';
import { type Ended, isBusy, start, TOO_LATE } from './runs.ts';
import type { Drill, Turn } from './state.ts';

/** Drills that may wait at once. */
const DRILLS_MAX = 256;

export function beginDrill(
  turn: Turn,
  what: { readonly id: string; readonly target: NodeName; readonly device: string },
): void {
  const drill: Drill = { ...what, startedAt: turn.now, run: undefined };
  const device = find(turn, drill);
  const refusal =
    device === undefined
      ? `there is no fence device ${what.device}`
      : isWatchdog(device)
        ? 'a watchdog cannot be asked'
        : knows(device, what.target) === 'no'
          ? `it is not configured for ${what.target}`
          : turn.state.drills.length >= DRILLS_MAX
            ? 'too many drills are under way'
            : undefined;
  if (refusal !== undefined) end(turn, drill, false, refusal);
  else turn.state.drills.push(drill);
}

function find(turn: Turn, { device }: Drill): FenceDevice | undefined {
  return turn.state.config.devices.find(({ id }) => id === device);
}

/** Starts what waits, where its device is free. */
export function runDrills(turn: Turn): void {
  for (const drill of [...turn.state.drills]) {
    const device = find(turn, drill);
    if (device === undefined) {
      drop(turn, drill);
      end(turn, drill, false, 'it was removed from the configuration');
      continue;
    }
    if (drill.run !== undefined || isBusy(turn.state, device)) continue;
    const killAt = after(turn.now, timeoutOf(device, 'status', turn.state.config));
    const call = start(turn, { device, step: 'status', target: drill.target, killAt });
    drill.run = { call, killAt };
  }
}

/** True: the call was a drill's. */
export function onDrillResult(turn: Turn, ended: Ended): boolean {
  const drill = turn.state.drills.find(({ run }) => run?.call === ended.call);
  if (drill === undefined) return false;
  drop(turn, drill);
  const output = withoutSecrets(ended.output, find(turn, drill));
  const words = output.trim().split('\n').at(-1) ?? '';
  const said = words === '' ? '' : ` (${words})`;
  if (ended.failure !== undefined) end(turn, drill, false, ended.failure);
  else if (ended.code === 0) end(turn, drill, true, `status: on${said}`);
  else if (ended.code === 2) end(turn, drill, true, `status: off${said}`);
  else end(turn, drill, false, `its status cannot be read: exit code ${ended.code}${said}`);
  return true;
}

export function expireDrills(turn: Turn): void {
  for (const drill of [...turn.state.drills]) {
    if (drill.run === undefined || drill.run.killAt > turn.now) continue;
    turn.effects.push({ kind: 'kill-device', call: drill.run.call });
    onDrillResult(turn, { call: drill.run.call, code: 1, output: '', failure: TOO_LATE });
  }
}

/** A fence needs the device: a drill can be repeated, a lost race cannot. */
export function clearDrills(turn: Turn, job: Job): void {
  const device = currentDevice(job);
  if (job.phase.kind !== 'ready' || device === undefined || !isBusy(turn.state, device)) return;
  for (const drill of [...turn.state.drills]) {
    if (drill.run === undefined || drill.device !== device.id) continue;
    turn.effects.push({ kind: 'kill-device', call: drill.run.call });
    drop(turn, drill);
    end(turn, drill, false, `the device was needed to fence ${job.target}`);
  }
}

function drop({ state }: Turn, drill: Drill): void {
  state.drills = state.drills.filter((each) => each !== drill);
}

function end(turn: Turn, drill: Drill, isGood: boolean, words: string): void {
  const { id, target, device, startedAt } = drill;
  const tookMs = milliseconds(turn.now - startedAt);
  turn.effects.push({ kind: 'drilled', id, target, device, isGood, words, tookMs });
}
