/** What clients may ask, answered from the node: readings at once, changes through the agreed stream. */
import { fail, formatAgentName, instant, nodeName, ok, type Result } from '@holdfast/base';
import {
  describeFault,
  describeReadFault,
  firstChild,
  formatVersion,
  formatXml,
  parseXml,
  replaceChild,
  statusToXml,
  verify,
  withAttributes,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';
import type { Answer, Request } from '@holdfast/controller';
import {
  type ClusterStatus,
  type FenceRecord,
  type Handler,
  type MethodName,
  type Methods,
  READING_METHODS,
  type Receipt,
  type RpcFault,
} from '@holdfast/ipc';
import { readFencing, readNode, readRace } from '@holdfast/node';
import type { Runners } from '@holdfast/runners';
import { ringStatus } from '@holdfast/totem';
import { toRpc } from './faults.ts';
import { fencingWarning, quorumStatus, reload, strangerWarnings } from './quorum-answers.ts';
import { drill, fencingStatus } from './api-fencing.ts';
import type { Configured } from './start.ts';
import type { World } from './world.ts';

export type ApiParts = {
  readonly world: World;
  readonly configured: Configured;
  readonly runners: Runners;
  readonly version: string;
  /** The socket of those who may change things. */
  readonly socket: string;
  /** True: values that open doors are not shown. */
  readonly hidesSecrets?: boolean;
};

type Outcome<Name extends MethodName> = Result<Methods[Name]['result'], RpcFault>;
type Reply<Name extends MethodName> = Outcome<Name> | Promise<Outcome<Name>>;
type Answers = {
  readonly [Name in MethodName]: (parts: ApiParts, params: Methods[Name]['params']) => Reply<Name>;
};

const ANSWERS: Answers = {
  'cib.query': (parts, { section }) => {
    const whole = wholeCib(parts);
    const root = parts.hidesSecrets === true ? withoutSecrets(whole) : whole;
    const shown = section === undefined ? root : (findSection(root, section) ?? root);
    return ok({
      xml: formatXml(shown),
      version: formatVersion(readNode(parts.world.parts.node).cib.version),
    });
  },
  'cib.replace': (parts, { base, xml, user }) => {
    const root = readReplacement(parts, xml);
    return root.ok
      ? change(parts, { kind: 'replace-configuration', base, root: root.value, user })
      : root;
  },
  'node.attribute': (parts, params) =>
    change(parts, { kind: 'set-attribute', ...params, node: nodeName(params.node) }),
  'resource.cleanup': (parts, { resource, node }) =>
    change(parts, {
      kind: 'cleanup',
      resource,
      node: node === undefined ? undefined : nodeName(node),
    }),
  'fence.request': async (parts, { node, action }) =>
    outcome(await parts.world.request({ kind: 'fence', node: nodeName(node), action })),
  'fence.drill': async (parts, params) => outcome(await drill(parts.world, params)),
  'fence.status': ({ world }) => ok(fencingStatus(world.parts.node)),
  'fence.race': ({ world }) => {
    const { tokenMs, consensusMs } = world.parts.ring.config;
    return ok(readRace(world.parts.node, tokenMs + consensusMs, Date.now()));
  },
  'fence.confirm': async (parts, { node, user }) =>
    outcome(await parts.world.request({ kind: 'confirm-fenced', node: nodeName(node), by: user })),
  'fence.history': ({ world }) => ok({ entries: fenceRecords(world) }),
  'cluster.status': (parts) => ok(clusterStatus(parts)),
  'cluster.stop': async ({ world }) => outcome(await world.request({ kind: 'stop' })),
  'quorum.unblock': async ({ world }) => outcome(await world.askQuorum({ kind: 'unblock' })),
  'quorum.expect': async ({ world }, { votes }) =>
    outcome(await world.askQuorum({ kind: 'expect', votes })),
  'corosync.reload': ({ world }, { dry }) => reload(world, dry),
  'agent.list': async ({ runners }, { class: standard, provider }) =>
    ok({ agents: await runners.listAgents(standard, provider) }),
  'agent.metadata': async ({ runners }, { agent }) => {
    const xml = await runners.metadata(agent);
    if (xml !== undefined) return ok({ xml });
    return fail({
      code: 'unknown-agent',
      message: `this node has no agent ${agent}; crm ra list tells which it has`,
    });
  },
  explain: (parts, { subject }) => ok({ lines: explain(parts, subject) }),
};

/** What the history shows; which life a fence was ordered against is the cluster's own affair. */
function fenceRecords(world: World): readonly FenceRecord[] {
  return readNode(world.parts.node).fences.map((fence) => ({
    id: fence.id,
    target: fence.target,
    action: fence.action,
    state: fence.state,
    origin: fence.origin,
    tried: fence.tried,
    detail: fence.detail,
    progress: fence.progress,
    devices: fence.devices,
    startedAtMs: fence.startedAtMs,
    endedAtMs: fence.endedAtMs,
  }));
}

export function apiHandler(parts: ApiParts): Handler {
  return async (method, params, caller) => {
    if (caller.readOnly && !READING_METHODS.has(method)) {
      const message = `this socket only reads; ${method} goes through ${parts.socket}, which is root's`;
      return fail({ code: 'forbidden', message });
    }
    return ANSWERS[method]({ ...parts, hidesSecrets: caller.readOnly }, params);
  };
}

function wholeCib({ world }: ApiParts): XmlElement {
  const { cib } = readNode(world.parts.node);
  const named = withAttributes(cib.root, {
    'have-quorum': cib.quorate ? '1' : '0',
    ...(cib.dc === undefined ? {} : { 'dc-uuid': dcId(cib.dc, cib.status.nodes) }),
  });
  const old = firstChild(named, 'status');
  const status = statusToXml(cib.status);
  return old === undefined
    ? withChildren(named, [...named.children, status])
    : replaceChild(named, old, status);
}

function dcId(
  name: string,
  nodes: readonly { readonly name: string; readonly id: string }[],
): string {
  return nodes.find((node) => node.name === name)?.id ?? name;
}

/** Names of values that open doors. */
const SECRET = /passw|community|secret/i;

function withoutSecrets(element: XmlElement): XmlElement {
  const children = element.children.map((child) =>
    child.kind === 'element' ? withoutSecrets(child) : child,
  );
  const isSecret = element.name === 'nvpair' && SECRET.test(element.attributes['name'] ?? '');
  return withChildren(isSecret ? withAttributes(element, { value: '******' }) : element, children);
}

function findSection(root: XmlElement, section: string): XmlElement | undefined {
  return firstChild(root, section) ?? firstChild(firstChild(root, 'configuration'), section);
}

/** The whole document a client sent, over the one in force; refused with every fault named. */
function readReplacement({ world }: ApiParts, xml: string): Result<XmlElement, RpcFault> {
  const parsed = parseXml(xml);
  if (!parsed.ok)
    return fail({
      code: 'invalid',
      message: describeReadFault({ kind: 'not-xml', ...parsed.fault }),
    });
  const current = readNode(world.parts.node).cib.root;
  const configuration =
    parsed.value.name === 'cib' ? firstChild(parsed.value, 'configuration') : parsed.value;
  if (configuration?.name !== 'configuration') {
    return fail({
      code: 'invalid',
      message: `the root element is <${parsed.value.name}>, expected <cib> or <configuration>`,
    });
  }
  const old = firstChild(current, 'configuration');
  const root =
    old === undefined
      ? withChildren(current, [configuration, ...current.children])
      : replaceChild(current, old, configuration);
  const known = new Set(verify(current).map(describeFault));
  const errors = verify(root).filter(
    (fault) =>
      fault.severity === 'error' && fault.attribute !== '' && !known.has(describeFault(fault)),
  );
  const [first] = errors;
  if (first === undefined) return ok(root);
  return fail({
    code: 'invalid',
    message: describeFault(first),
    details: errors.map(describeFault),
  });
}

async function change({ world }: ApiParts, request: Request): Promise<Result<Receipt, RpcFault>> {
  const answer = await world.request(request);
  switch (answer.kind) {
    case 'receipt':
      return ok(answer.receipt);
    case 'outcome': {
      const { cib, isDurable } = readNode(world.parts.node);
      return ok({
        version: formatVersion(cib.version),
        storedOn: [],
        durable: isDurable,
        warnings: [],
      });
    }
    case 'fault':
      return fail(toRpc(answer.fault));
  }
}

function outcome(answer: Answer): Result<{ readonly outcome: string }, RpcFault> {
  switch (answer.kind) {
    case 'outcome':
      return ok({ outcome: answer.text });
    case 'receipt':
      return ok({ outcome: answer.receipt.version });
    case 'fault':
      return fail(toRpc(answer.fault));
  }
}

function clusterStatus({ world, configured, version }: ApiParts): ClusterStatus {
  const { conf, self } = configured;
  const reading = readNode(world.parts.node);
  const ring = ringStatus(world.parts.ring);
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
      addresses: [configured.bind, ...configured.peers.values()].map(({ address }) => address),
    },
    quorum,
    controller: reading.activity,
    warnings: [
      conf.totem.sealed
        ? 'secauth asks for sealed datagrams, and this version cannot seal: they are neither encrypted nor authenticated'
        : 'datagrams are neither encrypted nor authenticated (secauth: off)',
      ...strangerWarnings(quorum),
      ...fencingWarning(reading.quorum, reading.cib.configuration),
      ...pending,
    ],
    counters: ring.counters,
  };
}

function explain({ world }: ApiParts, subject: string): readonly string[] {
  const { cib, fences, quorum, activity } = readNode(world.parts.node);
  const lines: string[] = [];
  if (!quorum.quorate)
    lines.push(
      `this partition has no quorum (${quorum.totalVotes} of ${quorum.needed} votes needed)`,
    );
  for (const node of cib.status.nodes) {
    for (const { resource, agent, ops } of node.history) {
      if (resource !== subject && node.name !== subject) continue;
      for (const op of ops) {
        lines.push(
          `${node.name}: ${resource} (${formatAgentName(agent)}) ${op.operationKey}: exit code ${op.rc}${op.exitReason === '' ? '' : `, ${op.exitReason}`}`,
        );
      }
    }
  }
  for (const fence of fences.filter(({ target }) => target === subject)) {
    lines.push(`fence of ${fence.target} by ${fence.origin}: ${fence.state}: ${fence.detail}`);
  }
  return lines.length > 0
    ? lines
    : [`nothing is on record about ${subject}; the cluster is ${activity}`];
}
