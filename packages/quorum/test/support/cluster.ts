/**
 * A cluster of quorum machines: who is up, who sees whom; everybody is told of every new ring, and
 * every order reaches all members of its ring in one order.
 */
import { instant, milliseconds, type NodeId, nodeId } from '@holdfast/base';
import {
  info,
  quorum,
  type QuorumConfig,
  type QuorumDigests,
  type QuorumEffect,
  type QuorumInput,
  type QuorumState,
  step,
  view,
} from '@holdfast/quorum';

export const WINDOW_MS = 10_000;
export const DEVICE_MS = 10_000;
export const SYNC_MS = 30_000;

export type Rules = {
  readonly nodes: number;
  readonly votes?: readonly number[];
  readonly expected?: number;
  readonly twoNode?: boolean;
  readonly wfa?: boolean;
  readonly lms?: boolean;
  readonly atb?: 'lowest' | 'highest' | readonly number[];
  readonly device?: number;
  readonly masterWins?: boolean;
  /** allow_downscale, down to so many. */
  readonly floor?: number;
  readonly tracks?: boolean;
  readonly digests?: QuorumDigests;
};

export function configOf(rules: Rules, self: number): QuorumConfig {
  const ids = Array.from({ length: rules.nodes }, (_, index) => nodeId(index + 1));
  const votes = new Map(ids.map((id, index) => [id, rules.votes?.[index] ?? 1]));
  return {
    self: nodeId(self),
    names: new Map(ids.map((id) => [id, `n${id}`])),
    votes,
    expectedVotes: rules.expected ?? [...votes.values()].reduce((sum, each) => sum + each, 0),
    twoNode: rules.twoNode ?? false,
    waitForAll: rules.wfa ?? rules.twoNode ?? false,
    lastManStanding: rules.lms === true ? { windowMs: milliseconds(WINDOW_MS) } : undefined,
    autoTieBreaker: breakerOf(rules.atb),
    downscale: rules.floor === undefined ? undefined : { floor: rules.floor },
    tracksExpectedVotes: rules.tracks ?? rules.floor !== undefined,
    device:
      rules.device === undefined
        ? undefined
        : {
            votes: rules.device,
            timeoutMs: milliseconds(DEVICE_MS),
            syncTimeoutMs: milliseconds(SYNC_MS),
            masterWins: rules.masterWins ?? false,
          },
    digests: rules.digests ?? {},
  };
}

function breakerOf(atb: Rules['atb']): QuorumConfig['autoTieBreaker'] {
  if (atb === undefined) return undefined;
  return typeof atb === 'string' ? { kind: atb } : { kind: 'list', nodes: atb.map(nodeId) };
}

type Reading = (QuorumInput & { kind: 'reread' })['reading'];

export type Cluster = {
  readonly machines: Map<number, QuorumState>;
  /** Running nodes, part by part. */
  groups: readonly (readonly number[])[];
  readonly act: (event: string) => void;
  readonly give: (id: number, input: QuorumInput) => void;
  /** `{1,2}:Q t2/EV3/q2; {3}:– t1/EV3/q2`, as the specification's scenario table has it. */
  readonly say: () => string;
  /** What the last event made each node do, orders and their echoes included. */
  readonly lastEffects: Map<number, QuorumEffect[]>;
  /** What each node finds when it reads its file again. */
  readonly files: Map<number, Reading>;
};

/**
 * Events: `up 1,2` (started afresh, they join the first part), `crash 3`, `leave 3` (politely),
 * `split 12|34` (of all that run; also for regrouping and healing), `window` (last_man_standing's
 * window passes everywhere), `wait 500` (so many ms), `ack 1,2`, `nack 1`, `none 1` (what the device
 * says to them), `expected 4`, `unblock` and `reload` (asked on the first node of the first part).
 */
