/** Two configurations side by side: what changed, and what of it a running daemon can take over. */
import type { ConfNode, CorosyncConf, LinkConf, QuorumConf, TotemConf } from './model.ts';

/**
 * What can be taken over while running, as one: `votes` (expected_votes, two_node, quorum_votes, the
 * device), `timers` of the ring, `links` (addresses, ports, heartbeats), `nodes` (members added and
 * removed), `sealing`, `logging`. `fixed` is what no running daemon takes over.
 */
export type ReloadGroup = 'votes' | 'timers' | 'links' | 'nodes' | 'sealing' | 'logging' | 'fixed';

export type ConfChange = {
  /** As an operator types it: `totem.token`, `nodelist.node.haone.quorum_votes`. */
  readonly key: string;
  /** In words; empty where there was none. */
  readonly from: string;
  readonly to: string;
  readonly group: ReloadGroup;
};

/** Every difference between what runs and what was read, in the order of the file. */
export function compareConf(running: CorosyncConf, read: CorosyncConf): readonly ConfChange[] {
  const settings = [
    ...compareRows(TOTEM_ROWS, running.totem, read.totem, 'totem.'),
    ...compareLinks(running.totem.links, read.totem.links),
    ...compareRows(QUORUM_ROWS, running.quorum, read.quorum, 'quorum.'),
  ];
  // What only follows from another key is not told beside it.
  const isWritten = ({ key }: ConfChange): boolean =>
    key === 'quorum.device.net' || running.written.has(key) || read.written.has(key);
  return [
    ...settings.filter(isWritten),
    ...compareNodes(running.nodes, read.nodes),
    ...compareLogging(running.logging, read.logging),
  ];
}

/** What runs, with the groups in `live` taken over from what was read. */
export function takeOver(
  running: CorosyncConf,
  read: CorosyncConf,
  live: ReadonlySet<ReloadGroup>,
): CorosyncConf {
  const from = (group: ReloadGroup): CorosyncConf => (live.has(group) ? read : running);
  const { expectedVotes, twoNode, device } = from('votes').quorum;
  return {
    ...read,
    totem: {
      ...running.totem,
      ...pick(from('timers').totem, TIMER_KEYS),
      ...pick(from('links').totem, LINK_KEYS),
      ...pick(from('sealing').totem, SEALING_KEYS),
    },
    nodes: takeOverNodes(from('nodes').nodes, from('links').nodes, from('votes').nodes),
    quorum: { ...running.quorum, expectedVotes, twoNode, device },
    logging: from('logging').logging,
    written: new Set([...running.written, ...read.written]),
  };
}

const TIMER_KEYS = [
  'tokenMs',
  'tokenCoefficientMs',
  'effectiveTokenMs',
  'tokenWarningPercent',
  'tokenRetransmitsBeforeLoss',
  'tokenRetransmitMs',
  'holdMs',
  'consensusMs',
  'effectiveConsensusMs',
  'joinMs',
  'sendJoinMs',
  'mergeMs',
  'downcheckMs',
  'failRecvConst',
  'seqnoUnchangedConst',
  'missCountConst',
  'windowSize',
  'maxMessages',
] as const satisfies readonly (keyof TotemConf)[];
const LINK_KEYS = [
  'port',
  'linkPorts',
  'links',
  'linkMode',
  'mtuProbeIntervalMs',
  'mtu',
  'blocksUnlisted',
] as const satisfies readonly (keyof TotemConf)[];
const SEALING_KEYS = [
  'sealed',
  'crypto',
  'keyFile',
  'key',
] as const satisfies readonly (keyof TotemConf)[];

function pick<Key extends keyof TotemConf>(
  totem: TotemConf,
  keys: readonly Key[],
): Pick<TotemConf, Key> {
  const picked: Partial<TotemConf> = {};
  for (const key of keys) picked[key] = totem[key];
  return picked as Pick<TotemConf, Key>;
}

