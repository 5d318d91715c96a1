/** From files to a configured node: everything that can be wrong at a start is found and said here. */
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { fail, type NodeId, ok, type Result } from '@holdfast/base';
import {
  type ConfNode,
  type CorosyncConf,
  digestsOf,
  describe as describeConf,
  effectiveQuorum,
  findLocalNode,
  parseCorosyncConf,
} from '@holdfast/corosync-conf';
import type { QuorumConfig } from '@holdfast/quorum';
import { EXIT, type StartFault } from './exit.ts';

export type Configured = {
  readonly conf: CorosyncConf;
  readonly self: ConfNode;
  readonly quorum: QuorumConfig;
  readonly bind: Address;
  readonly peers: ReadonlyMap<NodeId, Address>;
  readonly warnings: readonly string[];
};

export type Address = { readonly address: string; readonly port: number };

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
  const addresses = await resolveAll(conf);
  if (!addresses.ok) return addresses;
  const bind = addresses.value.get(self.value.id);
  if (bind === undefined) return fail(missingAddress(conf, self.value));
  const peers = new Map([...addresses.value].filter(([id]) => id !== self.value.id));
  return ok({
    conf,
    self: self.value,
    quorum: quorum.value,
    bind,
    peers,
    warnings: conf.warnings.map(describeConf),
  });
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

async function resolveAll(
  conf: CorosyncConf,
): Promise<Result<ReadonlyMap<NodeId, Address>, StartFault>> {
  const found = new Map<NodeId, Address>();
  for (const node of conf.nodes) {
    const [name] = node.addresses;
    if (name === undefined) return fail(missingAddress(conf, node));
    try {
      const { address } = await lookup(name);
      found.set(node.id, { address, port: conf.totem.port });
    } catch {
      return fail({
        code: EXIT.config,
        sentences: [
          `${conf.file}:${node.line}: nodelist.node.ring0_addr "${name}" is no address and resolves to none; write the IP address of ${node.name}.`,
        ],
      });
    }
  }
  return ok(found);
}

function missingAddress(conf: CorosyncConf, node: ConfNode): StartFault {
  return {
    code: EXIT.config,
    sentences: [
      `${conf.file}:${node.line}: node ${node.name} has no ring0_addr; write its IP address.`,
    ],
  };
}
