/** What the links can tell of themselves, for screens. Reads state, changes nothing. */
import type { NodeId } from '@holdfast/base';
import type { LinkCounters, LinksState } from './state.ts';

export type PathStatus = {
  readonly peer: NodeId;
  readonly link: number;
  readonly state: 'up' | 'down' | 'no-interface';
  /** Round trips in ms; undefined before the first. */
  readonly rttMs:
    | { readonly last: number; readonly mean: number; readonly min: number; readonly max: number }
    | undefined;
  /** The largest UDP payload in use. */
  readonly datagramBytes: number;
  readonly datagramsSent: number;
  readonly datagramsReceived: number;
  /** How often it went down. */
  readonly downs: number;
};

export type LinksStatus = {
  readonly paths: readonly PathStatus[];
  readonly counters: Readonly<LinkCounters>;
};

export function linksStatus(state: LinksState): LinksStatus {
  const paths: PathStatus[] = [];
  for (const peer of state.peers.values()) {
    for (const { link, isUp, rtt, mtu, sent, received, downs } of peer.paths.values()) {
      const { last, mean, min, max } = rtt;
      paths.push({
        peer: peer.id,
        link,
        state: isUp ? 'up' : state.interfaces.has(link) ? 'down' : 'no-interface',
        rttMs: rtt.count === 0 ? undefined : { last, mean, min, max },
        datagramBytes: mtu.bytes,
        datagramsSent: sent,
        datagramsReceived: received,
        downs,
      });
    }
  }
  return { paths, counters: { ...state.counters } };
}
