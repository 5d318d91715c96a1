/** Timers against each other: what the reference takes and cannot work well with (rules T3.3, T3.4). */
import type { Block } from './check.ts';
import { addWarning, type Findings } from './fault.ts';
import type { TotemConf } from './model.ts';

type Timers = Pick<
  TotemConf,
  | 'effectiveTokenMs'
  | 'effectiveConsensusMs'
  | 'tokenRetransmitMs'
  | 'tokenRetransmitsBeforeLoss'
  | 'holdMs'
  | 'joinMs'
  | 'mergeMs'
  | 'windowSize'
  | 'maxMessages'
>;

type Relation = {
  /** The keys that could break it; where none is written, nothing is said. */
  readonly keys: readonly string[];
  readonly isBroken: (timers: Timers) => boolean;
  readonly what: (timers: Timers) => string;
  readonly wayOut: string;
};

const RELATIONS: readonly Relation[] = [
  {
    keys: ['token_retransmit', 'token', 'token_retransmits_before_loss_const'],
    isBroken: (timers) =>
      timers.tokenRetransmitMs * timers.tokenRetransmitsBeforeLoss >= timers.effectiveTokenMs,
    what: (timers) =>
      `leaves no time for ${timers.tokenRetransmitsBeforeLoss} tries of ${timers.tokenRetransmitMs} ms within a token timeout of ${timers.effectiveTokenMs} ms`,
    wayOut: 'leave token_retransmit out: it is derived',
  },
  {
    keys: ['hold', 'token_retransmit', 'token'],
    isBroken: (timers) => timers.holdMs >= timers.tokenRetransmitMs,
    what: (timers) =>
      `holds an idle token for ${timers.holdMs} ms, and after ${timers.tokenRetransmitMs} ms it is sent again`,
    wayOut: 'leave hold out: it is derived',
  },
  {
    keys: ['merge', 'token'],
    isBroken: (timers) => timers.mergeMs >= timers.effectiveTokenMs,
    what: (timers) =>
      `looks for other rings every ${timers.mergeMs} ms, which is no less than the token timeout`,
    wayOut: 'lower merge',
  },
  {
    keys: ['join', 'consensus'],
    isBroken: (timers) =>
      timers.effectiveConsensusMs >= timers.joinMs &&
      timers.effectiveConsensusMs <= 2 * timers.joinMs,
    what: (timers) =>
      `lets a join be said at most twice within a consensus timeout of ${timers.effectiveConsensusMs} ms`,
    wayOut: 'lower join or raise consensus',
  },
  {
    keys: ['max_messages', 'window_size'],
    isBroken: (timers) => timers.windowSize < timers.maxMessages,
    what: (timers) =>
      `lets one node send ${timers.maxMessages} messages a visit, and all nodes together ${timers.windowSize} a rotation`,
    wayOut: 'raise window_size',
  },
];

/** Warns of every relation that a written key breaks, at the line of the first such key. */
export function checkRelations(totem: Block, timers: Timers, found: Findings): void {
  for (const { keys, isBroken, what, wayOut } of RELATIONS) {
    const key = keys.find((each) => totem.integers.has(each));
    if (key === undefined || !isBroken(timers)) continue;
    const line = totem.integers.get(key)?.line ?? totem.line;
    addWarning(found, { line, key: `totem.${key}` }, what(timers), wayOut);
  }
}