/** Who the members are, where they are reached, and what they vote come from three places. */
function takeOverNodes(
  members: readonly ConfNode[],
  linked: readonly ConfNode[],
  voting: readonly ConfNode[],
): readonly ConfNode[] {
  return members.map((node) => ({
    ...node,
    addresses: linked.find(({ id }) => id === node.id)?.addresses ?? node.addresses,
    votes: voting.find(({ id }) => id === node.id)?.votes ?? node.votes,
  }));
}

/** `totem.token: 1000 → 5000`. */
export function describeChange({ key, from, to }: ConfChange): string {
  return `${key}: ${from === '' ? '(none)' : from} → ${to === '' ? '(none)' : to}`;
}

type Row<Section> = readonly [
  key: string,
  group: ReloadGroup,
  of: (section: Section) => string | number | boolean | undefined,
];

const TOTEM_ROWS: readonly Row<TotemConf>[] = [
  ['cluster_name', 'fixed', (totem) => totem.clusterName],
  ['transport', 'fixed', (totem) => totem.transport],
  ['ip_version', 'fixed', (totem) => totem.ipVersion],
  ['netmtu', 'fixed', (totem) => totem.netMtu],
  ['token', 'timers', (totem) => totem.tokenMs],
  ['token_coefficient', 'timers', (totem) => totem.tokenCoefficientMs],
  ['token_warning', 'timers', (totem) => totem.tokenWarningPercent],
  ['token_retransmits_before_loss_const', 'timers', (totem) => totem.tokenRetransmitsBeforeLoss],
  ['token_retransmit', 'timers', (totem) => totem.tokenRetransmitMs],
  ['hold', 'timers', (totem) => totem.holdMs],
  ['consensus', 'timers', (totem) => totem.consensusMs],
  ['join', 'timers', (totem) => totem.joinMs],
  ['send_join', 'timers', (totem) => totem.sendJoinMs],
  ['merge', 'timers', (totem) => totem.mergeMs],
  ['downcheck', 'timers', (totem) => totem.downcheckMs],
  ['fail_recv_const', 'timers', (totem) => totem.failRecvConst],
  ['seqno_unchanged_const', 'timers', (totem) => totem.seqnoUnchangedConst],
  ['miss_count_const', 'timers', (totem) => totem.missCountConst],
  ['window_size', 'timers', (totem) => totem.windowSize],
  ['max_messages', 'timers', (totem) => totem.maxMessages],
  ['link_mode', 'links', (totem) => totem.linkMode],
  ['knet_pmtud_interval', 'links', (totem) => totem.mtuProbeIntervalMs / 1000],
  ['knet_mtu', 'links', (totem) => totem.mtu],
  ['block_unlisted_ips', 'links', (totem) => (totem.blocksUnlisted ? 'yes' : 'no')],
  ['crypto_cipher', 'sealing', (totem) => totem.crypto.cipher],
  ['crypto_hash', 'sealing', (totem) => totem.crypto.hash],
  ['keyfile', 'sealing', (totem) => totem.keyFile],
  // A secret: that it changed is told, what it was is not.
  ['key', 'sealing', (totem) => totem.key],
];

const QUORUM_ROWS: readonly Row<QuorumConf>[] = [
  ['provider', 'fixed', (quorum) => quorum.provider],
  ['expected_votes', 'votes', (quorum) => quorum.expectedVotes],
  ['two_node', 'votes', (quorum) => quorum.twoNode],
  ['wait_for_all', 'fixed', (quorum) => quorum.waitForAll],
  ['last_man_standing', 'fixed', (quorum) => quorum.lastManStanding],
  ['last_man_standing_window', 'fixed', (quorum) => quorum.lastManStandingWindowMs],
  ['auto_tie_breaker', 'fixed', (quorum) => quorum.autoTieBreaker],
  ['auto_tie_breaker_node', 'fixed', (quorum) => tieBreakerText(quorum)],
  ['allow_downscale', 'fixed', (quorum) => quorum.allowDownscale],
  ['expected_votes_tracking', 'fixed', (quorum) => quorum.expectedVotesTracking],
  ['device.model', 'votes', (quorum) => quorum.device?.model],
  ['device.votes', 'votes', (quorum) => quorum.device?.votes],
  ['device.timeout', 'votes', (quorum) => quorum.device?.timeoutMs],
  ['device.sync_timeout', 'votes', (quorum) => quorum.device?.syncTimeoutMs],
  ['device.master_wins', 'votes', (quorum) => quorum.device?.masterWins],
  ['device.net', 'votes', (quorum) => netText(quorum)],
];

