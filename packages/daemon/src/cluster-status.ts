/** What `crm status` shows of the cluster around its resources: ring, votes, links, and what is wrong. */
import { instant } from '@holdfast/base';
import type { CorosyncConf } from '@holdfast/corosync-conf';
import type { ClusterStatus } from '@holdfast/ipc';
import type { LinksStatus } from '@holdfast/links';
import { readFencing, readNode } from '@holdfast/node';
import type { SealingStatus, ThreadStatus } from '@holdfast/ring-thread';
import { fencingWarning, quorumStatus, strangerWarnings } from './quorum-answers.ts';
import type { Configured } from './start.ts';
import type { World } from './world.ts';

export type StatusParts = {
  readonly world: World;
  readonly configured: Configured;
  readonly version: string;
};

/** Everything an operator sees first; the ring's part is asked from its thread. */
export async function clusterStatus({
  world,
  configured,
  version,
}: StatusParts): Promise<ClusterStatus> {
  const { conf, self } = configured;
  const reading = readNode(world.parts.node);
  const thread = await world.parts.ring.status();
  const { ring, links, sealing } = thread;
  const nameOf = (id: number): string =>
    conf.nodes.find((node) => node.id === id)?.name ?? `node-${id}`;
  const quorum = quorumStatus(reading.quorum, nameOf);
  const pending = readFencing(world.parts.node, instant(world.now()));
  return {
    cluster: conf.totem.clusterName ?? '',
    node: self.name,
    nodeId: self.id,
    version,
    dc: reading.cib.dc ?? null,
    ring: {
      id: ring.ringId,
      state: ring.state,
      members: ring.members.map(nameOf),
      addresses: addressesOf(configured),
    },
    quorum,
    controller: reading.activity,
    warnings: [
      ...sealingWarnings(conf, sealing),
      ...linkWarnings(links, nameOf),
      ...strangerWarnings(quorum),
      ...fencingWarning(reading.quorum, reading.cib.configuration),
      ...pending,
    ],
    counters: counters(thread),
  };
}

/** This node's address on every link, then everybody else's. */
function addressesOf({ addresses }: Configured): readonly string[] {
  return addresses.flatMap(({ bind, peers }) => [
    bind.address,
    ...[...peers.values()].map(({ address }) => address),
  ]);
}

/** Weak or off is allowed, and never in silence. */
function sealingWarnings({ totem }: CorosyncConf, sealing: SealingStatus): readonly string[] {
  const { cipher, hash, isWeak } = totem.crypto;
  const warnings: string[] = [];
  if (sealing.cipher === 'off')
    warnings.push(
      'datagrams are neither encrypted nor authenticated (secauth: off): anybody on this network can read, join and command the cluster; make a key with holdfast keygen and set secauth: on',
    );
  else if (isWeak)
    warnings.push(
      `crypto_cipher: ${cipher} with crypto_hash: ${hash} is weak; it is not obeyed: ${sealing.cipher} seals every datagram`,
    );
  if (sealing.counters.otherMode > 0)
    warnings.push(
      `${sealing.counters.otherMode} datagrams came ${sealing.cipher === 'off' ? 'sealed, and this node does not seal' : 'unsealed, and this node seals'}: secauth must be the same on all nodes`,
    );
  if (sealing.counters.otherKey > 0)
    warnings.push(
      `${sealing.counters.otherKey} datagrams came sealed with a key that this node does not have: a node has another authkey`,
    );
  return warnings;
}

/** A link lost is a warning as long as another one reaches the node. */
function linkWarnings({ paths }: LinksStatus, nameOf: (id: number) => string): readonly string[] {
  const reached = new Set(paths.filter(({ state }) => state === 'up').map(({ peer }) => peer));
  return paths
    .filter(({ peer, state }) => state !== 'up' && reached.has(peer))
    .map(({ peer, link, state }) => {
      const why = state === 'down' ? 'it does not answer' : 'no interface here has its address';
      return `link ${link} to ${nameOf(peer)} is down: ${why}`;
    });
}

function counters({ ring, links, sealing, strangers }: ThreadStatus): ClusterStatus['counters'] {
  const { garbage, ...sealed } = sealing.counters;
  const named = Object.entries(sealed).map(([name, count]) => [`sealing.${name}`, count] as const);
  const linked = Object.entries(links.counters).map(
    ([name, count]) => [`links.${name}`, count] as const,
  );
  return {
    ...ring.counters,
    garbage: ring.counters.garbage + garbage + links.counters.malformed,
    strangers,
    ...Object.fromEntries([...linked, ...named]),
  };
}
