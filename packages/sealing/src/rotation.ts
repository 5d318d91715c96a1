/**
 * A change of keys without downtime, as a pure machine. Every node tells in its pings which keys it
 * takes and which one it seals with; so all can see when the next step is safe:
 *
 *   settled ──a new key is loaded──> offering: seals with the old, takes both
 *   offering ──every reachable peer takes the new──> moving: seals with the new, takes both
 *   moving ──every reachable peer seals with the new, for a while──> settled: takes the new alone
 *
 * A peer that cannot be reached is not waited for: it needs the new key before it comes back.
 */
import {
  after,
  type Instant,
  type Milliseconds,
  type NodeId,
  note,
  type Note,
} from '@holdfast/base';

/** What a node says about its keys, as fingerprints. */
export type KeyNews = { readonly sealsWith: number; readonly takes: readonly number[] };

export type RotationPhase =
  | { readonly kind: 'settled' }
  | { readonly kind: 'offering'; readonly next: number }
  | { readonly kind: 'moving'; readonly old: number; settleAt: Instant | undefined };

export type RotationState = {
  /** How long all must have been seen with the new key before the old one is forgotten. */
  readonly graceMs: Milliseconds;
  key: number;
  phase: RotationPhase;
  readonly peers: Map<NodeId, KeyNews>;
};

export type RotationInput =
  /** The key file holds another key now. */
  | { readonly kind: 'load'; readonly key: number }
  | { readonly kind: 'news'; readonly peer: NodeId; readonly news: KeyNews }
  /** The peers that a link reaches. */
  | { readonly kind: 'reachable'; readonly peers: ReadonlySet<NodeId> }
  | { readonly kind: 'tick' };

export type RotationEffect =
  /** Take what is sealed with these keys, and seal with the first. */
  { readonly kind: 'keys'; readonly sealWith: number; readonly take: readonly number[] } | Note;

export function rotation(key: number, graceMs: Milliseconds): RotationState {
  return { graceMs, key, phase: { kind: 'settled' }, peers: new Map() };
}

/** What this node tells the others. */
export function keyNews({ key, phase }: RotationState): KeyNews {
  return { sealsWith: key, takes: taken(key, phase) };
}

/** When a tick is due; undefined: never. */
export function deadline({ phase }: RotationState): Instant | undefined {
  return phase.kind === 'moving' ? phase.settleAt : undefined;
}

export function step(state: RotationState, input: RotationInput, now: Instant): RotationEffect[] {
  switch (input.kind) {
    case 'load':
      return onLoad(state, input.key);
    case 'news':
      state.peers.set(input.peer, input.news);
      return advance(state, now);
    case 'reachable':
      for (const id of state.peers.keys()) if (!input.peers.has(id)) state.peers.delete(id);
      return advance(state, now);
    case 'tick':
      return advance(state, now);
  }
}

function onLoad(state: RotationState, key: number): RotationEffect[] {
  const { phase } = state;
  if (key === state.key) return [];
  if (phase.kind === 'offering' && phase.next === key) return [];
  if (phase.kind === 'moving') {
    const text =
      'a third key was loaded while two are in use; it is not taken: load it again when all nodes have the second';
    return [note('error', 'key-refused', text)];
  }
  state.phase = { kind: 'offering', next: key };
  const text =
    'a new key is loaded; the old one stays in use until every reachable node has the new one';
  return [keys(state), note('notice', 'key-loaded', text)];
}

function advance(state: RotationState, now: Instant): RotationEffect[] {
  const { phase } = state;
  const peers = [...state.peers.values()];
  switch (phase.kind) {
    case 'settled':
      return [];
    case 'offering':
      if (!peers.every(({ takes }) => takes.includes(phase.next))) return [];
      return move(state, phase.next);
    case 'moving':
      if (!peers.every(({ sealsWith }) => sealsWith === state.key)) {
        phase.settleAt = undefined;
        return [];
      }
      phase.settleAt ??= after(now, state.graceMs);
      return now >= phase.settleAt ? settle(state) : [];
  }
}

function move(state: RotationState, next: number): RotationEffect[] {
  state.phase = { kind: 'moving', old: state.key, settleAt: undefined };
  state.key = next;
  const text = 'every reachable node has the new key; datagrams are sealed with it from now on';
  return [keys(state), note('notice', 'key-active', text)];
}

function settle(state: RotationState): RotationEffect[] {
  state.phase = { kind: 'settled' };
  const text = 'the old key is forgotten; a node that has no other is shut out';
  return [keys(state), note('notice', 'key-retired', text)];
}

function keys(state: RotationState): RotationEffect {
  return { kind: 'keys', sealWith: state.key, take: taken(state.key, state.phase) };
}

function taken(key: number, phase: RotationPhase): readonly number[] {
  switch (phase.kind) {
    case 'settled':
      return [key];
    case 'offering':
      return [key, phase.next];
    case 'moving':
      return [key, phase.old];
  }
}
