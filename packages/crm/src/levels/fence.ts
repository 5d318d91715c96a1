/** The level `fence`: what was fenced, what can be, and a human's word for it. */
import { everyResourceElement, section } from '../draft/places.ts';
import { nodeNames, readCibText } from '../shell/change.ts';
import { ask, DONE, type ExitCode, refuse, report, type Shell } from '../shell/shell.ts';
import { command, type Level } from './level.ts';
import { fenceLine } from './fence-line.ts';
import { confirmOff } from './node-fence.ts';

export const level: Level = {
  name: 'fence',
  commands: [
    command('history', 'history [NODE] [--json]', 'What was fenced, newest last.', {
      arity: [0, 2],
      run: history,
    }),
    command('status', 'status [--json]', 'Which devices can fence which node.', {
      arity: [0, 1],
      run: status,
    }),
    command('confirm', 'confirm NODE', 'Vouches that a lost node is off. Be sure.', {
      arity: [1, 1],
      run: confirmOff,
    }),
  ],
};

async function history(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const isJson = shell.options.isJson || words.includes('--json');
  const node = words.find((word) => word !== '--json');
  const answer = await ask(shell, 'fence.history', {});
  if (!answer.ok) return report(shell, answer.fault);
  const entries = answer.value.entries.filter(
    ({ target }) => node === undefined || target === node,
  );
  if (isJson) shell.io.out(`${JSON.stringify(entries, undefined, 2)}\n`);
  else if (entries.length === 0) shell.io.out('Nothing was fenced.\n');
  else for (const entry of entries) shell.io.out(`${fenceLine(entry)}\n`);
  return DONE;
}

async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const answer = await ask(shell, 'fence.history', {});
  if (!answer.ok) return report(shell, answer.fault);
  const { cib } = read.value;
  const devices = everyResourceElement(cib)
    .filter(({ attributes }) => attributes['class'] === 'stonith')
    .map(({ attributes }) => ({
      id: attributes['id'] ?? '',
      agent: `stonith:${attributes['type'] ?? ''}`,
    }));
  const levels = section(cib, 'fencing-topology').map(({ attributes }) => ({
    target:
      attributes['target'] ?? attributes['target-pattern'] ?? attributes['target-value'] ?? '',
    index: Number(attributes['index'] ?? '1'),
    devices: (attributes['devices'] ?? '').split(','),
  }));
  const pending = answer.value.entries.filter(({ state }) => state === 'pending');
  if (shell.options.isJson || words.includes('--json')) {
    shell.io.out(
      `${JSON.stringify({ nodes: nodeNames(cib), devices, levels, pending }, undefined, 2)}\n`,
    );
    return DONE;
  }
  if (devices.length === 0)
    return refuse(shell, 'there is no fence device: nothing is recovered from a lost node');
  for (const { id, agent } of devices) shell.io.out(`${id} (${agent})\n`);
  for (const { target, index, devices: its } of levels) {
    shell.io.out(`${target}: level ${index}: ${its.join(' and ')}\n`);
  }
  for (const entry of pending) shell.io.out(`${fenceLine(entry)}\n`);
  return DONE;
}