export function cluster(rules: Rules): Cluster {
  const machines = new Map<number, QuorumState>();
  const ringSeqs = new Map<number, number>();
  const lastEffects = new Map<number, QuorumEffect[]>();
  const files = new Map<number, Reading>();
  const rings = new Map<number, string>();
  const stream: { readonly from: number; readonly ring: string; readonly order: unknown }[] = [];
  let now = 0;
  let asks = 0;

  const take = (id: number, input: QuorumInput): void => {
    const effects = step(stateOf(machines, id), input, instant(now));
    lastEffects.set(id, [...(lastEffects.get(id) ?? []), ...effects]);
    for (const effect of effects) {
      if (effect.kind === 'order') {
        const order: unknown = JSON.parse(JSON.stringify(effect.order));
        stream.push({ from: id, ring: rings.get(id) ?? '', order });
      }
      const reading = files.get(id);
      if (effect.kind === 'reread' && reading !== undefined) {
        take(id, { kind: 'reread', of: effect.of, reading });
      }
    }
  };
  const drain = (): void => {
    for (let next = stream.shift(); next !== undefined; next = stream.shift()) {
      const { from, ring, order } = next;
      for (const id of [...machines.keys()].sort((a, b) => a - b)) {
        if (rings.get(id) !== ring) continue;
        take(id, { kind: 'order', from: nodeId(from), order });
      }
    }
  };
  const give = (id: number, input: QuorumInput): void => {
    take(id, input);
    drain();
  };
  const form = (group: readonly number[]): void => {
    const ringSeq = Math.max(0, ...group.map((id) => ringSeqs.get(id) ?? 0)) + 4;
    const members = group.map((id) => ({ id: nodeId(id), info: info(stateOf(machines, id)) }));
    for (const id of group) {
      ringSeqs.set(id, ringSeq);
      rings.set(id, `${ringSeq}:${group.join(',')}`);
      take(id, { kind: 'membership', ringSeq, members });
    }
    drain();
  };
  const regroup = (groups: readonly (readonly number[])[]): void => {
    const before = new Set(self.groups.map(String));
    self.groups = groups.filter((group) => group.length > 0);
    for (const group of self.groups) if (!before.has(String(group))) form(group);
  };
  const remove = (gone: readonly number[]): void => {
    for (const id of gone) {
      machines.delete(id);
      ringSeqs.delete(id);
    }
    regroup(self.groups.map((group) => group.filter((id) => !gone.includes(id))));
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const id of [...machines.keys()]) take(id, { kind: 'tick' });
    drain();
  };
  const cast = (words: string, said: 'yes' | 'no' | 'none'): void => {
    for (const id of ids(words, ',')) {
      give(id, { kind: 'device', cast: said, ringSeq: stateOf(machines, id).ringSeq });
    }
  };
  const ask = (what: (QuorumInput & { kind: 'ask' })['ask']): void => {
    asks += 1;
    give(self.groups[0]?.[0] ?? 0, { kind: 'ask', id: `ask-${asks}`, ask: what });
  };
  const verbs: Readonly<Record<string, (words: string) => void>> = {
    up: (words) => {
      const started = ids(words, ',');
      for (const id of started) machines.set(id, quorum(configOf(rules, id), undefined));
      const [first = [], ...rest] = self.groups;
      regroup([[...first, ...started].sort((a, b) => a - b), ...rest]);
    },
    crash: (words) => {
      remove(ids(words, ','));
    },
    leave: (words) => {
      const [leaver = nodeId(1)] = ids(words, ',');
      for (const id of self.groups.find((group) => group.includes(leaver)) ?? []) {
        take(id, { kind: 'leaving', id: leaver });
      }
      remove([leaver]);
    },
    split: (words) => {
      regroup(words.split('|').map((group) => ids(group, '')));
    },
    window: () => {
      pass(WINDOW_MS);
    },
    wait: (words) => {
      pass(Number(words));
    },
    ack: (words) => {
      cast(words, 'yes');
    },
    nack: (words) => {
      cast(words, 'no');
    },
    none: (words) => {
      cast(words, 'none');
    },
    expected: (words) => {
      ask({ kind: 'expect', votes: Number(words) });
    },
    unblock: () => {
      ask({ kind: 'unblock' });
    },
    reload: () => {
      ask({ kind: 'reload' });
    },
  };
  const act = (event: string): void => {
    const [verb = '', words = ''] = event.split(' ');
    lastEffects.clear();
    now += 100;
    const run = verbs[verb];
    if (run === undefined) throw new Error(`unknown event: ${event}`);
    run(words);
  };
  const say = (): string => self.groups.map((group) => sayGroup(machines, group)).join('; ');
  const self: Cluster = { machines, groups: [], act, give, say, lastEffects, files };
  return self;
}

/** All members of one ring must say the same (T9.26); where they do not, all are told. */
function sayGroup(machines: Map<number, QuorumState>, group: readonly number[]): string {
  const said = group.map((id) => {
    const { quorate, totalVotes, expectedVotes, needed } = view(stateOf(machines, id));
    return `${quorate ? 'Q' : '–'} t${totalVotes}/EV${expectedVotes}/q${needed}`;
  });
  return `{${group.join(',')}}:${[...new Set(said)].join(' or ')}`;
}

export function stateOf(machines: Map<number, QuorumState>, id: number): QuorumState {
  const state = machines.get(id);
  if (state === undefined) throw new Error(`node ${id} does not run`);
  return state;
}

function ids(words: string, separator: string): NodeId[] {
  return words.split(separator).map((word) => nodeId(Number(word)));
}
