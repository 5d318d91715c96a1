/** What a corosync.conf says, typed; every default of corosync.conf(5) filled in. */
import type { Milliseconds, NodeId, NodeName } from '@holdfast/base';
import type { ConfFault } from './fault.ts';

export type CorosyncConf = {
  readonly file: string;
  readonly totem: TotemConf;
  /** Ascending by id; at least one. */
  readonly nodes: readonly ConfNode[];
  readonly quorum: QuorumConf;
  /** The logging section as written; of sections given twice the last value counts. */
  readonly logging: Readonly<Record<string, string>>;
  /** Every key the file spells out, dotted; of interface sections with their link: `totem.interface.1.mcastport`. */
  readonly written: ReadonlySet<string>;
  /** Worth telling, in the order of the file; the daemon runs nevertheless. */
  readonly warnings: readonly ConfFault[];
  /** What the daemon does not start with, though the reference reads it; among the warnings too. */
  readonly refusals: readonly ConfFault[];
};

export type ConfNode = {
  readonly id: NodeId;
  /** As `name` gives it; the address of link 0 where it is absent. */
  readonly name: NodeName;
  /** One for each link, from ring0_addr upwards: an IP address or a host name. */
  readonly addresses: readonly string[];
  readonly votes: number;
  /** Where the node's section begins. */
  readonly line: number;
};

export type TotemConf = {
  readonly clusterName: string | undefined;
  readonly configVersion: number;
  readonly transport: 'udpu' | 'udp' | 'knet';
  readonly ipVersion: 'ipv4' | 'ipv6' | 'ipv4-6' | 'ipv6-4';
  /** As configured, before the coefficient (rule T3.1). */
  readonly tokenMs: Milliseconds;
  readonly tokenCoefficientMs: Milliseconds;
  /** `tokenMs` and, from three nodes on, one coefficient for each node beyond two. */
  readonly effectiveTokenMs: Milliseconds;
  readonly tokenWarningPercent: number;
  readonly tokenRetransmitsBeforeLoss: number;
  readonly tokenRetransmitMs: Milliseconds;
  readonly holdMs: Milliseconds;
  /** Undefined where the file leaves it out. */
  readonly consensusMs: Milliseconds | undefined;
  /** `consensusMs`, or 1.2 × the effective token. */
  readonly effectiveConsensusMs: Milliseconds;
  readonly joinMs: Milliseconds;
  readonly sendJoinMs: Milliseconds;
  readonly mergeMs: Milliseconds;
  readonly downcheckMs: Milliseconds;
  readonly failRecvConst: number;
  readonly seqnoUnchangedConst: number;
  readonly missCountConst: number;
  readonly windowSize: number;
  readonly maxMessages: number;
  /** Bytes of one datagram on the wire; undefined where the file leaves it out. */
  readonly netMtu: number | undefined;
  /** UDP port of link 0: `mcastport`. */
  readonly port: number;
  /** UDP port of every link, as many as the nodes have addresses. */
  readonly linkPorts: readonly number[];
  /** Every link, as many as the nodes have addresses; `links[i].link` is i. */
  readonly links: readonly LinkConf[];
  /** How several links share the traffic; with one link it means nothing. */
  readonly linkMode: 'passive' | 'active' | 'rr';
  /** How often the largest datagram that passes is looked for; only where `mtu` is undefined. */
  readonly mtuProbeIntervalMs: Milliseconds;
  /** `knet_mtu`, in bytes: the largest datagram, by hand; undefined: to be found. */
  readonly mtu: number | undefined;
  /** Datagrams from addresses that nodelist does not have are dropped. */
  readonly blocksUnlisted: boolean;
  /** True where secauth or crypto_* ask for it: datagrams are encrypted and authenticated. */
  readonly sealed: boolean;
  /** What secauth, crypto_cipher and crypto_hash amount to. */
  readonly crypto: CryptoConf;
  /** Where the shared key is; undefined: the default place. */
  readonly keyFile: string | undefined;
  /** The key itself, where the file holds it. A secret. */
  readonly key: string | undefined;
};

/** One link, from its addresses in nodelist and its `interface` section (rules T4.2 to T4.5). */
export type LinkConf = {
  /** 0 to 7: the N of ringN_addr. */
  readonly link: number;
  /** UDP port, the same on every node. */
  readonly port: number;
  /** 0 to 255; passive mode uses the link with the highest, then with the lowest number. */
  readonly priority: number;
  readonly pingIntervalMs: Milliseconds;
  /** Without an answer for so long, the link is down. */
  readonly pingTimeoutMs: Milliseconds;
  /** Round trips that the mean is made of. */
  readonly pingPrecision: number;
  /** Answers after which a link is up. */
  readonly pongCount: number;
};

export type CryptoConf = {
  readonly cipher:
    'none' | 'aes128' | 'aes192' | 'aes256' | 'aes128-ctr' | 'aes192-ctr' | 'aes256-ctr';
  readonly hash: 'none' | 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Weaker than this daemon seals: worth saying, never obeyed. */
  readonly isWeak: boolean;
};

/** As written; what is counted with comes from `effectiveQuorum`. */
export type QuorumConf = {
  /** Where the section begins; undefined where there is none. */
  readonly line: number | undefined;
  readonly provider: string | undefined;
  readonly expectedVotes: number | undefined;
  readonly twoNode: boolean;
  /** Undefined where the file leaves it out: then it follows two_node. */
  readonly waitForAll: boolean | undefined;
  readonly lastManStanding: boolean;
  readonly lastManStandingWindowMs: Milliseconds;
  readonly autoTieBreaker: boolean;
  readonly autoTieBreakerNode: TieBreaker | undefined;
  /** A clean leave lowers expected votes, never below `expected_votes`. */
  readonly allowDownscale: boolean;
  /** The highest expected votes ever seen outlive a restart. */
  readonly expectedVotesTracking: boolean;
  /** Undefined where no quorum device is configured. */
  readonly device: DeviceConf | undefined;
};

/** The section quorum.device. */
export type DeviceConf = {
  readonly line: number;
  readonly model: string | undefined;
  /** Undefined where the file leaves it out: then one less than the nodes hold. */
  readonly votes: number | undefined;
  /** An answer of the device that is older counts for nothing. */
  readonly timeoutMs: Milliseconds;
  /** How long a new membership waits for the device's answer. */
  readonly syncTimeoutMs: Milliseconds;
  readonly masterWins: boolean;
  /** The section net, for the model of this name; undefined where there is none. */
  readonly net: DeviceNetConf | undefined;
};

export type DeviceNetConf = {
  readonly host: string | undefined;
  readonly port: number;
  readonly tls: 'on' | 'off' | 'required';
  readonly algorithm: 'ffsplit' | 'lms' | '2nodelms' | 'test';
  /** `lowest`, `highest` or a node id. */
  readonly tieBreaker: string;
  readonly connectTimeoutMs: Milliseconds | undefined;
  readonly forceIpVersion: 0 | 4 | 6;
  readonly keepActivePartition: boolean;
};

export type TieBreaker =
  | { readonly kind: 'lowest' }
  | { readonly kind: 'highest' }
  | { readonly kind: 'list'; readonly nodes: readonly NodeId[] };
