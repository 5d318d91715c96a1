/** `resource status` and `resource restart`: where things run, and waiting until they do. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { XmlElement } from '@holdfast/cib';
import { pairOf, section } from '../draft/places.ts';
import { changeCib, readCibText } from '../shell/change.ts';
import { DONE, type ExitCode, inform, refuse, report, type Shell } from '../shell/shell.ts';
import { known, setMeta } from './resource-edits.ts';
import { runningOn } from './running.ts';
import { resourceLines } from './status-text.ts';
import { viewOf } from './view.ts';

/** How long a restart waits for each half, in ms, and how often it looks. */
const RESTART_MS_MAX = 180_000;
const LOOK_EVERY_MS = 250;

export async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const isJson = shell.options.isJson || words.includes('--json');
  const ids = words.filter((word) => word !== '--json');
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const { cib } = read.value;
  for (const id of ids) {
    const found = known(cib, id);
    if (!found.ok) return refuse(shell, found.fault, 105);
  }
  if (isJson) {
    const all = section(cib, 'resources').map(({ attributes }) => attributes['id'] ?? '');
    const chosen = ids.length > 0 ? ids : all;
    const found = chosen.map((id) => ({ id, runningOn: runningOn(cib, id) }));
    shell.io.out(`${JSON.stringify(found, undefined, 2)}\n`);
  } else if (ids.length === 0) {
    const lines = resourceLines(viewOf(cib), { isEverything: true });
    shell.io.out(lines.length === 0 ? 'NO resources configured\n' : `${lines.join('\n')}\n`);
  } else {
    for (const id of ids) shell.io.out(`${placeLines(cib, id).join('\n')}\n`);
  }
  return DONE;
}

/** Scripts look for these words, and for `Promoted` at the end. */
function placeLines(cib: XmlElement, id: string): readonly string[] {
  const places = runningOn(cib, id);
  if (places.length === 0) return [`resource ${id} is NOT running`];
  return places.map(
    ({ node, role }) => `resource ${id} is running on: ${node} ${role === 'Promoted' ? role : ''}`,
  );
}

/** Stops, waits until it is stopped, and gives back the target-role it had. */
export async function restart(shell: Shell, ids: readonly string[]): Promise<ExitCode> {
  for (const id of ids) {
    const read = await readCibText(shell);
    if (!read.ok) return report(shell, read.fault);
    const resource = known(read.value.cib, id);
    if (!resource.ok) return refuse(shell, resource.fault, 105);
    if (runningOn(read.value.cib, id).length === 0) {
      return refuse(shell, `${id} is not running, so it cannot be restarted; start it`);
    }
    const before = pairOf(resource.value, 'meta_attributes', 'target-role') ?? null;
    const code = await restartOne(shell, id, before);
    if (code !== DONE) return code;
  }
  return DONE;
}

async function restartOne(shell: Shell, id: string, before: string | null): Promise<ExitCode> {
  const wish = (value: string | null): Promise<ExitCode> =>
    changeCib(shell, (cib) =>
      setMeta(cib, id, { name: 'target-role', value, managesChildren: false }),
    );
  const stopping = await wish('Stopped');
  if (stopping !== DONE) return stopping;
  const isStopped = await until(shell, id, (count) => count === 0);
  const starting = await wish(before);
  if (starting !== DONE) return starting;
  if (!isStopped)
    return refuse(shell, `${id} did not stop; it is told to run again as before`, 124);
  if (!(await until(shell, id, (count) => count > 0)))
    return refuse(shell, `${id} stopped, but did not start again`, 124);
  inform(shell, `${id} was restarted`);
  return DONE;
}

async function until(
  shell: Shell,
  id: string,
  isReached: (count: number) => boolean,
): Promise<boolean> {
  const end = shell.io.now() + RESTART_MS_MAX;
  while (shell.io.now() < end) {
    const read = await readCibText(shell);
    if (read.ok && isReached(runningOn(read.value.cib, id).length)) return true;
    await sleep(LOOK_EVERY_MS);
  }
  return false;
}
