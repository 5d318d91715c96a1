/** Sending into the agreed stream, and collecting what the world must do. */
import { note, type Severity } from '@holdfast/base';
import { type Command, encodeEnvelope } from './commands.ts';
import type { ControllerEffect } from './protocol.ts';
import type { ControllerState } from './state.ts';

export function emit(state: ControllerState, effect: ControllerEffect): void {
  state.effects.push(effect);
}

export function tell(
  state: ControllerState,
  severity: Severity,
  event: string,
  text: string,
): void {
  emit(state, note(severity, event, text));
}

/**
 * Multicasts a command, bound to the view it is made in. Without a view there is nobody to agree
 * with, and nothing is sent: what matters is said again in the next offer.
 */
export function send(state: ControllerState, command: Command, tag?: string): void {
  if (state.view.kind === 'none') return;
  emit(state, {
    kind: 'multicast',
    payload: encodeEnvelope({ view: state.view.id, tag, command }),
    isSafe: isSafe(state, command),
  });
}

/** What changes the vote count must not be acted on by one member and be unknown to another. */
function isSafe({ config }: ControllerState, { kind }: Command): boolean {
  return kind === 'order' || (kind === 'offer' && config.hasSafeOffers === true);
}
