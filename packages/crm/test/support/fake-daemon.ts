/** A daemon without a cluster: keeps one CIB, knows some agents, answers over a real socket. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result } from '@holdfast/base';
import {
  changeChild,
  element,
  emptyCib,
  firstChild,
  formatXml,
  parseXml,
  setNodeAttribute,
  verify,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';
import {
  type ClusterStatus,
  type FenceRace,
  type FenceRecord,
  type FencingStatus,
  type MethodName,
  type Methods,
  type RpcFault,
  serve,
} from '@holdfast/ipc';
import type { Test } from 'tap';
import { nodeName } from '@holdfast/base';

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'ocf:heartbeat:Dummy': ['state', 'fake'],
  'ocf:pacemaker:Dummy': ['state', 'fake', 'op_sleep', 'passwd'],
  'ocf:pacemaker:Stateful': ['state'],
  'ocf:pacemaker:remote': ['server', 'port', 'reconnect_interval'],
  'ocf:pacemaker:ping': ['host_list*', 'multiplier', 'dampen', 'name'],
  'ocf:heartbeat:Delay': ['startdelay', 'stopdelay', 'mondelay'],
  'ocf:heartbeat:IPaddr2': ['ip*', 'cidr_netmask', 'nic'],
  'ocf:heartbeat:Filesystem': ['device*', 'directory*', 'fstype*', 'options'],
  'ocf:heartbeat:apache': ['configfile', 'port'],
  'ocf:linbit:drbd': ['drbd_resource*', 'drbdconf'],
  'systemd:two-node-ha-k8s-failover': [],
  'stonith:fence_ipmilan': ['ip*', 'username', 'password', 'lanplus'],
  'stonith:fence_apc_snmp': ['ip*', 'community', 'plug'],
};

export type FakeDaemon = {
  readonly path: string;
  cib: XmlElement;
  epoch: number;
  isDurable: boolean;
  /** Called before a replacement is judged: lets another user be faster. */
  beforeReplace: () => void;
  readonly asked: { readonly method: string; readonly params: unknown }[];
  fences: FenceRecord[];
  fencing: FencingStatus;
  race: FenceRace;
  status: ClusterStatus;
  reload: Methods['corosync.reload']['result'];
};

function metadata(agent: string, parameters: readonly string[]): string {
  const list = parameters.map((name) => {
    const required = name.endsWith('*') ? '1' : '0';
    return `<parameter name="${name.replace('*', '')}" required="${required}"><shortdesc lang="en">about ${name.replace('*', '')}</shortdesc><content type="string"/></parameter>`;
  });
  return `<?xml version="1.0"?><resource-agent name="${agent}"><longdesc lang="en">Does it.</longdesc><shortdesc lang="en">An agent</shortdesc><parameters>${list.join('')}</parameters><actions><action name="start" timeout="20s"/></actions></resource-agent>`;
}

export function withNodes(cib: XmlElement, ...names: readonly string[]): XmlElement {
  const nodes = names.map((uname, index) => element('node', { id: String(index + 1), uname }));
  return changeChild(cib, 'configuration', (configuration) =>
    changeChild(configuration, 'nodes', (section) => withChildren(section, nodes)),
  );
}

/** Puts what a node would report into the status section. */
export function withStatus(cib: XmlElement, xml: string): XmlElement {
  const parsed = parseXml(xml);
  if (!parsed.ok) throw new Error(parsed.fault.what);
  const status = parsed.value;
  return changeChild(cib, 'status', () => status);
}

const STATUS: ClusterStatus = {
  cluster: 'ha',
  node: 'haone',
  nodeId: 1,
  version: '0.1.0',
  dc: 'haone',
  ring: {
    id: '1.8',
    state: 'operational',
    members: ['haone', 'hatwo'],
    addresses: ['10.0.1.1', '10.0.1.2'],
  },
  quorum: {
    quorate: true,
    totalVotes: 2,
    expectedVotes: 2,
    needed: 1,
    flags: ['2Node'],
    waitingFor: [],
    strangers: [],
    device: null,
  },
  controller: 'idle',
  warnings: [],
  counters: {},
};

type Answers = {
  readonly [Name in MethodName]: (
    params: Methods[Name]['params'],
  ) => Result<Methods[Name]['result'], RpcFault>;
};

