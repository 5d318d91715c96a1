/** The ring's timers, computed as corosync.conf(5) does (rules T3.1 ff.). */
import { type Milliseconds, milliseconds } from '@holdfast/base';

export type RingTimeouts = {
  /** Without a token for so long, the ring is lost. */
  readonly tokenMs: Milliseconds;
  /** A forwarded token that nobody answers is sent again after so long. */
  readonly tokenRetransmitMs: Milliseconds;
  /** How long the representative of an idle ring keeps the token; below the retransmit time. */
  readonly holdMs: Milliseconds;
  /**
   * How long to wait for every processor's join before the silent ones count as failed; at least
   * 1.2 × the token timeout, or memberships flap.
   */
  readonly consensusMs: Milliseconds;
  readonly joinMs: Milliseconds;
  /** How often a ring looks for others to merge with. */
  readonly mergeMs: Milliseconds;
};

export type TimeoutChoice = {
  readonly tokenMs?: number;
  readonly retransmitsBeforeLoss?: number;
  readonly consensusMs?: number | undefined;
  readonly nodeCount: number;
  readonly tokenCoefficientMs?: number;
};

export function ringTimeouts(choice: TimeoutChoice): RingTimeouts {
  const base = choice.tokenMs ?? 3000;
  const beyondTwo = Math.max(0, choice.nodeCount - 2);
  const token = base + beyondTwo * (choice.tokenCoefficientMs ?? 650);
  const retransmit = Math.floor(token / ((choice.retransmitsBeforeLoss ?? 4) + 0.2));
  return {
    tokenMs: milliseconds(token),
    tokenRetransmitMs: milliseconds(retransmit),
    holdMs: milliseconds(Math.max(1, Math.floor(retransmit * 0.8 - 10))),
    consensusMs: milliseconds(choice.consensusMs ?? Math.floor(token * 1.2)),
    joinMs: milliseconds(50),
    mergeMs: milliseconds(200),
  };
}
