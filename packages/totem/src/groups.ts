/**
 * Process groups on a ring, after the manner of CPG: processes join and leave groups by name, every
 * member of a group gets its messages and its views in the same order.
 *
 * After a new ring every member says which of its processes are in which groups; when all have, the
 * groups are what was said, and what waited is sent. The ring holds it back until then (`hasBarrier`).
 */
import type { NodeId } from '@holdfast/base';
import {
  decodeWord,
  encodeWord,
  type GroupMember,
  GROUP_NAME_MAX,
  type GroupWord,
  type Membership,
  MEMBERSHIPS_MAX,
} from './group-codec.ts';
import { sameRing } from './message.ts';
import type { RingId, RingUp } from './port.ts';

export type GroupInput =
  | { readonly kind: 'ring'; readonly event: RingUp }
  | { readonly kind: 'join' | 'leave'; readonly group: string; readonly process: number }
  | {
      readonly kind: 'send';
      readonly group: string;
      readonly process: number;
      readonly payload: Uint8Array;
      readonly isSafe?: boolean;
    };

export type GroupView = {
  readonly kind: 'view';
  readonly group: string;
  readonly ringId: RingId;
  /** Ascending by node, then process. */
  readonly members: readonly GroupMember[];
  readonly joined: readonly GroupMember[];
  readonly left: readonly (GroupMember & { readonly why: 'left' | 'node-lost' })[];
};

export type GroupEffect =
  | {
      readonly kind: 'multicast';
      readonly payload: Uint8Array;
      readonly isSafe?: boolean;
      readonly isSync?: boolean;
    }
  | { readonly kind: 'synced'; readonly ringId: RingId }
  | {
      readonly kind: 'message';
      readonly group: string;
      readonly from: GroupMember;
      readonly payload: Uint8Array;
    }
  | GroupView
  /** The name or the number of memberships is beyond a limit. */
  | { readonly kind: 'group-refused'; readonly group: string; readonly text: string };

type Round = {
  readonly ringId: RingId;
  readonly nodes: readonly NodeId[];
  readonly said: Map<NodeId, readonly Membership[]>;
};

export type GroupsState = {
  readonly self: NodeId;
  ringId: RingId;
  /** Members of every group, ascending. */
  groups: Map<string, readonly GroupMember[]>;
  round: Round | undefined;
};

export function groups(self: NodeId): GroupsState {
  const ringId = { representative: self, seq: 0 };
  return { self, ringId, groups: new Map(), round: undefined };
}

export function stepGroups(state: GroupsState, input: GroupInput): GroupEffect[] {
  switch (input.kind) {
    case 'ring':
      return onRing(state, input.event);
    case 'join': {
      const text = wrong(state, input.group);
      if (text !== undefined) return [{ kind: 'group-refused', group: input.group, text }];
      return [{ kind: 'multicast', payload: encodeWord({ ...input, kind: 'join' }) }];
    }
    case 'leave':
      return [{ kind: 'multicast', payload: encodeWord({ ...input, kind: 'leave' }) }];
    case 'send': {
      const { group, process, payload, isSafe = false } = input;
      const word: GroupWord = { kind: 'message', group, process, payload };
      return [{ kind: 'multicast', payload: encodeWord(word), isSafe }];
    }
  }
}

function wrong(state: GroupsState, group: string): string | undefined {
  const { length } = new TextEncoder().encode(group);
  if (length < 1 || length > GROUP_NAME_MAX)
    return `the group name ${group.slice(0, 20)} has ${length} bytes: use 1 to ${GROUP_NAME_MAX}`;
  if (mine(state).length < MEMBERSHIPS_MAX) return undefined;
  return `this node has ${MEMBERSHIPS_MAX} memberships in groups already: leave one first`;
}

function mine({ self, groups }: GroupsState): readonly Membership[] {
  return [...groups].flatMap(([group, members]) =>
    members.filter(({ node }) => node === self).map(({ process }) => ({ group, process })),
  );
}

