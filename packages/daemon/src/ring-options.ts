/** From a configured node to what its ring needs. */
import { beginLife, type RingOptions } from '@holdfast/ring-thread';
import { ringTimeouts } from '@holdfast/totem';
import { lifePath, type Loaded, ringSeqPath } from './disk.ts';
import type { Paths } from './paths.ts';
import type { Configured } from './start.ts';

/** Begins a new life of this node; throws where the disk refuses to remember it. */
export function ringOptions(paths: Paths, configured: Configured, disk: Loaded): RingOptions {
  const { conf, self, addresses, links, key } = configured;
  const { totem, nodes } = conf;
  const clusterName = totem.clusterName ?? '';
  const timeouts = ringTimeouts({
    tokenMs: totem.tokenMs,
    retransmitsBeforeLoss: totem.tokenRetransmitsBeforeLoss,
    consensusMs: totem.consensusMs,
    nodeCount: nodes.length,
    tokenCoefficientMs: totem.tokenCoefficientMs,
  });
  return {
    ring: { ...timeouts, self: self.id, nodes: nodes.map(({ id }) => id), clusterName },
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
