/** The levels `cluster` and `corosync`: membership, votes, and leaving. */
import { join } from 'node:path';
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

export const corosync: Level = {
  name: 'corosync',
  commands: [
    command('status', 'status [quorum|ring]', 'Ring and votes.', { arity: [0, 1], run: status }),
    command('show', 'show', 'Shows corosync.conf as it is on this node.', {
      arity: [0, 0],
      run: show,
    }),
  ],
};

async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const answer = await ask(shell, 'cluster.status', {});
  if (!answer.ok) return report(shell, answer.fault);
  shell.io.out(
    shell.options.isJson || words.includes('--json')
      ? `${JSON.stringify(answer.value, undefined, 2)}\n`
      : clusterText(answer.value),
  );
  return DONE;
}

function clusterText({
  cluster: name,
  node,
  nodeId,
  dc,
  ring,
  quorum,
  controller,
  warnings,
}: ClusterStatus): string {
  const lines = [
    `Cluster:          ${name}`,
    `This node:        ${node} (${nodeId})`,
    `DC:               ${dc ?? 'none'} (${controller})`,
    `Ring:             ${ring.id} ${ring.state}`,
    `Members:          ${ring.members.join(' ')}`,
    `Quorate:          ${quorum.quorate ? 'Yes' : 'No'}`,
    `Expected votes:   ${quorum.expectedVotes}`,
    `Total votes:      ${quorum.totalVotes}`,
    `Quorum:           ${quorum.needed}${quorum.quorate ? '' : ' Activity blocked'}`,
    `Flags:            ${quorum.flags.join(' ')}`,
    ...(quorum.waitingFor.length === 0 ? [] : [`Waiting for:      ${quorum.waitingFor.join(' ')}`]),
    ...warnings.map((warning) => `WARNING: ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
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

async function show(shell: Shell): Promise<ExitCode> {
  const places = ['etc/holdfast/corosync.conf', 'etc/corosync/corosync.conf'];
  for (const place of places) {
    try {
      shell.io.out(await shell.io.readFile(join(shell.options.root, place)));
      return DONE;
    } catch {
      continue;
    }
  }
  return refuse(shell, `there is neither ${places.join(' nor ')} under ${shell.options.root}`, 66);
}