const LINK_ROWS: readonly Row<LinkConf>[] = [
  ['mcastport', 'links', (link) => link.port],
  ['knet_link_priority', 'links', (link) => link.priority],
  ['knet_ping_interval', 'links', (link) => link.pingIntervalMs],
  ['knet_ping_timeout', 'links', (link) => link.pingTimeoutMs],
  ['knet_ping_precision', 'links', (link) => link.pingPrecision],
  ['knet_pong_count', 'links', (link) => link.pongCount],
];

function tieBreakerText({ autoTieBreakerNode: breaker }: QuorumConf): string | undefined {
  return breaker?.kind === 'list' ? breaker.nodes.join(' ') : breaker?.kind;
}

function netText({ device }: QuorumConf): string | undefined {
  const { net } = device ?? {};
  return net === undefined ? undefined : `${net.host ?? '?'}:${net.port} ${net.algorithm}`;
}

function compareRows<Section>(
  rows: readonly Row<Section>[],
  running: Section,
  read: Section,
  path: string,
): ConfChange[] {
  return rows.flatMap(([key, group, of]) => {
    const [from, to] = [of(running), of(read)];
    if (from === to) return [];
    return [{ key: path + key, from: shown(key, from), to: shown(key, to), group }];
  });
}

function shown(key: string, value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (key === 'key') return '(hidden)';
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

/** A link that only one side has is told by its addresses, with the nodes. */
function compareLinks(running: readonly LinkConf[], read: readonly LinkConf[]): ConfChange[] {
  return running.flatMap((link, index) => {
    const other = read[index];
    if (other === undefined) return [];
    return compareRows(LINK_ROWS, link, other, `totem.interface.${index}.`);
  });
}

const NODE_ROWS: readonly Row<ConfNode>[] = [
  ['name', 'fixed', (node) => node.name],
  ...Array.from({ length: 8 }, (_, link): Row<ConfNode> => [
    `ring${link}_addr`,
    'links',
    (node) => node.addresses[link],
  ]),
  ['quorum_votes', 'votes', (node) => node.votes],
];

function compareNodes(running: readonly ConfNode[], read: readonly ConfNode[]): ConfChange[] {
  const key = ({ name }: ConfNode): string => `nodelist.node.${name}`;
  const gone = running.filter(({ id }) => !read.some((node) => node.id === id));
  const come = read.filter(({ id }) => !running.some((node) => node.id === id));
  const kept = running.flatMap((node) => {
    const other = read.find(({ id }) => id === node.id);
    return other === undefined ? [] : compareRows(NODE_ROWS, node, other, `${key(node)}.`);
  });
  return [
    ...kept,
    ...gone.map((node) => ({
      key: key(node),
      from: nodeText(node),
      to: '',
      group: 'nodes' as const,
    })),
    ...come.map((node) => ({
      key: key(node),
      from: '',
      to: nodeText(node),
      group: 'nodes' as const,
    })),
  ];
}

function nodeText({ id, addresses }: ConfNode): string {
  return `nodeid ${id}, ${addresses.join(' ')}`;
}

function compareLogging(
  running: Readonly<Record<string, string>>,
  read: Readonly<Record<string, string>>,
): ConfChange[] {
  const keys = [...new Set([...Object.keys(running), ...Object.keys(read)])];
  return keys.flatMap((key) => {
    const [from, to] = [running[key] ?? '', read[key] ?? ''];
    return from === to ? [] : [{ key: `logging.${key}`, from, to, group: 'logging' as const }];
  });
}
