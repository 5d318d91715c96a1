/**
 * The DC's half: when something has changed, have the scheduler look, and walk the graph it answers
 * with. A node that is not the DC keeps this at rest.
 *
 *   dirty ──schedule──> scheduling ──graph──> walking ──finished──> idle
 *                            └──dirty: ask again       └──dirty: abort, wait for what is in flight
 */
import {
  after,
  earliest,
  formatDuration,
  type Instant,
  milliseconds,
  type NodeName,
} from '@holdfast/base';
import { durationProperty } from '@holdfast/cib';
import {
  type GraphAction,
  step as stepTransition,
  transition,
  type TransitionEffect,
} from '@holdfast/transition';
import { readCluster } from './cluster.ts';
import { pauseAfter } from './fence-record.ts';
import { orderFence } from './fence-order.ts';
import type { ControllerInput } from './protocol.ts';
import { type ControllerState, type InFlight, isDc, type Phase } from './state.ts';
import { emit, send, tell } from './stream.ts';

/** How long after its own timeout a node may stay silent about an operation (`cluster-delay`). */
const CLUSTER_DELAY_MS = 60_000;

/** A fence that was given up is not looked at again sooner, unless something changes. */
const GIVEN_UP_MS_MIN = 60_000;

/** Looks for something to do; called at the end of every step. */
export function decide(state: ControllerState, now: Instant): void {
  const { deciding } = state;
  if (!isDc(state)) {
    disregard(state);
    return;
  }
  giveUpSilent(state, now);
  if (deciding.recheckAt !== undefined && deciding.recheckAt <= now) {
    deciding.recheckAt = undefined;
    deciding.dirty ??= 'time has passed';
  }
  if (deciding.retryAt !== undefined && deciding.retryAt <= now) {
    deciding.retryAt = undefined;
    deciding.dirty ??= 'a failed fence is tried again';
  }
  if (deciding.dirty === undefined || state.held.length > 0) return;
  if (deciding.phase.kind === 'walking') {
    const { phase } = deciding;
    advance(state, stepTransition(phase.transition, { kind: 'abort', why: deciding.dirty }), now);
  }
  if (isAtRest(state)) askScheduler(state);
}

function isAtRest({ deciding }: ControllerState): boolean {
  return deciding.phase.kind === 'idle';
}

function askScheduler(state: ControllerState): void {
  const { deciding } = state;
  deciding.lastSeq += 1;
  deciding.phase = { kind: 'scheduling', seq: deciding.lastSeq };
  tell(state, 'debug', 'schedule', `look at the cluster: ${deciding.dirty ?? ''}`);
  deciding.dirty = undefined;
  deciding.recheckAt = undefined;
  emit(state, { kind: 'schedule', seq: deciding.lastSeq, cib: readCluster(state) });
}

export function onScheduled(
  state: ControllerState,
  input: ControllerInput & { kind: 'scheduled' },
  now: Instant,
): void {
  const { deciding } = state;
  if (deciding.phase.kind !== 'scheduling' || deciding.phase.seq !== input.seq) return;
  deciding.phase = { kind: 'idle' };
  if (deciding.dirty !== undefined) return;
  for (const each of input.notes) emit(state, each);
  if (input.recheckInMs !== undefined) deciding.recheckAt = after(now, input.recheckInMs);
  if (input.graph.actions.length === 0) return;
  deciding.lastTransition += 1;
  const walking = transition(input.graph);
  deciding.phase = {
    kind: 'walking',
    transition: walking,
    inFlight: new Map(),
    number: deciding.lastTransition,
  };
  tell(
    state,
    'info',
    'transition',
    `transition ${deciding.lastTransition}: ${input.graph.actions.length} actions`,
  );
  advance(state, stepTransition(walking, { kind: 'start' }), now);
}

function advance(state: ControllerState, effects: readonly TransitionEffect[], now: Instant): void {
  const { deciding } = state;
  for (const effect of effects) {
    if (deciding.phase.kind !== 'walking') return;
    switch (effect.kind) {
      case 'fire':
        fire(state, deciding.phase, effect.action, now);
        break;
      case 'finished':
        tell(
          state,
          'info',
          'transition',
          `transition ${deciding.phase.number} is ${effect.outcome}`,
        );
        deciding.phase = { kind: 'idle' };
        if (effect.outcome === 'failed' && deciding.retryAt === undefined)
          deciding.dirty ??= 'a transition failed';
        break;
    }
  }
}

/** `<action>:<transition>:<expected exit code>:<who decided>`. */
function keyOf(
  { config }: ControllerState,
  { number }: Phase & { kind: 'walking' },
  action: GraphAction,
): string {
  const target = action.kind === 'resource' ? action.targetRc : 0;
  return `${action.id}:${number}:${target}:${config.incarnation}`;
}

