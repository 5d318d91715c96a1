/** `crm status`: asks for everything at once, and shows it as text or as JSON. */
import { readCibText } from '../shell/change.ts';
import { ask, DONE, type ExitCode, report, type Shell } from '../shell/shell.ts';
import { simpleText, statusText } from './status-text.ts';
import { viewOf } from './view.ts';

/** Words the reference's status takes; those that change nothing here are accepted all the same. */
const WORDS =
  /^(full|bynode|inactive|ops|timing|failcounts|verbose|quiet|simple|tickets|noheaders|detail|brief|--json)$/;

export async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const unknown = words.find((word) => !WORDS.test(word));
  if (unknown !== undefined) {
    shell.io.err(`ERROR: status does not know "${unknown}"\n`);
    return 64;
  }
  const cluster = await ask(shell, 'cluster.status', {});
  if (!cluster.ok) return report(shell, cluster.fault);
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const history = await ask(shell, 'fence.history', {});
  if (!history.ok) return report(shell, history.fault);
  const fencing = await ask(shell, 'fence.status', {});
  if (!fencing.ok) return report(shell, fencing.fault);
  const found = {
    cluster: cluster.value,
    view: viewOf(read.value.cib),
    fences: history.value.entries,
    fencing: fencing.value,
    now: new Date(shell.io.now()),
  };
  if (shell.options.isJson || words.includes('--json')) {
    const { now, ...rest } = found;
    shell.io.out(`${JSON.stringify({ now: now.toISOString(), ...rest }, undefined, 2)}\n`);
  } else if (words.includes('simple')) {
    shell.io.out(simpleText(found));
  } else {
    shell.io.out(
      statusText(found, { isEverything: words.some((word) => /^(full|inactive)$/.test(word)) }),
    );
  }
  return DONE;
}
