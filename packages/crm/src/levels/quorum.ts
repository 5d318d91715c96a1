/** The level `quorum`: the vote count, and an operator's word where votes alone do not help. */
import {
  ask,
  DONE,
  type ExitCode,
  inform,
  isAgreed,
  refuse,
  report,
  type Shell,
  UNSAFE,
  USAGE,
} from '../shell/shell.ts';
import { lines, quorumLines } from './cluster.ts';
import { command, type Level } from './level.ts';

export const level: Level = {
  name: 'quorum',
  commands: [
    command('status', 'status [--json]', 'The vote count.', { arity: [0, 1], run: status }),
    command('unblock', 'unblock', 'Waits no longer for nodes not seen since the start. Be sure.', {
      arity: [0, 0],
      run: unblock,
    }),
    command('expected', 'expected VOTES', 'Changes the expected votes, on every member.', {
      arity: [1, 1],
      run: expected,
    }),
  ],
};

export async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const answer = await ask(shell, 'cluster.status', {});
  if (!answer.ok) return report(shell, answer.fault);
  const isJson = shell.options.isJson || words.includes('--json');
  shell.io.out(
    isJson
      ? `${JSON.stringify(answer.value.quorum, undefined, 2)}\n`
      : lines(quorumLines(answer.value)),
  );
  return DONE;
}

/** Who is vouched for is named: a wrong word here runs a service twice. */
async function unblock(shell: Shell): Promise<ExitCode> {
  const before = await ask(shell, 'cluster.status', {});
  if (!before.ok) return report(shell, before.fault);
  const { waitingFor } = before.value.quorum;
  const absent = waitingFor.length === 0 ? 'the absent nodes' : waitingFor.join(' and ');
  const question = `You vouch that ${absent} run nothing of this cluster, and will not until they have joined it. If they do, data will be destroyed. Wait for them no longer?`;
  if (!(await isAgreed(shell, question))) {
    return refuse(
      shell,
      `nothing was unblocked: somebody must have seen that ${absent} run nothing; then say so with --force`,
      UNSAFE,
    );
  }
  const answer = await ask(shell, 'quorum.unblock', { user: shell.options.user });
  if (!answer.ok) return report(shell, answer.fault);
  inform(shell, answer.value.outcome);
  return DONE;
}

/** Fewer is dangerous: two partitions could both have enough. More is not. */
async function expected(shell: Shell, [word = '']: readonly string[]): Promise<ExitCode> {
  const votes = /^\d{1,6}$/.test(word) ? Number(word) : 0;
  if (votes === 0) return refuse(shell, `"${word}" is no number of votes, from 1`, USAGE);
  const before = await ask(shell, 'cluster.status', {});
  if (!before.ok) return report(shell, before.fault);
  const { expectedVotes } = before.value.quorum;
  const question = `With ${votes} expected votes instead of ${expectedVotes}, a part of this cluster may be quorate beside another one. Is everybody who is not here off?`;
  if (votes < expectedVotes && !(await isAgreed(shell, question))) {
    return refuse(
      shell,
      `expected votes stay ${expectedVotes}: fewer are only safe when whoever is not here is off; then say so with --force`,
      UNSAFE,
    );
  }
  const answer = await ask(shell, 'quorum.expect', { votes, user: shell.options.user });
  if (!answer.ok) return report(shell, answer.fault);
  inform(shell, answer.value.outcome);
  return DONE;
}