export async function fakeDaemon(
  t: Test,
  cib: XmlElement = withNodes(emptyCib(), 'haone', 'hatwo'),
): Promise<FakeDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-crm-'));
  const daemon: FakeDaemon = {
    path: join(directory, 'a.sock'),
    cib,
    epoch: 1,
    isDurable: true,
    beforeReplace: () => undefined,
    asked: [],
    fences: [],
    fencing: { targets: [], paths: [] },
    race: { cuts: [], notes: [] },
    status: STATUS,
    reload: { outcome: '', changes: [], warnings: [] },
  };
  const answers = answersOf(daemon);
  const server = await serve({
    path: daemon.path,
    handler: (method, params) => {
      daemon.asked.push({ method, params });
      return Promise.resolve(answers[method](params));
    },
  });
  t.teardown(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  return daemon;
}

function answersOf(daemon: FakeDaemon): Answers {
  const version = (): string => `0.${String(daemon.epoch)}.0`;
  const accept = (): Result<Methods['cib.replace']['result'], RpcFault> => {
    daemon.epoch += 1;
    const storedOn = daemon.isDurable ? ['haone', 'hatwo'] : ['haone'];
    return ok({ version: version(), storedOn, durable: daemon.isDurable, warnings: [] });
  };
  return {
    'cib.query': () => ok({ xml: formatXml(daemon.cib), version: version() }),
    'cib.replace': ({ base, xml }) => {
      daemon.beforeReplace();
      if (base !== version())
        return fail({ code: 'stale', message: `the configuration is now ${version()}` });
      const parsed = parseXml(xml);
      if (!parsed.ok) return fail({ code: 'invalid', message: parsed.fault.what });
      const next = changeChild(daemon.cib, 'configuration', () => parsed.value);
      const wrong = verify(next).filter(
        ({ severity, attribute }) => severity === 'error' && attribute !== '',
      );
      if (wrong[0] !== undefined) return fail({ code: 'invalid', message: wrong[0].what });
      daemon.cib = next;
      return accept();
    },
    'node.attribute': ({ node, name, value, lifetime }) => {
      const nodes = firstChild(firstChild(daemon.cib, 'configuration'), 'nodes');
      const entry = nodes?.children.find(
        (child) => child.kind === 'element' && child.attributes['uname'] === node,
      );
      if (entry?.kind !== 'element')
        return fail({ code: 'unknown-node', message: `there is no node ${node}` });
      const id = entry.attributes['id'] ?? '';
      if (lifetime === 'forever')
        daemon.cib = setNodeAttribute(daemon.cib, { node: nodeName(node), id, name, value });
      return accept();
    },
    'resource.cleanup': () => accept(),
    'fence.request': ({ node, action }) => ok({ outcome: `${action} of ${node} succeeded` }),
    'fence.confirm': ({ node }) => ok({ outcome: `${node} is taken for off` }),
    'fence.drill': ({ node, device = 'every device', really }) =>
      ok({ outcome: `${node} by ${device}: ${really ? 'cycled' : 'asked'}` }),
    'fence.status': () => ok(daemon.fencing),
    'fence.race': () => ok(daemon.race),
    'fence.history': () => ok({ entries: daemon.fences }),
    'cluster.status': () => ok(daemon.status),
    'quorum.unblock': () => ok({ outcome: 'waiting for absent nodes is over' }),
    'quorum.expect': ({ votes }) => ok({ outcome: `expected votes are ${votes}` }),
    'corosync.reload': ({ dry }) =>
      ok({ ...daemon.reload, outcome: dry ? 'nothing was changed' : 'reloaded' }),
    'cluster.stop': () => ok({ outcome: 'left the cluster' }),
    'agent.list': ({ class: standard = '' }) =>
      ok({ agents: Object.keys(PARAMETERS).filter((name) => name.startsWith(`${standard}:`)) }),
    'agent.metadata': ({ agent }) => {
      const parameters = PARAMETERS[agent];
      if (parameters !== undefined) return ok({ xml: metadata(agent, parameters) });
      return fail({ code: 'unknown-agent', message: `there is no agent ${agent}` });
    },
    explain: ({ subject }) => ok({ lines: [`${subject} is where it is because it was there`] }),
  };
}
