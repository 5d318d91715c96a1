/** The level `cluster`: membership, votes, and leaving. */
import type { ClusterStatus } from '@holdfast/ipc';
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
} from '../shell/shell.ts';
import { ANY, command, type Level } from './level.ts';

export const cluster: Level = {
  name: 'cluster',
  commands: [
    command('status', 'status [--json]', 'Who is in the cluster, and whether it may act.', {
      arity: [0, 1],
      run: status,
    }),
    command('stop', 'stop', 'Stops everything on this node, then leaves the cluster.', {
      arity: [0, ANY],
      run: stop,
    }),
  ],
};

export async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const answer = await ask(shell, 'cluster.status', {});
  if (!answer.ok) return report(shell, answer.fault);
  shell.io.out(
    shell.options.isJson || words.includes('--json')
      ? `${JSON.stringify(answer.value, undefined, 2)}\n`
      : clusterText(answer.value),
  );
  return DONE;
}

function clusterText(status: ClusterStatus): string {
  const { cluster: name, node, nodeId, dc, controller, warnings } = status;
  return lines([
    `Cluster:          ${name}`,
    `This node:        ${node} (${nodeId})`,
    `DC:               ${dc ?? 'none'} (${controller})`,
    ...ringLines(status),
    ...quorumLines(status),
    ...warnings.map((warning) => `WARNING: ${warning}`),
  ]);
}

/** Which ring this is, and who is in it. */
export function ringLines({ ring }: ClusterStatus): readonly string[] {
  return [
    `Ring:             ${ring.id} ${ring.state}`,
    `Members:          ${ring.members.join(' ')}`,
  ];
}

/** The vote count, as `corosync-quorumtool` has it. */
export function quorumLines({ quorum }: ClusterStatus): readonly string[] {
  const { device } = quorum;
  return [
    `Quorate:          ${quorum.quorate ? 'Yes' : 'No'}`,
    `Expected votes:   ${quorum.expectedVotes}`,
    `Total votes:      ${quorum.totalVotes}`,
    `Quorum:           ${quorum.needed}${quorum.quorate ? '' : ' Activity blocked'}`,
    `Flags:            ${quorum.flags.join(' ')}`,
    ...(device === null
      ? []
      : [`Quorum device:    ${device.votes} votes, ${device.counted ? 'counted' : 'not counted'}`]),
    ...(quorum.waitingFor.length === 0 ? [] : [`Waiting for:      ${quorum.waitingFor.join(' ')}`]),
    ...quorum.strangers.map(
      ({ node, sections }) => `Differs:          ${node} (${sections.join(', ')})`,
    ),
  ];
}

export function lines(each: readonly string[]): string {
  return `${each.join('\n')}\n`;
}

async function stop(shell: Shell): Promise<ExitCode> {
  if (
    shell.io.confirm !== undefined &&
    !(await isAgreed(shell, 'Stop everything on this node and leave the cluster?'))
  ) {
    return refuse(shell, 'nothing was stopped', UNSAFE);
  }
  const answer = await ask(shell, 'cluster.stop', { user: shell.options.user });
  if (!answer.ok) return report(shell, answer.fault);
  inform(shell, answer.value.outcome);
  return DONE;
}
