/** What the CIB store asks for, handed on: to the disk, to the stream, to those who read settings. */
import { formatVersion } from '@holdfast/cib';
import type { StoreEffect } from '@holdfast/cib-store';
import type { ControllerState } from './state.ts';
import { emit, send } from './stream.ts';

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
        state.deciding.dirty = 'the configuration changed';
        break;
    }
  }
}
