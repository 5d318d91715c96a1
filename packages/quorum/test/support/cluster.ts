/** A cluster of quorum machines: who is up, who sees whom; everybody is told of every new ring. */
import { instant, milliseconds, type NodeId, nodeId } from '@holdfast/base';
import {
  info,
  quorum,
  type QuorumConfig,
  type QuorumEffect,
  type QuorumState,
  step,
  view,
} from '@holdfast/quorum';

export const WINDOW_MS = 10_000;

export type Rules = {
  readonly nodes: number;
  readonly votes?: readonly number[];
  readonly expected?: number;
  readonly twoNode?: boolean;
  readonly wfa?: boolean;
  readonly lms?: boolean;
  readonly atb?: 'lowest' | 'highest' | readonly number[];
};

export function configOf(rules: Rules, self: number): QuorumConfig {
  const ids = Array.from({ length: rules.nodes }, (_, index) => nodeId(index + 1));
  const votes = new Map(ids.map((id, index) => [id, rules.votes?.[index] ?? 1]));
  const { atb } = rules;
  return {
    self: nodeId(self),
    votes,
    expectedVotes: rules.expected ?? [...votes.values()].reduce((sum, each) => sum + each, 0),
    twoNode: rules.twoNode ?? false,
    waitForAll: rules.wfa ?? rules.twoNode ?? false,
    lastManStanding: rules.lms === true ? { windowMs: milliseconds(WINDOW_MS) } : undefined,
    autoTieBreaker:
      atb === undefined
        ? undefined
        : typeof atb === 'string'
          ? { kind: atb }
          : { kind: 'list', nodes: atb.map(nodeId) },
  };
}

export type Cluster = {
  readonly machines: Map<number, QuorumState>;
  /** Running nodes, part by part. */
  groups: readonly (readonly number[])[];
  readonly act: (event: string) => void;
  /** `{1,2}:Q t2/EV3/q2; {3}:– t1/EV3/q2`, as the specification's scenario table has it. */
  readonly say: () => string;
  /** What the last event made each node do. */
  readonly lastEffects: Map<number, readonly QuorumEffect[]>;
};

/**
 * Events: `up 1,2` (started afresh, they join the first part), `crash 3`, `split 12|34` (of all that
 * run; also for regrouping and healing), `window` (last_man_standing's window passes everywhere).
 */
export function cluster(rules: Rules): Cluster {
  const machines = new Map<number, QuorumState>();
  const ringSeqs = new Map<number, number>();
  const lastEffects = new Map<number, readonly QuorumEffect[]>();
  let now = 0;

  const form = (group: readonly number[]): void => {
    const ringSeq = Math.max(0, ...group.map((id) => ringSeqs.get(id) ?? 0)) + 4;
    const members = group.map((id) => ({ id: nodeId(id), info: info(stateOf(machines, id)) }));
    for (const id of group) {
      ringSeqs.set(id, ringSeq);
      const input = { kind: 'membership', ringSeq, members } as const;
      lastEffects.set(id, step(stateOf(machines, id), input, instant(now)));
    }
  };
  const regroup = (groups: readonly (readonly number[])[]): void => {
    const before = new Set(self.groups.map(String));
    self.groups = groups.filter((group) => group.length > 0);
    for (const group of self.groups) if (!before.has(String(group))) form(group);
  };
  const act = (event: string): void => {
    const [verb = '', words = ''] = event.split(' ');
    lastEffects.clear();
    now += 100;
    switch (verb) {
      case 'up': {
        const started = ids(words, ',');
        for (const id of started) machines.set(id, quorum(configOf(rules, id), undefined));
        const [first = [], ...rest] = self.groups;
        regroup([[...first, ...started].sort(), ...rest]);
        break;
      }
      case 'crash': {
        const gone: readonly number[] = ids(words, ',');
        for (const id of gone) {
          machines.delete(id);
          ringSeqs.delete(id);
        }
        regroup(self.groups.map((group) => group.filter((id) => !gone.includes(id))));
        break;
      }
      case 'split':
        regroup(words.split('|').map((group) => ids(group, '')));
        break;
      case 'window':
        now += WINDOW_MS;
        for (const [id, state] of machines) {
          lastEffects.set(id, step(state, { kind: 'tick' }, instant(now)));
        }
        break;
      default:
        throw new Error(`unknown event: ${event}`);
    }
  };
  const say = (): string => self.groups.map((group) => sayGroup(machines, group)).join('; ');
  const self: Cluster = { machines, groups: [], act, say, lastEffects };
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
