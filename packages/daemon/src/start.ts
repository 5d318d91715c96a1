/** From files to a configured node: everything that can be wrong at a start is found and said here. */
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { fail, ok, type Result } from '@holdfast/base';
import {
  type ConfNode,
  type CorosyncConf,
  digestsOf,
  describe as describeConf,
  effectiveQuorum,
  findLocalNode,
  parseCorosyncConf,
} from '@holdfast/corosync-conf';
import type { LinksSettings } from '@holdfast/links';
import type { LinkAddresses } from '@holdfast/transport-udp';
import { resolveLinks } from './addresses.ts';
import type { QuorumConfig } from '@holdfast/quorum';
import { EXIT, type StartFault } from './exit.ts';
import { readSharedKey } from './shared-key.ts';

export type Configured = {
  readonly conf: CorosyncConf;
  readonly self: ConfNode;
  readonly quorum: QuorumConfig;
  readonly addresses: readonly LinkAddresses[];
  readonly links: LinksSettings;
  /** The shared key; undefined: datagrams are clear. */
  readonly key: Uint8Array | undefined;
  readonly warnings: readonly string[];
};

/** What of an IPv4 packet is not payload of its datagram. */
const PACKET_HEADER_BYTES = 28;

export async function configure(
  file: string,
  wanted: string | undefined,
): Promise<Result<Configured, StartFault>> {
  const text = readConfiguration(file);
  if (!text.ok) return text;
  const parsed = parseCorosyncConf(text.value, file);
  if (!parsed.ok) return fail({ code: EXIT.config, sentences: parsed.fault.map(describeConf) });
  const conf = parsed.value;
  if (conf.refusals.length > 0)
    return fail({ code: EXIT.config, sentences: conf.refusals.map(describeConf) });
  const self = findSelf(conf, wanted);
  if (!self.ok) return self;
  const quorum = quorumConfigOf(conf, self.value);
  if (!quorum.ok) return fail({ code: EXIT.config, sentences: quorum.fault });
  const addresses = await resolveLinks(conf, self.value);
  if (!addresses.ok) return addresses;
  const key = readSharedKey(conf);
  if (!key.ok) return key;
  return ok({
    conf,
    self: self.value,
    quorum: quorum.value,
    addresses: addresses.value,
    links: linksOf(conf, self.value),
    key: key.value,
    warnings: conf.warnings.map(describeConf),
  });
}

function linksOf({ nodes, totem }: CorosyncConf, self: ConfNode): LinksSettings {
  const packet = totem.mtu ?? totem.netMtu;
  return {
    peers: nodes.map(({ id }) => id).filter((id) => id !== self.id),
    links: totem.links,
    mode: totem.linkMode,
    datagramBytes: packet === undefined ? undefined : packet - PACKET_HEADER_BYTES,
    mtuIntervalMs: totem.mtuProbeIntervalMs,
  };
}

/** What the quorum machine counts with; sentences where the options contradict each other. */
export function quorumConfigOf(
  conf: CorosyncConf,
  self: ConfNode,
): Result<QuorumConfig, readonly string[]> {
  const effective = effectiveQuorum(conf, self.id);
  if (!effective.ok) return fail(effective.fault.map(describeConf));
  const names = new Map(conf.nodes.map((node) => [node.id, node.name]));
  return ok({ ...effective.value, names, digests: { ...digestsOf(conf) } });
}

/** The text of the file, or why it cannot be read, as one sentence. */
export function readConfiguration(file: string): Result<string, StartFault> {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    switch (code) {
      case 'ENOENT':
        return fail({
          code: EXIT.noInput,
          sentences: [
            `${file}: there is no such file; write the cluster's corosync.conf there, or name another with --config.`,
          ],
        });
      case 'EACCES':
      case 'EPERM':
        return fail({
          code: EXIT.permission,
          sentences: [
            `${file}: may not be read by this user; start holdfastd as root, or give it another --root.`,
          ],
        });
      default:
        return fail({
          code: EXIT.io,
          sentences: [`${file}: cannot be read: ${cause instanceof Error ? cause.message : code}.`],
        });
    }
  }
}

function findSelf(conf: CorosyncConf, wanted: string | undefined): Result<ConfNode, StartFault> {
  if (wanted !== undefined) {
    const named = conf.nodes.find(({ name }) => name === wanted);
    if (named !== undefined) return ok(named);
    const names = conf.nodes.map(({ name }) => name).join(', ');
    return fail({
      code: EXIT.noHost,
      sentences: [`${conf.file}: --node "${wanted}" is not in the nodelist; it lists ${names}.`],
    });
  }
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
  const found = findLocalNode(conf, { hostname: hostname(), addresses });
  return found.ok
    ? ok(found.value)
    : fail({ code: EXIT.noHost, sentences: [describeConf(found.fault)] });
}
