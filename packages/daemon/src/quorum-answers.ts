/** What clients may ask about votes and about corosync.conf. */
import { fail, ok, type Result } from '@holdfast/base';
import { booleanProperty, type Configuration, everyResource } from '@holdfast/cib';
import { type ConfChange, describe } from '@holdfast/corosync-conf';
import type { ClusterStatus, ConfChangeRecord, ReloadReport, RpcFault } from '@holdfast/ipc';
import type { QuorumView } from '@holdfast/quorum';
import type { Comparison } from './conf-file.ts';
import { toRpc } from './faults.ts';
import type { World } from './world.ts';

/** Reads corosync.conf again: on every member, or (`isDry`) here alone and only to compare. */
export async function reload(
  world: World,
  isDry: boolean,
): Promise<Result<ReloadReport, RpcFault>> {
  const { confFile } = world.parts;
  if (isDry) {
    const read = confFile.compare();
    if (!read.ok) return fail({ code: 'invalid', message: read.fault });
    return ok(reportOf(read.value, 'nothing was changed: this is what a reload would do'));
  }
  const answer = await world.askQuorum({ kind: 'reload' });
  switch (answer.kind) {
    case 'fault':
      return fail(toRpc(answer.fault));
    case 'receipt':
    case 'outcome': {
      const text = answer.kind === 'outcome' ? answer.text : answer.receipt.version;
      const { last } = confFile;
      return ok(
        last === undefined ? { outcome: text, changes: [], warnings: [] } : reportOf(last, text),
      );
    }
  }
}

function reportOf({ conf, now, afterRestart }: Comparison, outcome: string): ReloadReport {
  const toRecord = (change: ConfChange, effect: ConfChangeRecord['effect']): ConfChangeRecord => ({
    key: change.key,
    from: change.from,
    to: change.to,
    effect,
  });
  return {
    outcome,
    changes: [
      ...now.map((change) => toRecord(change, 'now')),
      ...afterRestart.map((change) => toRecord(change, 'restart')),
    ],
    warnings: conf.warnings.map(describe),
  };
}

/** The vote count with names instead of numbers. */
export function quorumStatus(
  view: QuorumView,
  nameOf: (id: number) => string,
): ClusterStatus['quorum'] {
  const { device, strangers, waitingFor, ...counts } = view;
  return {
    ...counts,
    waitingFor: waitingFor.map(nameOf),
    strangers: strangers.map(({ id, sections }) => ({ node: nameOf(id), sections })),
    device: device === undefined ? null : { votes: device.votes, counted: device.isCounted },
  };
}

/**
 * With two_node both halves of a split have quorum: only fencing keeps them from running everything
 * twice (T6.41). Said for as long as nothing here could fence.
 */
export function fencingWarning(view: QuorumView, configuration: Configuration): readonly string[] {
  if (!view.flags.includes('2Node')) return [];
  const isOn = booleanProperty(configuration, 'stonith-enabled');
  const hasDevice = [...everyResource(configuration.resources)].some(
    (each) => each.kind === 'primitive' && each.agent.class === 'stonith',
  );
  if (isOn && hasDevice) return [];
  const why = isOn ? 'no fence device is configured' : 'fencing is disabled';
  return [
    `two_node, and ${why}: when the nodes lose sight of each other, both have quorum and nothing keeps them apart; configure a fence device for each node`,
  ];
}

/** A member with another file is a warning, for as long as it is one. */
export function strangerWarnings({ strangers }: ClusterStatus['quorum']): readonly string[] {
  return strangers.map(
    ({ node, sections }) =>
      `${node} runs with another corosync.conf (${sections.join(', ')}): make the files the same, then crm corosync reload, or restart the one that differs`,
  );
}