function onRing(state: GroupsState, event: RingUp): GroupEffect[] {
  switch (event.kind) {
    case 'transitional':
      return [];
    case 'regular': {
      const { ringId, members } = event;
      state.ringId = ringId;
      state.round = { ringId, nodes: members, said: new Map() };
      const word: GroupWord = { kind: 'sync', ringId, memberships: mine(state) };
      return [{ kind: 'multicast', payload: encodeWord(word), isSync: true }];
    }
    case 'delivered': {
      const word = decodeWord(event.payload);
      return word === undefined ? [] : onWord(state, event.from, word);
    }
  }
}

function onWord(state: GroupsState, node: NodeId, word: GroupWord): GroupEffect[] {
  switch (word.kind) {
    case 'sync':
      return onSync(state, node, word.ringId, word.memberships);
    case 'message': {
      const { group, process, payload } = word;
      const isHere = state.groups.get(group)?.some((each) => each.node === state.self) === true;
      return isHere ? [{ kind: 'message', group, from: { node, process }, payload }] : [];
    }
    case 'join':
    case 'leave':
      return onMove(state, word.kind === 'join', word.group, { node, process: word.process });
  }
}

function onMove(
  state: GroupsState,
  isJoin: boolean,
  group: string,
  who: GroupMember,
): GroupEffect[] {
  const before = state.groups.get(group) ?? [];
  const others = before.filter((each) => !isSame(each, who));
  if (isJoin === others.length < before.length) return [];
  const members = isJoin ? [...others, who].sort(byPlace) : others;
  setMembers(state.groups, group, members);
  return viewOf(state, group, { before, members, nodes: undefined });
}

/** A round is over when all have spoken; one that a new ring ended is not heeded. */
function onSync(
  state: GroupsState,
  node: NodeId,
  ringId: RingId,
  memberships: readonly Membership[],
): GroupEffect[] {
  const { round } = state;
  if (round === undefined || !sameRing(ringId, round.ringId)) return [];
  round.said.set(node, memberships);
  if (!round.nodes.every((id) => round.said.has(id))) return [];
  state.round = undefined;
  const after = new Map<string, readonly GroupMember[]>();
  for (const [from, list] of round.said) {
    for (const { group, process } of list)
      setMembers(after, group, [...(after.get(group) ?? []), { node: from, process }]);
  }
  const before = state.groups;
  state.groups = new Map([...after].map(([group, list]) => [group, [...list].sort(byPlace)]));
  const names = [...new Set([...before.keys(), ...state.groups.keys()])].sort();
  const views = names.flatMap((group) =>
    viewOf(state, group, {
      before: before.get(group) ?? [],
      members: state.groups.get(group) ?? [],
      nodes: round.nodes,
    }),
  );
  return [...views, { kind: 'synced', ringId }];
}

type Change = {
  readonly before: readonly GroupMember[];
  readonly members: readonly GroupMember[];
  /** Of the new ring; undefined where the ring is the same. */
  readonly nodes: readonly NodeId[] | undefined;
};

/** A view, where this node has something to do with the group and something changed. */
function viewOf(state: GroupsState, group: string, change: Change): GroupEffect[] {
  const { before, members, nodes } = change;
  const joined = members.filter((who) => !before.some((each) => isSame(each, who)));
  const left = before
    .filter((who) => !members.some((each) => isSame(each, who)))
    .map((who) => {
      const why = nodes?.includes(who.node) === false ? ('node-lost' as const) : ('left' as const);
      return { ...who, why };
    });
  const isOurs = [...before, ...members].some(({ node }) => node === state.self);
  if (!isOurs || (joined.length === 0 && left.length === 0)) return [];
  return [{ kind: 'view', group, ringId: state.ringId, members, joined, left }];
}

function setMembers(
  map: Map<string, readonly GroupMember[]>,
  group: string,
  members: readonly GroupMember[],
): void {
  if (members.length === 0) map.delete(group);
  else map.set(group, members);
}

function isSame(a: GroupMember, b: GroupMember): boolean {
  return a.node === b.node && a.process === b.process;
}

function byPlace(a: GroupMember, b: GroupMember): number {
  return a.node - b.node || a.process - b.process;
}
