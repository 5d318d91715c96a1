/** What happens when a timer runs out (T1.13, T1.29, T1.54–T1.56). */
import type { NodeId } from '@holdfast/base';
import { detectMerges, enterGather, onConsensusTimeout, sendJoin } from './gather.ts';
import type { Message } from './message.ts';
import { forward } from './operational.ts';
import { setTimer, successor, tell, unicast } from './outbox.ts';
import type { RingState, Timers } from './state.ts';

export function expire(state: RingState): void {
  for (const name of ['hold', 'retransmit', 'join', 'consensus', 'token', 'merge'] as const) {
    const at = state.timers[name];
    if (at === undefined || at > state.now) continue;
    state.timers[name] = undefined;
    onTimer(state, name);
  }
}

function onTimer(state: RingState, name: keyof Timers): void {
  const { phase } = state;
  switch (name) {
    case 'hold':
      if (phase.kind === 'operational' && phase.isHolding) forward(state, phase);
      return;
    case 'retransmit':
      repeatToken(state);
      return;
    case 'join':
      if (phase.kind !== 'gather') return;
      sendJoin(state);
      setTimer(state, 'join', state.config.joinMs);
      return;
    case 'consensus':
      if (phase.kind === 'gather') onConsensusTimeout(state);
      return;
    case 'token':
      onTokenLoss(state);
      return;
    case 'merge':
      detectMerges(state);
      return;
  }
}

/** The successor has not moved on: it may not have got the token (T1.29). */
function repeatToken(state: RingState): void {
  const repetition = toRepeat(state);
  if (repetition === undefined) return;
  state.counters.tokensRepeated += 1;
  setTimer(state, 'retransmit', state.config.tokenRetransmitMs);
  unicast(state, successor(repetition.members, state.config.self), repetition.message);
}

type Repetition = { readonly members: readonly NodeId[]; readonly message: Message };

function toRepeat(state: RingState): Repetition | undefined {
  const { phase } = state;
  switch (phase.kind) {
    case 'operational': {
      const { sent } = phase.rotation;
      if (sent === undefined || phase.isHolding) return undefined;
      return { members: state.members, message: sent };
    }
    case 'recovery': {
      const message = phase.recovery.rotation.sent ?? state.commitSent;
      return message === undefined ? undefined : { members: phase.recovery.members, message };
    }
    case 'commit':
      return { members: phase.members, message: phase.sent };
    case 'gather':
    case 'stopped':
      return undefined;
  }
}

/** A token timer that has run out counts before anything that arrives with it. */
export function expireToken(state: RingState): void {
  const { token } = state.timers;
  if (token === undefined || token > state.now) return;
  state.timers.token = undefined;
  onTokenLoss(state);
}

function onTokenLoss(state: RingState): void {
  state.counters.tokenLosses += 1;
  if (state.phase.kind === 'gather') {
    onConsensusTimeout(state);
    if (state.timers.token !== undefined) enterGather(state, 'the agreed ring did not form');
    return;
  }
  if (state.phase.kind === 'operational')
    tell(state, 'notice', 'token-lost', 'the token was lost: somebody does not answer');
  enterGather(state, 'the token was lost');
}
