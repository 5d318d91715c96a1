/** What a node can tell of itself at any moment, for screens. Reads state, changes nothing. */
import { formatDuration, milliseconds, type Instant } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import { type FenceEntry, readCluster } from '@holdfast/controller';
import { fencerView } from '@holdfast/fencer';
import { type QuorumView, view as quorumView } from '@holdfast/quorum';
import type { NodeMachine } from './machine.ts';

export type NodeReading = {
  readonly cib: Cib;
  readonly quorum: QuorumView;
  /** `waiting`, `joining`, `scheduling`, `transition`, `idle`. */
  readonly activity: string;
  readonly isDurable: boolean;
  readonly fences: readonly FenceEntry[];
};

export function readNode(state: NodeMachine): NodeReading {
  const { controller } = state;
  return {
    cib: readCluster(controller),
    quorum: quorumView(state.quorum),
    activity: activityOf(state),
    isDurable: controller.view.kind === 'agreed' && controller.view.authoritative,
    fences: controller.replica.fences,
  };
}

function activityOf(state: NodeMachine): string {
  const { view, deciding } = state.controller;
  if (view.kind === 'none') return 'waiting';
  if (view.kind === 'joining') return 'joining';
  switch (deciding.phase.kind) {
    case 'idle':
      return 'idle';
    case 'scheduling':
      return 'scheduling';
    case 'walking':
      return 'transition';
  }
}

/** What the fencer on this node is doing, one sentence a target. */
export function readFencing(state: NodeMachine, now: Instant): readonly string[] {
  return fencerView(state.fencer).map((each) => {
    const wait =
      each.until === undefined
        ? ''
        : `, for ${formatDuration(milliseconds(Math.max(0, each.until - now)))} more`;
    return `${each.target}: ${each.doing}${wait}`;
  });
}
