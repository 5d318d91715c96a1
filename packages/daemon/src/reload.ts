/** Reload: the configuration and the key are read anew, and the ring takes over what can change. */
import { note } from '@holdfast/base';
import { describeUdpFault } from '@holdfast/transport-udp';
import type { RingThread } from '@holdfast/ring-thread';
import type { Log } from './log.ts';
import { configure, type Configured } from './start.ts';

export type ReloadParts = {
  readonly ring: RingThread;
  readonly log: Log;
  readonly running: Configured;
  readonly wantedNode: string | undefined;
};

/** Reads the file again; what is wrong with it is said, and everything stays as it was. */
export async function reload({ ring, log, running, wantedNode }: ReloadParts): Promise<void> {
  const read = await configure(running.conf.file, wantedNode ?? running.self.name);
  if (!read.ok) {
    for (const sentence of read.fault.sentences)
      log.write(note('error', 'reload-refused', `nothing is changed: ${sentence}`));
    return;
  }
  const { addresses, links, key, self } = read.value;
  const refusal = needsRestart(running, read.value);
  if (refusal !== undefined) {
    log.write(note('error', 'reload-refused', `nothing is changed: ${refusal}`));
    return;
  }
  const done = await ring.reload({ addresses, links, key });
  if (!done.ok) {
    const text = `some links are not as ${running.conf.file} says: ${describeUdpFault(done.fault)}`;
    log.write(note('warning', 'reload', text));
    return;
  }
  const text = `${self.name} has read ${running.conf.file} anew: ${addresses.length} links to ${links.peers.length} nodes`;
  log.write(note('notice', 'reload', text));
}

/** What no running ring can take over; in words. */
function needsRestart(old: Configured, next: Configured): string | undefined {
  if (old.self.id !== next.self.id)
    return `this node has another nodeid now (${next.self.id}); restart it`;
  if (old.conf.totem.clusterName !== next.conf.totem.clusterName)
    return 'the cluster has another name now; restart all nodes';
  const ids = ({ conf }: Configured): string => conf.nodes.map(({ id }) => id).join(', ');
  if (ids(old) !== ids(next))
    return `the nodelist has other nodes now (${ids(next)}; running with ${ids(old)}); restart all nodes`;
  if ((old.key === undefined) !== (next.key === undefined))
    return 'sealing is switched on or off; restart all nodes';
  return undefined;
}
