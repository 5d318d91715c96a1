/**
 * Configuration changes through the agreed stream: proposed, prepared on every member's disk, put in
 * force everywhere at the same point of the stream, acknowledged when every disk has it in force.
 */
import type { Instant, NodeId } from '@holdfast/base';
import { compareVersions, formatVersion } from '@holdfast/cib';
import { type Proposal, step as stepStore, versionOf } from '@holdfast/cib-store';
import type { Command } from './commands.ts';
import { isProvenDown } from './replica.ts';
import type { Answer, RequestFault } from './protocol.ts';
import { type ControllerState, isDc, nameOf } from './state.ts';
import { handleStoreEffects } from './storing.ts';
import { emit, send } from './stream.ts';
import { readVersionText } from './version-text.ts';

/** Proposals in the stream at once; an asker beyond that is told to come back. */
export const PROPOSALS_MAX = 256;

export function onPropose(state: ControllerState, from: NodeId, proposal: Proposal): void {
  state.proposals.push({ proposal, from, prepared: new Set() });
  if (state.proposals.length === 1) prepareFirst(state);
}

function prepareFirst(state: ControllerState): void {
  const first = state.proposals[0];
  if (first === undefined) return;
  handleStoreEffects(state, stepStore(state.store, { kind: 'propose', proposal: first.proposal }));
}

/** One member's word on the proposal under way. The same word in the same order everywhere. */
export function onPrepared(
  state: ControllerState,
  from: NodeId,
  { id, fault }: Command & { kind: 'prepared' },
  now: Instant,
): void {
  const first = state.proposals[0];
  if (state.view.kind !== 'agreed' || first?.proposal.id !== id) return;
  if (fault !== undefined) {
    state.proposals.shift();
    handleStoreEffects(state, stepStore(state.store, { kind: 'discard', id, why: fault }));
    if (first.from === state.config.self) refuseProposal(state, id, from, fault);
    if (id === introductionId(state.deciding.introduced)) state.deciding.introduced = undefined;
    prepareFirst(state);
    return;
  }
  first.prepared.add(from);
  if (!state.view.members.every((member) => first.prepared.has(member))) return;
  state.proposals.shift();
  handleStoreEffects(state, stepStore(state.store, { kind: 'commit', id }));
  if (first.from === state.config.self && state.waiting.has(id)) {
    state.waiting.set(id, { kind: 'storing', version: versionOf(state.store), since: now });
  }
  prepareFirst(state);
}

/** The DC's own proposal that writes a view's members into the configuration. */
export function introductionId(view: string | undefined): string {
  return `introduce-${view ?? ''}`;
}

function refuseProposal(state: ControllerState, id: string, from: NodeId, fault: string): void {
  if (fault.startsWith('stale: ')) {
    answer(state, id, refusal('stale', fault.slice('stale: '.length)));
    return;
  }
  const message = `${nameOf(state, from)} could not store the change (${fault}); nothing was changed anywhere`;
  answer(state, id, refusal('refused', message));
}

/** The view is over: what was not in force in it never will be. */
export function discardProposals(state: ControllerState): void {
  for (const { proposal } of state.proposals) {
    handleStoreEffects(
      state,
      stepStore(state.store, { kind: 'discard', id: proposal.id, why: 'the view ended' }),
    );
  }
  state.proposals = [];
}

export function onStored(
  state: ControllerState,
  from: NodeId,
  term: number,
  version: string,
): void {
  state.stored.set(from, { term, version: readVersionText(version) });
  answerStored(state);
}

/** Answers every request whose change is on the disk of every member. */
export function answerStored(state: ControllerState): void {
  const { view } = state;
  if (view.kind !== 'agreed') return;
  for (const [id, waiting] of state.waiting) {
    if (waiting.kind !== 'storing') continue;
    const everywhere = view.members.every((member) => {
      const stored = state.stored.get(member);
      return (
        stored !== undefined &&
        stored.term >= state.store.term &&
        compareVersions(stored.version, waiting.version) >= 0
      );
    });
    if (everywhere) answer(state, id, receipt(state));
  }
}

function receipt(state: ControllerState): Answer {
  const members = state.view.kind === 'none' ? [] : state.view.members;
  const durable = state.view.kind === 'agreed' && state.view.authoritative;
  const version = formatVersion(versionOf(state.store));
  const storedOn = members.map((id) => nameOf(state, id));
  const unproven = unprovenNames(state);
  const warnings = durable
    ? []
    : [
        `stored on ${storedOn.join(', ')} only: ${unproven.join(', ')} is not proven down, and if it goes on instead, this change is lost`,
      ];
  return { kind: 'receipt', receipt: { version, storedOn, durable, warnings } };
}

function unprovenNames(state: ControllerState): readonly string[] {
  const members = state.view.kind === 'none' ? [] : state.view.members;
  return [...state.config.names]
    .filter(([id, name]) => !members.includes(id) && !isProvenDown(state.replica, name))
    .map(([, name]) => name);
}

/**
 * May this partition acknowledge? Quorate, and nobody outside can go on without it: either it holds
 * most of the configured votes, or every absent node is proven down.
 */
function mayAcknowledge(state: ControllerState): boolean {
  if (!state.quorum.quorate) return false;
  let configured = 0;
  for (const votes of state.config.votes.values()) configured += votes;
  return state.quorum.totalVotes * 2 > configured || unprovenNames(state).length === 0;
}

/** The DC begins a term as soon as its partition may acknowledge. */
export function considerTerm(state: ControllerState): void {
  if (state.view.kind !== 'agreed' || state.view.authoritative || !isDc(state)) return;
  if (!mayAcknowledge(state) || state.deciding.termAsked === state.view.id) return;
  state.deciding.termAsked = state.view.id;
  send(state, { kind: 'begin-term', term: state.store.term + 1 });
}

export function onBeginTerm(state: ControllerState, term: number): void {
  if (state.view.kind !== 'agreed' || term <= state.store.term) return;
  state.view.authoritative = true;
  handleStoreEffects(state, stepStore(state.store, { kind: 'begin-term', term }));
}

/** Requests whose words may have been lost with the old view are answered, not forgotten. */
export function restartWaiting(state: ControllerState, now: Instant): void {
  for (const [id, waiting] of state.waiting) {
    switch (waiting.kind) {
      case 'sent':
        answer(
          state,
          id,
          refusal(
            'lost',
            'the membership changed while the change was under way, and it was not made; try again',
          ),
        );
        break;
      case 'storing':
        state.waiting.set(id, { ...waiting, since: now });
        break;
      case 'fencing':
      case 'drilling':
      case 'stopping':
        break;
    }
  }
}

/** Another partition's configuration takes the place of ours, with or without our last changes. */
export function refuseStoring(state: ControllerState): void {
  for (const [id, waiting] of state.waiting) {
    if (waiting.kind !== 'storing') continue;
    const text =
      'the configuration of other members took the place of the one the change was made in; look whether the change is in it';
    answer(state, id, refusal('lost', text));
  }
}

export function answer(state: ControllerState, id: string, what: Answer): void {
  if (!state.waiting.delete(id)) return;
  emit(state, { kind: 'answer', id, answer: what });
}

export function refusal(code: RequestFault['code'], message: string): Answer {
  return { kind: 'fault', fault: { code, message } };
}
