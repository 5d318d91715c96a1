/** Configurations to test with. */
import { type CorosyncConf, describe, parseCorosyncConf } from '@holdfast/corosync-conf';

/** The two-node guide's configuration, word for word but for the two addresses. */
export const SEED = `totem {
  version: 2
  cluster_name: ha
  secauth: off
  transport:udpu
  interface {
    ringnumber: 0
    bindnetaddr: 
    broadcast: yes
    mcastport: 5405
  }
}

nodelist {
  node {
    ring0_addr: 127.0.0.1
    name: haone
    nodeid: 1
  }
  node {
    ring0_addr: 127.0.0.2
    name: hatwo
    nodeid: 2
  }
}

quorum {
  provider: corosync_votequorum
  two_node: 1
  wait_for_all: 1
  last_man_standing: 1
  auto_tie_breaker: 0
}
`;

type Parts = { readonly totem?: string; readonly nodes?: string; readonly quorum?: string };

/** One line for each part that a case changes; everything else stays a sound cluster. */
export function conf({ totem = '', nodes = nodelist(2), quorum = 'two_node: 1' }: Parts): string {
  return [
    `totem {\nversion: 2\ncluster_name: ha\nsecauth: on\ntransport: udpu\n${totem}\n}`,
    `nodelist {\n${nodes}\n}`,
    `quorum {\nprovider: corosync_votequorum\n${quorum}\n}`,
  ].join('\n');
}

export function nodelist(count: number, votes: readonly number[] = []): string {
  return Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    const extra = votes[index] === undefined ? '' : `quorum_votes: ${votes[index]}\n`;
    return `node {\nring0_addr: 10.0.0.${id}\nname: n${id}\nnodeid: ${id}\n${extra}}`;
  }).join('\n');
}

export function read(text: string): CorosyncConf {
  const result = parseCorosyncConf(text, 'c');
  if (!result.ok) throw new Error(result.fault.map(describe).join('\n'));
  return result.value;
}

/** Why a daemon would not start with it: what the reference refuses, and what we do. */
export function faults(text: string): string[] {
  const result = parseCorosyncConf(text, 'c');
  return (result.ok ? result.value.refusals : result.fault).map(describe);
}
