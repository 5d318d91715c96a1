/**
 * The controller: the agreed stream in, status, decisions and operations out.
 *
 * Every member applies every command; the DC (a function of the agreed view, so there is no election)
 * also decides. Nothing here reads a clock or a disk; see `protocol.ts` for what it asks of the world.
 */
import { earliest, type Instant } from '@holdfast/base';
import { diff, ensureNode, formatVersion, property } from '@holdfast/cib';
import { step as stepStore, versionOf, type Proposal } from '@holdfast/cib-store';
import { onEnvelope } from './applying.ts';
import { decodeEnvelope } from './commands.ts';
import { decide, decidingDeadline, goOn, onScheduled } from './deciding.ts';
import { answerFences } from './fence-answers.ts';
import { onDrilled } from './fence-drills.ts';
import { onFencerProgress, withdrawWithoutQuorum } from './fence-holds.ts';
import { formatRecord } from './fence-record.ts';
import { onFencerResult } from './fencing.ts';
import { onRegular } from './joining.ts';
import { onReport } from './local.ts';
import { answerStored, considerTerm, introductionId } from './proposals.ts';
import type { ControllerEffect, ControllerInput } from './protocol.ts';
import { askToLeave, onRequest } from './requests.ts';
import { type ControllerState, isDc, nameOf } from './state.ts';
import { handleStoreEffects, storeAgain } from './storing.ts';
import { emit, send, tell } from './stream.ts';

export function step(
  state: ControllerState,
  input: ControllerInput,
  now: Instant,
): ControllerEffect[] {
  state.effects = [];
  take(state, input, now);
  goOn(state, now);
  storeAgain(state, now);
  if (state.view.kind === 'agreed' && state.view.isCounted) {
    considerTerm(state);
    introduceMembers(state);
    answerStored(state);
  }
  answerFences(state);
  persistFences(state);
  decide(state, now);
  const { effects } = state;
  state.effects = [];
  return effects;
}

/** When `step` wants a tick, if nothing happens before; undefined: never. */
export function deadline(state: ControllerState): Instant | undefined {
  return earliest(decidingDeadline(state), state.storeAgainAt);
}

function take(state: ControllerState, input: ControllerInput, now: Instant): void {
  switch (input.kind) {
    case 'delivered': {
      const envelope = decodeEnvelope(input.payload);
      if (envelope === undefined) {
        const from = nameOf(state, input.from);
        tell(
          state,
          'warning',
          'unknown-command',
          `${from} sent a command this version does not know; it was left alone`,
        );
        return;
      }
      onEnvelope(state, input.from, envelope, now);
      return;
    }
    case 'membership':
      onRegular(state, input.membership, input.news, now);
      return;
    case 'order':
      if (state.view.kind === 'agreed') send(state, input);
      return;
    case 'quorum':
      onQuorum(state, input.reading, now);
      return;
    case 'scheduled':
      onScheduled(state, input, now);
      return;
    case 'report':
      onReport(state, input);
      return;
    case 'fenced':
    case 'fence-failed':
    case 'fence-withdrawn':
      onFencerResult(state, input, now);
      return;
    case 'fence-progress':
      onFencerProgress(state, input);
      return;
    case 'drilled':
      onDrilled(state, input, now);
      return;
    case 'disk':
      handleStoreEffects(state, stepStore(state.store, input));
      return;
    case 'request':
      onRequest(state, input.id, input.request, now);
      return;
    case 'clock':
      state.wallOffsetMs = input.wall - now;
      return;
    case 'tick':
      return;
  }
}

function onQuorum(state: ControllerState, reading: ControllerState['quorum'], now: Instant): void {
  if (state.view.kind === 'agreed' && !state.view.isCounted) {
    state.view.isCounted = true;
    askToLeave(state, now);
  }
  if (reading.quorate !== state.quorum.quorate) {
    state.deciding.dirty = reading.quorate ? 'quorum was gained' : 'quorum was lost';
    const policy = property(state.store.configuration, 'no-quorum-policy');
    if (!reading.quorate && policy !== 'ignore') withdrawWithoutQuorum(state);
  }
  state.quorum = reading;
}

/** What ended and what was proven is on every member's disk, as it was agreed. */
function persistFences(state: ControllerState): void {
  const { fences, proofs } = state.replica;
  const mark = state.recordedOf;
  if (mark.fences === fences && mark.proofs === proofs) return;
  state.recordedOf = { fences, proofs };
  const text = formatRecord(state.replica);
  if (text === state.recorded) return;
  state.recorded = text;
  emit(state, { kind: 'persist-fences', text });
}

/** The DC writes every member into the configuration's nodes, so that operators can name it. */
function introduceMembers(state: ControllerState): void {
  if (state.view.kind !== 'agreed' || !isDc(state) || !state.quorum.quorate) return;
  if (state.proposals.length > 0) return;
  const version = versionOf(state.store);
  const key = `${state.view.id} from ${formatVersion(version)}`;
  if (state.deciding.introduced === key) return;
  state.deciding.introduced = key;
  let root = state.store.root;
  for (const id of state.view.members) {
    root = ensureNode(root, { id: String(id), name: nameOf(state, id) });
  }
  if (root === state.store.root) return;
  const proposal: Proposal = {
    id: introductionId(key),
    base: `${version.adminEpoch}.${version.epoch}`,
    patch: diff(state.store.root, root),
    user: 'holdfast',
  };
  send(state, { kind: 'propose', proposal });
  tell(
    state,
    'info',
    'nodes',
    `members are written into the configuration (from ${formatVersion(version)})`,
  );
}
