/** From a configured node to what its ring needs. */
import { beginLife, type RingOptions } from '@holdfast/ring-thread';
import type { CorosyncConf } from '@holdfast/corosync-conf';
import { type RingTimeouts, ringTimeouts } from '@holdfast/totem';
import { lifePath, type Loaded, ringSeqPath } from './disk.ts';
import type { Paths } from './paths.ts';
import type { Configured } from './start.ts';

/** Begins a new life of this node; throws where the disk refuses to remember it. */
export function ringOptions(paths: Paths, configured: Configured, disk: Loaded): RingOptions {
  const { conf, self, addresses, links, key } = configured;
  const { totem, nodes } = conf;
  const clusterName = totem.clusterName ?? '';
  return {
    ring: { ...timeoutsOf(conf), self: self.id, nodes: nodes.map(({ id }) => id), clusterName },
    ringSeq: disk.ringSeq,
    ringSeqPath: ringSeqPath(paths.state),
    life: beginLife(lifePath(paths.state), Date.now()),
    clusterName,
    links,
    addresses,
    blocksUnlisted: totem.blocksUnlisted,
    checkEveryMs: totem.downcheckMs,
    key,
    wantsPriority: true,
  };
}

/** The ring's times, as the file has them or derives them from the token time. */
export function timeoutsOf({ totem, nodes }: CorosyncConf): RingTimeouts {
  return ringTimeouts({
    tokenMs: totem.tokenMs,
    retransmitsBeforeLoss: totem.tokenRetransmitsBeforeLoss,
    consensusMs: totem.consensusMs,
    nodeCount: nodes.length,
    tokenCoefficientMs: totem.tokenCoefficientMs,
  });
}
