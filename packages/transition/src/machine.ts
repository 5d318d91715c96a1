/**
 * Walks a graph: fires what may fire, waits for what is in flight, stops where something failed.
 *
 * The controller walks it for real, a dry run pretends; both use this one.
 */
import { assert } from '@holdfast/base';
import type { ActionId, Graph, GraphAction } from './graph.ts';

export type TransitionEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'completed'; readonly id: ActionId; readonly ok: boolean }
  /** Nothing new is fired; the walk finishes when what is in flight has come back. */
  | { readonly kind: 'abort'; readonly why: string };

export type Outcome = 'complete' | 'failed' | 'aborted';

export type TransitionEffect =
  | { readonly kind: 'fire'; readonly action: GraphAction }
  | { readonly kind: 'finished'; readonly outcome: Outcome; readonly unrun: readonly ActionId[] };

type Standing = 'waiting' | 'in-flight' | 'done' | 'failed';

export type TransitionState = {
  readonly actions: ReadonlyMap<ActionId, GraphAction>;
  readonly order: readonly GraphAction[];
  readonly batchLimit: number;
  readonly standing: Map<ActionId, Standing>;
  /** Inputs each action still waits for. */
  readonly missing: Map<ActionId, number>;
  readonly dependants: ReadonlyMap<ActionId, readonly ActionId[]>;
  /** Those that may fire, in the order in which they became ready. */
  ready: GraphAction[];
  inFlight: number;
  isAborted: boolean;
  isFinished: boolean;
};

export function transition(graph: Graph): TransitionState {
  const actions = new Map(graph.actions.map((action) => [action.id, action]));
  const dependants = new Map<ActionId, ActionId[]>();
  const missing = new Map<ActionId, number>();
  for (const action of graph.actions) {
    const inputs = [...new Set(action.after)].filter((id) => actions.has(id));
    missing.set(action.id, inputs.length);
    for (const input of inputs) {
      const known = dependants.get(input);
      if (known === undefined) dependants.set(input, [action.id]);
      else known.push(action.id);
    }
  }
  return {
    actions,
    order: graph.actions,
    batchLimit: graph.batchLimit,
    standing: new Map(graph.actions.map(({ id }) => [id, 'waiting'])),
    missing,
    dependants,
    ready: graph.actions.filter(({ id }) => missing.get(id) === 0),
    inFlight: 0,
    isAborted: false,
    isFinished: false,
  };
}

export function step(state: TransitionState, event: TransitionEvent): TransitionEffect[] {
  if (state.isFinished) return [];
  switch (event.kind) {
    case 'start':
      break;
    case 'completed':
      complete(state, event.id, event.ok);
      break;
    case 'abort':
      state.isAborted = true;
      break;
  }
  const effects: TransitionEffect[] = [];
  fireReady(state, effects);
  if (state.inFlight === 0 && (state.isAborted || state.ready.length === 0)) finish(state, effects);
  return effects;
}

function complete(state: TransitionState, id: ActionId, isGood: boolean): void {
  if (state.standing.get(id) !== 'in-flight') return;
  state.inFlight -= 1;
  settle(state, id, isGood);
}

function settle(state: TransitionState, id: ActionId, isGood: boolean): void {
  state.standing.set(id, isGood ? 'done' : 'failed');
  if (!isGood) return;
  for (const dependant of state.dependants.get(id) ?? []) {
    const left = (state.missing.get(dependant) ?? 0) - 1;
    state.missing.set(dependant, left);
    const action = state.actions.get(dependant);
    if (left === 0 && action !== undefined) state.ready.push(action);
  }
}

/** Pseudo actions are done as soon as they may be; an abort does not hold them up (C6.5.3). */
function fireReady(state: TransitionState, effects: TransitionEffect[]): void {
  for (;;) {
    const index = nextReady(state);
    if (index < 0) return;
    const [action] = state.ready.splice(index, 1);
    assert(action !== undefined, 'what is ready is there');
    if (action.kind === 'pseudo') {
      settle(state, action.id, true);
      continue;
    }
    state.standing.set(action.id, 'in-flight');
    state.inFlight += 1;
    effects.push({ kind: 'fire', action });
  }
}

function nextReady(state: TransitionState): number {
  const pseudo = state.ready.findIndex(({ kind }) => kind === 'pseudo');
  if (pseudo >= 0) return pseudo;
  if (state.isAborted) return -1;
  if (state.batchLimit > 0 && state.inFlight >= state.batchLimit) return -1;
  let best = -1;
  for (let index = 0; index < state.ready.length; index += 1) {
    const priority = state.ready[index]?.priority ?? 0;
    if (best < 0 || priority > (state.ready[best]?.priority ?? 0)) best = index;
  }
  return best;
}

function finish(state: TransitionState, effects: TransitionEffect[]): void {
  state.isFinished = true;
  const left = state.order.filter(({ id }) => {
    const standing = state.standing.get(id);
    return standing === 'waiting' || standing === 'failed';
  });
  const outcome = left.length === 0 ? 'complete' : state.isAborted ? 'aborted' : 'failed';
  const unrun = left.filter(({ id }) => state.standing.get(id) === 'waiting').map(({ id }) => id);
  effects.push({ kind: 'finished', outcome, unrun });
}
