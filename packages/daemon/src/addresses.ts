/** The addresses of every link, from the names and numbers in the nodelist (rules T4.1, T6.8). */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { fail, type NodeId, ok, type Result } from '@holdfast/base';
import type { ConfNode, CorosyncConf } from '@holdfast/corosync-conf';
import type { LinkAddresses } from '@holdfast/transport-udp';
import { EXIT, type StartFault } from './exit.ts';

type Family = 4 | 6;

/** `ip_version`: which family is looked for first, and whether the other will do. */
const FAMILIES: Readonly<Record<CorosyncConf['totem']['ipVersion'], readonly Family[]>> = {
  ipv4: [4],
  ipv6: [6],
  'ipv4-6': [4, 6],
  'ipv6-4': [6, 4],
};

/** Where `self` listens on each link, and where the others do. */
export async function resolveLinks(
  conf: CorosyncConf,
  self: ConfNode,
): Promise<Result<readonly LinkAddresses[], StartFault>> {
  const links: LinkAddresses[] = [];
  for (const { link, port } of conf.totem.links) {
    const found = await resolveLink(conf, link);
    if (!found.ok) return found;
    const bind = found.value.get(self.id);
    if (bind === undefined) return fail(missing(conf, self, link));
    const others = [...found.value].filter(([id]) => id !== self.id);
    const peers = new Map(others.map(([id, address]) => [id, { address, port }]));
    links.push({ link, bind: { address: bind, port }, peers });
  }
  return ok(links);
}

/** One address for each node, all of one family. */
async function resolveLink(
  conf: CorosyncConf,
  link: number,
): Promise<Result<ReadonlyMap<NodeId, string>, StartFault>> {
  const choices = new Map<NodeId, readonly string[]>();
  for (const node of conf.nodes) {
    const name = node.addresses[link];
    if (name === undefined) return fail(missing(conf, node, link));
    const found = await resolveName(name);
    if (found.length === 0) {
      const what = `nodelist.node.ring${link}_addr "${name}" is no address and resolves to none; write the IP address of ${node.name}.`;
      return fail({ code: EXIT.config, sentences: [`${conf.file}:${node.line}: ${what}`] });
    }
    choices.set(node.id, found);
  }
  // Numbers are taken as they are: ip_version is about names.
  const areNumbers = conf.nodes.every(({ addresses }) => isIP(addresses[link] ?? '') !== 0);
  for (const family of areNumbers ? ([4, 6] as const) : FAMILIES[conf.totem.ipVersion]) {
    const chosen = [...choices].flatMap(([id, all]) => {
      const address = all.find((each) => isIP(each) === family);
      return address === undefined ? [] : [[id, address] as const];
    });
    if (chosen.length === choices.size) return ok(new Map(chosen));
  }
  const what = `the addresses of link ${link} have no IP version in common that ip_version (${conf.totem.ipVersion}) allows; give all nodes addresses of one.`;
  return fail({ code: EXIT.config, sentences: [`${conf.file}: ${what}`] });
}

async function resolveName(name: string): Promise<readonly string[]> {
  if (isIP(name) !== 0) return [name];
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function missing({ file }: CorosyncConf, { name, line }: ConfNode, link: number): StartFault {
  const what = `node ${name} has no ring${link}_addr; write its IP address.`;
  return { code: EXIT.config, sentences: [`${file}:${line}: ${what}`] };
}
