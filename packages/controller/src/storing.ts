/** What the CIB store asks for, handed on: to the disk, to the stream, to those who read settings. */
import { after, type Instant, milliseconds } from '@holdfast/base';
import { formatVersion } from '@holdfast/cib';
import { needsRetry, step as stepStore, type StoreEffect } from '@holdfast/cib-store';
import type { ControllerState } from './state.ts';
import { emit, send } from './stream.ts';

/** How long a disk that refused is left alone. */
const STORE_AGAIN = milliseconds(1000);

/** A disk that refused what is in force is asked again until it takes it. */
export function storeAgain(state: ControllerState, now: Instant): void {
  if (!needsRetry(state.store)) {
    state.storeAgainAt = undefined;
    return;
  }
  state.storeAgainAt ??= after(now, STORE_AGAIN);
  if (state.storeAgainAt > now) return;
  state.storeAgainAt = undefined;
  handleStoreEffects(state, stepStore(state.store, { kind: 'retry' }));
}

export function handleStoreEffects(state: ControllerState, effects: readonly StoreEffect[]): void {
  for (const effect of effects) {
    switch (effect.kind) {
      case 'disk-prepare':
      case 'disk-commit':
      case 'disk-store':
      case 'note':
        emit(state, effect);
        break;
      case 'prepared':
        send(state, { kind: 'prepared', id: effect.id, fault: effect.fault });
        break;
      case 'stored':
        send(state, { kind: 'stored', term: effect.term, version: formatVersion(effect.version) });
        break;
      case 'in-force':
        emit(state, { kind: 'in-force', configuration: effect.configuration });
        state.replica.attempts.clear();
        state.deciding.dirty = 'the configuration changed';
        break;
    }
  }
}
