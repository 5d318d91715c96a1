/** Every section and key that corosync.conf(5) knows (rules T6.10 to T6.14), in one table. */

export type KeyType =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'text' }
  /** A text that is never shown. */
  | { readonly kind: 'secret' };

export type KeyRule = {
  readonly type: KeyType;
  /** Why the key has no effect here; undefined where it has one. */
  readonly unused: string | undefined;
  /** The reference looks at the value only when it starts: a bad one is a refusal, not a fault. */
  readonly isLate: boolean;
};

export type SectionRule = {
  readonly keys: Readonly<Record<string, KeyRule>>;
  readonly sections: Readonly<Record<string, SectionRule>>;
  /** Why the section has no effect here; undefined where it has one. */
  readonly unused: string | undefined;
  /** Its keys and sections are not fixed: everything is accepted. */
  readonly free: boolean;
  /** The reference refuses keys it does not know here, and nowhere else. */
  readonly isClosed: boolean;
};

export const CIPHERS = [
  'none',
  'aes128',
  'aes192',
  'aes256',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const;
export const HASHES = ['none', 'md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;

const U8 = integer(0, 255);
const U16 = integer(0, 65_535);
const U32 = integer(0, 4_294_967_295);
const U64 = integer(0, 18_446_744_073_709_551_615);
const TEXT: KeyType = { kind: 'text' };
const YES_NO = word('yes', 'no');

const KNET = 'belongs to the knet transport, and datagrams here go by UDP, uncompressed';
const OLD = 'is the name of an older version';
const RING = 'tunes a mechanism this ring does not have';
const SYSTEM = 'belongs to the reference’s own process';
const NO_CLIENT = 'belongs to the client of a quorum device, which is not built yet';

function integer(min: number, max: number): KeyType {
  return { kind: 'integer', min, max };
}

function word(...words: readonly string[]): KeyType {
  return { kind: 'word', words };
}

function used(type: KeyType, ...names: readonly string[]): Record<string, KeyRule> {
  return rules(undefined, type, names);
}

function late(type: KeyType, ...names: readonly string[]): Record<string, KeyRule> {
  return rules(undefined, type, names, true);
}

function unused(why: string, type: KeyType, ...names: readonly string[]): Record<string, KeyRule> {
  return rules(why, type, names);
}

function lateUnused(
  why: string,
  type: KeyType,
  ...names: readonly string[]
): Record<string, KeyRule> {
  return rules(why, type, names, true);
}

function rules(
  why: string | undefined,
  type: KeyType,
  names: readonly string[],
  isLate = false,
): Record<string, KeyRule> {
  return Object.fromEntries(names.map((name) => [name, { type, unused: why, isLate }]));
}

function section(
  keys: Readonly<Record<string, KeyRule>>,
  sections: Readonly<Record<string, SectionRule>> = {},
): SectionRule {
  return { keys, sections, unused: undefined, free: false, isClosed: false };
}

function ignored(why: string): SectionRule {
  return { keys: {}, sections: {}, unused: why, free: true, isClosed: false };
}

const INTERFACE = section(
  {
    ...used(integer(0, 7), 'linknumber'),
    ...used(U16, 'mcastport'),
    ...used(TEXT, 'bindnetaddr'),
    ...used(YES_NO, 'broadcast'),
    ...unused(OLD, integer(0, 7), 'ringnumber'),
    ...unused('is for multicast; datagrams here go to each node', TEXT, 'mcastaddr'),
    ...unused('is for multicast; datagrams here go to each node', U8, 'ttl'),
    ...used(U8, 'knet_link_priority'),
    ...used(U32, 'knet_ping_interval', 'knet_ping_timeout', 'knet_ping_precision'),
    ...used(U32, 'knet_pong_count'),
    ...unused(KNET, word('udp', 'sctp'), 'knet_transport'),
  },
  { member: ignored(OLD) },
);

const TOTEM = section(
  {
    ...used(U32, 'version', 'token', 'token_retransmits_before_loss_const', 'token_coefficient'),
    ...used(U32, 'token_retransmit', 'hold', 'consensus', 'join', 'send_join', 'merge'),
    ...used(U32, 'downcheck', 'fail_recv_const', 'seqno_unchanged_const', 'window_size'),
    ...used(U32, 'max_messages', 'miss_count_const', 'token_warning', 'netmtu'),
    ...used(TEXT, 'cluster_name', 'keyfile'),
    ...used({ kind: 'secret' }, 'key'),
    ...used(word('udpu', 'udp', 'knet'), 'transport'),
    ...used(word('on', 'off'), 'secauth'),
    ...used(word(...CIPHERS), 'crypto_cipher'),
    ...used(word(...HASHES), 'crypto_hash'),
    ...used(word('nss', 'openssl', 'gcrypt'), 'crypto_model'),
    ...used(word('ipv4', 'ipv6', 'ipv4-6', 'ipv6-4'), 'ip_version'),
    ...used(U64, 'config_version'),
    ...used(YES_NO, 'clear_node_high_bit'),
    ...unused('is taken from nodelist', U32, 'nodeid'),
    ...used(word('passive', 'active', 'rr'), 'link_mode'),
    ...used(U32, 'knet_pmtud_interval', 'knet_mtu'),
    ...unused(KNET, U32, 'knet_compression_threshold', 'knet_compression_level'),
    ...unused(KNET, TEXT, 'knet_compression_model'),
    ...unused(RING, U32, 'heartbeat_failures_allowed', 'max_network_delay', 'threads'),
    ...unused(RING, TEXT, 'ip_dscp', 'cancel_token_hold_on_retransmit'),
    ...used(YES_NO, 'block_unlisted_ips'),
    ...unused(OLD, TEXT, 'rrp_mode', 'vsftype', 'interface_name'),
    ...unused(OLD, U32, 'rrp_problem_count_timeout', 'rrp_problem_count_threshold'),
    ...unused(OLD, U32, 'rrp_token_expired_timeout', 'rrp_autorecovery_check_timeout'),
  },
  { interface: INTERFACE },
);

const NODE = section({
  ...used(U32, 'nodeid', 'quorum_votes'),
  ...used(TEXT, 'name'),
  ...used(TEXT, ...Array.from({ length: 8 }, (_, link) => `ring${link}_addr`)),
});

const NODELIST = section({}, { node: NODE });

const DEVICE_NET = section({
  ...late(TEXT, 'host', 'tie_breaker'),
  ...late(U16, 'port'),
  ...late(word('on', 'off', 'required'), 'tls'),
  ...late(word('ffsplit', 'lms', '2nodelms', 'test'), 'algorithm'),
  ...late(U32, 'connect_timeout'),
  ...late(word('0', '4', '6'), 'force_ip_version'),
  ...late(word('on', 'off'), 'keep_active_partition_tie_breaker'),
});

const DEVICE = section(
  {
    ...used(U32, 'votes', 'timeout', 'sync_timeout'),
    ...used(U8, 'master_wins'),
    ...used(TEXT, 'model'),
  },
  { net: DEVICE_NET, heuristics: ignored(NO_CLIENT), disk: ignored(NO_CLIENT) },
);

const QUORUM = section(
  {
    ...used(TEXT, 'provider', 'auto_tie_breaker_node'),
    ...used(U32, 'expected_votes', 'votes', 'last_man_standing_window'),
    ...used(U8, 'two_node', 'wait_for_all', 'last_man_standing', 'auto_tie_breaker'),
    ...used(U8, 'allow_downscale', 'expected_votes_tracking'),
    ...unused('has no effect in the reference either', U32, 'leaving_timeout'),
    ...unused('has no effect in the reference either', U8, 'leave_remove'),
  },
  { device: DEVICE },
);

const LOG_KEYS = {
  ...used(YES_NO, 'to_stderr', 'to_syslog', 'to_logfile', 'fileline', 'function_name', 'blackbox'),
  ...used(TEXT, 'logfile', 'logfile_priority', 'syslog_facility', 'syslog_priority', 'subsys'),
  ...used(word('off', 'on', 'trace'), 'debug'),
  ...used(word('off', 'on', 'hires'), 'timestamp'),
};

/** The file as a whole. */
export const ROOT: SectionRule = section(unused(OLD, TEXT, 'compatibility'), {
  totem: TOTEM,
  nodelist: NODELIST,
  quorum: QUORUM,
  logging: section(LOG_KEYS, {
    logger_subsys: section(LOG_KEYS),
    logger: ignored(OLD),
  }),
  system: section({
    ...lateUnused(SYSTEM, word('native', 'shm', 'socket'), 'qb_ipc_type'),
    ...lateUnused(SYSTEM, word('yes', 'no'), 'sched_rr', 'allow_knet_handle_fallback'),
    ...lateUnused(SYSTEM, word('yes', 'no', 'auto'), 'move_to_root_cgroup'),
    ...lateUnused(SYSTEM, TEXT, 'priority', 'state_dir'),
  }),
  resources: section(unused(SYSTEM, TEXT, 'watchdog_device'), { system: ignored(SYSTEM) }),
  uidgid: { ...section(unused(SYSTEM, TEXT, 'uid', 'gid')), isClosed: true },
  nozzle: ignored('is a network device this ring does not make'),
  service: ignored(OLD),
  amf: ignored(OLD),
  aisexec: ignored(OLD),
});
