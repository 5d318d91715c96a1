/** `crm fence status`: how each node can be fenced, how well that is proven, and what is done now. */
import { formatDuration, milliseconds } from '@holdfast/base';
import type { FencePath, FenceRecord, FencingStatus } from '@holdfast/ipc';
import { everyResourceElement } from '../draft/places.ts';
import { readCibText } from '../shell/change.ts';
import { ask, DONE, type ExitCode, refuse, report, type Shell } from '../shell/shell.ts';
import { fenceLine } from './fence-line.ts';
import { nodeOf } from './node-fence.ts';

export async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const node = words.find((word) => word !== '--json');
  if (node !== undefined) {
    const known = await nodeOf(shell, node);
    if (!known.ok) return report(shell, known.fault);
  }
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const fencing = await ask(shell, 'fence.status', {});
  if (!fencing.ok) return report(shell, fencing.fault);
  const history = await ask(shell, 'fence.history', {});
  if (!history.ok) return report(shell, history.fault);
  const devices = everyResourceElement(read.value.cib)
    .filter(({ attributes }) => attributes['class'] === 'stonith')
    .map(({ attributes }) => ({
      id: attributes['id'] ?? '',
      agent: `stonith:${attributes['type'] ?? ''}`,
    }));
  const isWanted = (name: string): boolean => node === undefined || name === node;
  const found = {
    devices,
    targets: fencing.value.targets.filter((each) => isWanted(each.node)),
    paths: fencing.value.paths.filter(({ target }) => isWanted(target)),
    pending: history.value.entries.filter(
      ({ state, target }) => state === 'pending' && isWanted(target),
    ),
  };
  if (shell.options.isJson || words.includes('--json')) {
    shell.io.out(`${JSON.stringify(found, undefined, 2)}\n`);
    return DONE;
  }
  for (const { id, agent } of devices) shell.io.out(`${id} (${agent})\n`);
  for (const line of statusLines(found, shell.io.now())) shell.io.out(`${line}\n`);
  if (devices.length > 0 || found.targets.some(({ levels }) => levels.length > 0)) return DONE;
  return refuse(shell, 'there is no fence device: nothing is recovered from a lost node');
}

type Found = FencingStatus & { readonly pending: readonly FenceRecord[] };

export function statusLines({ targets, paths, pending }: Found, now: number): readonly string[] {
  const lines = targets.flatMap((target) => [
    `${target.node}:`,
    ...targetLines(target),
    ...paths.filter((path) => path.target === target.node).map((path) => pathLine(path, now)),
    ...pending.filter((each) => each.target === target.node).map((each) => `  ${fenceLine(each)}`),
    ...attemptLines(target, now),
  ]);
  return [...lines, proofSentence(paths, now)].filter((line) => line !== '');
}

type Target = FencingStatus['targets'][number];

function targetLines({ levels, isHeld, budgetMs, node }: Target): readonly string[] {
  const most = formatDuration(milliseconds(budgetMs));
  const plan =
    levels.length === 0
      ? [`  NO DEVICE fences it: what runs on ${node} is not recovered when it is lost`]
      : levels.map((devices, index) => `  level ${index + 1}: ${devices.join(' and ')}`);
  const held = isHeld
    ? ['  it is back, and not let in before the shot that is on its way has ended']
    : [];
  return [...plan, ...(levels.length === 0 ? [] : [`  at most ${most}, delays included`]), ...held];
}

/** `by pdu2 from haone: proven 3 days ago by a drill (status: on, 40 ms)`. */
export function pathLine({ device, executor, goodAtMs, last }: FencePath, now: number): string {
  const way = `  by ${device} from ${executor}`;
  if (last === null) return `${way}: NEVER PROVEN`;
  const { kind, isGood, words, tookMs, atMs } = last;
  const how = kind === 'cycled' ? 'by a fence in earnest' : 'by a drill';
  const took = formatDuration(milliseconds(tookMs));
  if (isGood) return `${way}: proven ${ago(atMs, now)} ${how} (${words}, ${took})`;
  const before = goodAtMs === null ? 'it never was good' : `it was good ${ago(goodAtMs, now)}`;
  return `${way}: FAILED ${ago(atMs, now)} ${how} (${words}); ${before}`;
}

/** Failed fences in a row, and what comes next. */
export function attemptLines({ attempts, node }: Target, now: number): readonly string[] {
  if (attempts === null) return [];
  const { failures, reason, nextAtMs } = attempts;
  const tries = `${failures} ${failures === 1 ? 'fence' : 'fences'} in a row FAILED: ${reason}`;
  const next =
    nextAtMs === null
      ? `given up; waiting for a human: repair the device and run "crm resource cleanup", or see that ${node} is off and run "crm fence confirm ${node}"`
      : `next try ${nextAtMs <= now ? 'now' : `in ${formatDuration(milliseconds(nextAtMs - now))}`}`;
  return [`  ${tries}; ${next}`];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `3 days ago`: one figure is enough for an age. */
export function ago(atMs: number, now: number): string {
  const age = Math.max(0, now - atMs);
  const [count, unit] =
    age >= DAY_MS
      ? [age / DAY_MS, 'day']
      : age >= HOUR_MS
        ? [age / HOUR_MS, 'hour']
        : [age / MINUTE_MS, 'minute'];
  const whole = Math.floor(count);
  if (whole === 0) return 'just now';
  return `${whole} ${unit}${whole === 1 ? '' : 's'} ago`;
}

/** One sentence on all ways to fence: the oldest proof, or how many have none. Empty without devices. */
export function proofSentence(paths: readonly FencePath[], now: number): string {
  if (paths.length === 0) return '';
  const never = paths.filter(({ goodAtMs }) => goodAtMs === null).length;
  const failing = paths.filter(({ last }) => last?.isGood === false).length;
  const proven = paths.flatMap((path) =>
    path.goodAtMs === null ? [] : [{ ...path, at: path.goodAtMs }],
  );
  const [oldest] = proven.sort((a, b) => a.at - b.at);
  const bad = failing === 0 ? '' : `; ${failing} FAILED the last time`;
  if (never > 0)
    return `Fencing: ${never} of ${paths.length} ways were NEVER PROVEN${bad} (crm fence drill)`;
  if (oldest === undefined) return '';
  return `Fencing: the oldest proof is from ${ago(oldest.at, now)} (${oldest.target} by ${oldest.device} from ${oldest.executor})${bad}`;
}
