/** The nodes as text: those that need a word each, then lists of the others (B8.4). */
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import { healthOf } from '../read/health.ts';

const TITLES = ['Online', 'OFFLINE', 'RemoteOnline', 'RemoteOFFLINE', 'GuestOnline'];

const KINDS: Readonly<Record<ClusterNode['kind'], string>> = {
  member: '',
  remote: 'Remote',
  guest: 'Guest',
};

export function nodeLines(cluster: Cluster): readonly string[] {
  const special: string[] = [];
  const lists = new Map<string, string[]>();
  for (const node of cluster.nodes) {
    const kind = KINDS[node.kind];
    const health = healthWord(cluster, node);
    const word = wordFor(node) ?? (health === undefined ? undefined : plainWord(node));
    if (word !== undefined) {
      special.push(`${kind}Node ${node.name}: ${word}${health ?? ''}`);
      continue;
    }
    const title = `${kind}${node.isOnline ? 'Online' : 'OFFLINE'}`;
    lists.set(title, [...(lists.get(title) ?? []), node.name]);
  }
  const listed = TITLES.flatMap((title) => {
    const names = lists.get(title) ?? [];
    return names.length === 0 ? [] : [`${title}: [ ${names.join(' ')} ]`];
  });
  return [...special, ...listed];
}

function plainWord({ isOnline }: ClusterNode): string {
  return isOnline ? 'online' : 'OFFLINE';
}

function wordFor(node: ClusterNode): string | undefined {
  const { isOnline, isPending, isStandby, isMaintenance, isStandbyOnFail } = node;
  if (node.isUnclean) {
    const presence = isPending ? 'pending' : isOnline ? 'online' : 'offline';
    return `UNCLEAN (${presence})`;
  }
  if (isPending) return 'pending';
  if (isStandbyOnFail && isOnline) return 'standby (on-fail)';
  if (isStandby) return standbyWord(node);
  if (isMaintenance) return isOnline ? 'maintenance' : 'OFFLINE (maintenance)';
  return undefined;
}

function standbyWord({ isOnline, running }: ClusterNode): string {
  if (!isOnline) return 'OFFLINE (standby)';
  return running.length === 0 ? 'standby' : 'standby (with active resources)';
}

/** Only where health is looked at, and something is not well. */
function healthWord(cluster: Cluster, node: ClusterNode): string | undefined {
  if (cluster.options.healthStrategy === 'none') return undefined;
  const { worst } = healthOf(cluster, node);
  if (worst > 0) return undefined;
  return worst < 0 ? ' (health is RED)' : ' (health is YELLOW)';
}
