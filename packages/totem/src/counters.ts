/** What a ring counts about itself: for `crm status`, and for whoever wonders why it is slow. */
import type { Room } from './queue.ts';

export type Counters = {
  /** Datagrams taken in, and those that were dropped, by why. */
  datagrams: number;
  /** Not a frame at all. */
  garbage: number;
  /** Of another cluster, or of a node that is not configured. */
  foreign: number;
  /** Of an earlier life of its sender. */
  stale: number;
  /** Heard already: a copy, or one that somebody recorded. */
  replayed: number;
  /** Of a ring that is over, or that this node is not on. */
  stray: number;
  /** Messages that came again, though nobody had to ask here. */
  duplicates: number;
  framesSent: number;
  bytesSent: number;
  rotations: number;
  /** Of a ring at work, in ms; the mean over about the last 16. */
  rotationMsLast: number;
  rotationMsMean: number;
  rotationMsMax: number;
  /** Times an idle ring's token was held, and let go before its time. */
  holds: number;
  holdsCancelled: number;
  messagesSent: number;
  messagesReceived: number;
  payloadsSent: number;
  payloadsDelivered: number;
  bytesDelivered: number;
  /** Visits that could send less than waited, for the window or a slow member. */
  throttled: number;
  retransmitted: number;
  /** Requests this node added to tokens, and the longest list it sent on. */
  requested: number;
  requestsMax: number;
  tokensRepeated: number;
  tokenLosses: number;
  gathers: number;
  /** Gathers since a ring was last installed. */
  gathersInVain: number;
  joinsReceived: number;
  joinsIgnored: number;
  commits: number;
  rings: number;
  /** Messages of old rings, sent again in recoveries. */
  recovered: number;
  failedToReceive: number;
  refused: number;
  queuePayloadsMax: number;
  queueBytesMax: number;
  freezes: number;
  frozenMsMax: number;
};

export function newCounters(): Counters {
  return {
    datagrams: 0,
    garbage: 0,
    foreign: 0,
    stale: 0,
    replayed: 0,
    stray: 0,
    duplicates: 0,
    framesSent: 0,
    bytesSent: 0,
    rotations: 0,
    rotationMsLast: 0,
    rotationMsMean: 0,
    rotationMsMax: 0,
    holds: 0,
    holdsCancelled: 0,
    messagesSent: 0,
    messagesReceived: 0,
    payloadsSent: 0,
    payloadsDelivered: 0,
    bytesDelivered: 0,
    throttled: 0,
    retransmitted: 0,
    requested: 0,
    requestsMax: 0,
    tokensRepeated: 0,
    tokenLosses: 0,
    gathers: 0,
    gathersInVain: 0,
    joinsReceived: 0,
    joinsIgnored: 0,
    commits: 0,
    rings: 0,
    recovered: 0,
    failedToReceive: 0,
    refused: 0,
    queuePayloadsMax: 0,
    queueBytesMax: 0,
    freezes: 0,
    frozenMsMax: 0,
  };
}

/** What waits and what is kept, now. */
export type Depths = {
  readonly queuePayloads: number;
  readonly queueBytes: number;
  readonly room: Room;
  /** Messages of the ring that somebody may still miss. */
  readonly kept: number;
  /** Of those, such that are not handed up yet. */
  readonly undelivered: number;
};

export function countRotation(counters: Counters, tookMs: number): void {
  counters.rotationMsLast = tookMs;
  counters.rotationMsMean += (tookMs - counters.rotationMsMean) / 16;
  if (tookMs > counters.rotationMsMax) counters.rotationMsMax = tookMs;
}
