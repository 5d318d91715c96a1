/**
 * What a client may ask of the daemon: JSON-RPC 2.0 method name → parameters and result.
 * One table; the schemas beside it check both ways.
 */

/** How far a change got before its asker was answered. */
export type Receipt = {
  /** `admin_epoch.epoch.num_updates` after the change. */
  readonly version: string;
  /** Nodes that have the change on stable storage. */
  readonly storedOn: readonly string[];
  /**
   * True: no failure that the cluster is built for can lose it. False: it is stored on every current
   * member, but a node that is not proven down may know nothing of it and win a later argument.
   */
  readonly durable: boolean;
  readonly warnings: readonly string[];
};

export type Methods = {
  /** The whole CIB (configuration and status) as XML text, and its version. */
  'cib.query': { params: { section?: string }; result: { xml: string; version: string } };
  /**
   * Replace the configuration by `xml` (a whole `<cib>` or `<configuration>`), made from version `base`.
   * Refused as `stale` where somebody else changed it since, as `invalid` with every fault named,
   * as `no-quorum` where this partition may not change anything.
   */
  'cib.replace': { params: { base: string; xml: string; user: string }; result: Receipt };
  /** Set or remove (null) a node attribute: `forever` in the configuration, `reboot` in the status. */
  'node.attribute': {
    params: {
      node: string;
      name: string;
      value: string | null;
      lifetime: 'forever' | 'reboot';
      user: string;
    };
    result: Receipt;
  };
  /** Forget failures and history of a resource (all where undefined) on a node (all where undefined). */
  'resource.cleanup': {
    params: { resource?: string; node?: string; user: string };
    result: Receipt;
  };
  /** Ask for a node to be fenced; answered when it is proven or has failed. */
  'fence.request': {
    params: { node: string; action: 'off' | 'on' | 'reboot'; user: string };
    result: { outcome: string };
  };
  /** A human vouches that a node is off. */
  'fence.confirm': { params: { node: string; user: string }; result: { outcome: string } };
  /** Have the other nodes ask each device (or one) about a node; nothing is switched. */
  'fence.drill': {
    params: { node: string; device?: string; really: boolean; user: string };
    result: { outcome: string };
  };
  'fence.status': { params: Record<string, never>; result: FencingStatus };
  'fence.race': { params: Record<string, never>; result: FenceRace };
  'fence.history': { params: Record<string, never>; result: { entries: readonly FenceRecord[] } };
  /** Everything `crm status` needs that is not in the CIB. */
  'cluster.status': { params: Record<string, never>; result: ClusterStatus };
  /** Leave the cluster: stop everything here first, then end the daemon. */
  'cluster.stop': { params: { user: string }; result: { outcome: string } };
  /** Wait no longer for nodes that were not seen since the start: an operator vouches for them. */
  'quorum.unblock': { params: { user: string }; result: { outcome: string } };
  /** Expect so many votes from now on, on every member. */
  'quorum.expect': { params: { votes: number; user: string }; result: { outcome: string } };
  /**
   * Read corosync.conf again on every member, and take over what a running daemon can: all members
   * or none. `dry`: only on this node, and only to tell what would change.
   */
  'corosync.reload': { params: { dry: boolean; user: string }; result: ReloadReport };
  /** Agents this node knows: all of a class, or one's metadata XML. */
  'agent.list': {
    params: { class?: string; provider?: string };
    result: { agents: readonly string[] };
  };
  'agent.metadata': { params: { agent: string }; result: { xml: string } };
  /** Why the last decision was what it was, for one resource or one node. */
  explain: { params: { subject: string }; result: { lines: readonly string[] } };
};

export type ReloadReport = {
  readonly outcome: string;
  readonly changes: readonly ConfChangeRecord[];
  /** What the file says that is worth knowing, one sentence each. */
  readonly warnings: readonly string[];
};

export type ConfChangeRecord = {
  /** As in the file, dotted: `totem.token`. */
  readonly key: string;
  /** Empty: there was none. */
  readonly from: string;
  readonly to: string;
  /** `now`: in force with the reload; `restart`: when holdfastd is started again. */
  readonly effect: 'now' | 'restart';
};

export type FenceRecord = {
  readonly id: string;
  readonly target: string;
  readonly action: string;
  readonly state: 'pending' | 'done' | 'failed' | 'withdrawn';
  /** The node whose fencer does it; those in `tried` could not. */
  readonly origin: string;
  readonly tried: readonly string[];
  /** What the fencer is doing or why it failed, in words. */
  readonly detail: string;
  /** What is being done now, and until when at most; null: nothing. */
  readonly progress: { readonly words: string; readonly untilMs: number | null } | null;
  readonly devices: readonly string[];
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
};

/** One way to fence a node: this device, used from that node. */
export type FencePath = {
  readonly target: string;
  readonly device: string;
  readonly executor: string;
  /** When it was good for the last time; null: never. */
  readonly goodAtMs: number | null;
  /** The last try, whenever it was: null for none. */
  readonly last: {
    readonly kind: 'asked' | 'cycled';
    readonly isGood: boolean;
    readonly words: string;
    readonly tookMs: number;
    readonly atMs: number;
  } | null;
};

export type FencingStatus = {
  readonly targets: readonly {
    readonly node: string;
    /** Devices level by level; all of a level must succeed. */
    readonly levels: readonly (readonly string[])[];
    /** Failed fences in a row; null: the last one succeeded, or there was none. */
    readonly attempts: {
      readonly failures: number;
      readonly reason: string;
      /** Null: given up until something changes. */
      readonly nextAtMs: number | null;
    } | null;
    /** It is a member again, and something on its way may still switch it off. */
    readonly isHeld: boolean;
    /** How long it takes at most, in ms. */
    readonly budgetMs: number;
  }[];
  readonly paths: readonly FencePath[];
};

/** What each possible cut of the ring comes to. */
export type FenceRace = {
  readonly cuts: readonly FenceCut[];
  /** What was left out, or holds for all of it. */
  readonly notes: readonly string[];
};

export type FenceCut = {
  readonly sides: readonly (readonly string[])[];
  readonly shots: readonly {
    readonly by: string;
    readonly target: string;
    readonly devices: readonly string[];
    /** From the cut to the command at the first device, in ms. */
    readonly leastMs: number;
    readonly mostMs: number;
    /** How long the devices may take. */
    readonly timeoutMs: number;
  }[];
  readonly survivors: readonly string[];
  /** One sentence: who survives, and what it depends on. */
  readonly verdict: string;
  readonly isSafe: boolean;
};

export type ClusterStatus = {
  readonly cluster: string;
  readonly node: string;
  readonly nodeId: number;
  readonly version: string;
  readonly dc: string | null;
  readonly ring: {
    readonly id: string;
    readonly state: string;
    readonly members: readonly string[];
    /** Every address the ring runs on. */
    readonly addresses: readonly string[];
  };
  readonly quorum: {
    readonly quorate: boolean;
    readonly totalVotes: number;
    readonly expectedVotes: number;
    readonly needed: number;
    readonly flags: readonly string[];
    readonly waitingFor: readonly string[];
    /** Members with another corosync.conf, and the sections in which it differs. */
    readonly strangers: readonly { readonly node: string; readonly sections: readonly string[] }[];
    /** Votes of a quorum device, and whether they are counted here; null: there is none. */
    readonly device: { readonly votes: number; readonly counted: boolean } | null;
  };
  /** `idle`, `scheduling`, `transition`, `joining`, `waiting`. */
  readonly controller: string;
  /** Sentences an operator must see: plain datagrams, fencing disabled, a fence that keeps failing. */
  readonly warnings: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
};