function fire(
  state: ControllerState,
  phase: Phase & { kind: 'walking' },
  action: GraphAction,
  now: Instant,
): void {
  const key = keyOf(state, phase, action);
  const track = (giveUpAfterMs: number | undefined): void => {
    const flight: InFlight = {
      action,
      giveUpAt:
        giveUpAfterMs === undefined
          ? undefined
          : after(now, milliseconds(giveUpAfterMs + CLUSTER_DELAY_MS)),
    };
    phase.inFlight.set(key, flight);
  };
  switch (action.kind) {
    case 'resource':
      track(action.timeoutMs + action.startDelayMs);
      send(state, { kind: 'execute', transitionKey: key, action });
      break;
    case 'cancel':
      track(0);
      send(state, {
        kind: 'cancel',
        transitionKey: key,
        node: action.node,
        resource: action.resource,
        task: action.task,
        intervalMs: action.intervalMs,
      });
      break;
    case 'fence':
      track(undefined);
      orderFence(state, { ...action, id: key, device: undefined, byHand: false }, now);
      break;
    case 'shutdown':
      track(0);
      send(state, { kind: 'shutdown-go', node: action.node }, key);
      break;
    case 'forget':
      track(0);
      forget(state, action, key);
      break;
    case 'pseudo':
      break;
  }
}

function forget(
  state: ControllerState,
  { resource, node, what }: GraphAction & { kind: 'forget' },
  key: string,
): void {
  send(state, { kind: 'cleanup', resource, node, what }, key);
}

/** The stream says that what was in flight under `key` has ended. False: it was not ours. */
export function completeAction(state: ControllerState, key: string, isGood: boolean): boolean {
  const { phase } = state.deciding;
  if (phase.kind !== 'walking') return false;
  const flight = phase.inFlight.get(key);
  if (flight === undefined) return false;
  phase.inFlight.delete(key);
  state.deciding.completed.push({ id: flight.action.id, isGood });
  if (flight.action.kind === 'fence' && !isGood) noteFenceFailure(state, flight.action.target);
  return true;
}

/** Lets the graph go on after the actions that have ended in this step. */
export function goOn(state: ControllerState, now: Instant): void {
  const { deciding } = state;
  for (;;) {
    const ended = deciding.completed.shift();
    if (ended === undefined) return;
    if (deciding.phase.kind !== 'walking') continue;
    planRetry(state, now);
    const event = { kind: 'completed', id: ended.id, ok: ended.isGood } as const;
    advance(state, stepTransition(deciding.phase.transition, event), now);
  }
}

function noteFenceFailure(state: ControllerState, target: NodeName): void {
  state.deciding.retryPlanned = target;
}

/** A failed fence is tried again, with growing pauses; one that was given up, when something changes. */
function planRetry(state: ControllerState, now: Instant): void {
  const { deciding, replica } = state;
  const target = deciding.retryPlanned;
  if (target === undefined) return;
  deciding.retryPlanned = undefined;
  const attempts = replica.attempts.get(target);
  const failures = attempts?.failures ?? 1;
  const isGivenUp = attempts?.nextAtMs === null;
  const { configuration } = state.store;
  const pause = isGivenUp
    ? milliseconds(
        Math.max(GIVEN_UP_MS_MIN, durationProperty(configuration, 'cluster-recheck-interval')),
      )
    : pauseAfter(failures);
  deciding.retryAt = earliest(deciding.retryAt, after(now, pause));
  const tries = `${failures} ${failures === 1 ? 'try' : 'tries'}`;
  const next = isGivenUp
    ? `it is given up until something changes: repair the device and run crm resource cleanup, or see that ${target} is off and run crm fence confirm ${target}`
    : `next try in ${formatDuration(pause)}`;
  tell(
    state,
    'error',
    isGivenUp ? 'fence-gave-up' : 'fence-retry',
    `${target} is not proven off after ${tries}; nothing it may be running is started elsewhere; ${next}`,
  );
}

function giveUpSilent(state: ControllerState, now: Instant): void {
  const { phase } = state.deciding;
  if (phase.kind !== 'walking') return;
  for (const [key, { action, giveUpAt }] of phase.inFlight) {
    if (giveUpAt === undefined || giveUpAt > now) continue;
    const node = 'node' in action ? action.node : undefined;
    tell(
      state,
      'error',
      'action-lost',
      `${node ?? 'a node'} did not report what it was asked to do in time`,
    );
    completeAction(state, key, false);
    state.deciding.dirty ??= 'an action was lost';
  }
  goOn(state, now);
}

/** Not the DC (any more): whatever was being decided is void. */
export function disregard(state: ControllerState): void {
  const { deciding } = state;
  deciding.phase = { kind: 'idle' };
  deciding.completed = [];
  deciding.recheckAt = undefined;
  deciding.retryAt = undefined;
  deciding.retryPlanned = undefined;
}

export function decidingDeadline(state: ControllerState): Instant | undefined {
  const { deciding } = state;
  if (!isDc(state)) return undefined;
  const flights = deciding.phase.kind === 'walking' ? [...deciding.phase.inFlight.values()] : [];
  return earliest(deciding.recheckAt, deciding.retryAt, ...flights.map(({ giveUpAt }) => giveUpAt));
}
