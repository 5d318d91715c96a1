/** The level `fence`: what was fenced, what can be, drills, and a human's word for it. */
import { ask, DONE, type ExitCode, report, type Shell } from '../shell/shell.ts';
import { fenceLine } from './fence-line.ts';
import { drill } from './fence-drill.ts';
import { race } from './fence-race.ts';
import { status } from './fence-status.ts';
import { command, type Level } from './level.ts';
import { confirmOff, fenceAs } from './node-fence.ts';

export const level: Level = {
  name: 'fence',
  commands: [
    command('history', 'history [NODE] [--json]', 'What was fenced, newest last.', {
      arity: [0, 2],
      run: history,
    }),
    command('status', 'status [NODE] [--json]', 'How each node can be fenced, and what is done.', {
      arity: [0, 2],
      run: status,
    }),
    command('race', 'race [--json]', 'Who shoots whom when the ring is cut, and who survives.', {
      arity: [0, 1],
      run: race,
    }),
    command(
      'drill',
      'drill NODE [--device DEVICE] [--really]',
      'Proves every way to fence a node; --really switches it off and on.',
      { arity: [1, 4], run: drill },
    ),
    command('reboot', 'reboot NODE', 'Cuts the power of a node, and gives it back.', {
      arity: [1, 1],
      run: (shell, [node = '']) => fenceAs(shell, node, 'reboot'),
    }),
    command('off', 'off NODE', 'Cuts the power of a node.', {
      arity: [1, 1],
      run: (shell, [node = '']) => fenceAs(shell, node, 'off'),
    }),
    command('on', 'on NODE', 'Gives a node its power back.', {
      arity: [1, 1],
      run: (shell, [node = '']) => fenceAs(shell, node, 'on'),
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
