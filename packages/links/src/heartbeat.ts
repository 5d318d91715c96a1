/** Pings and what they tell: whether a path carries, in both directions, how fast, and how much. */
import { after, type Instant, instant, milliseconds, note } from '@holdfast/base';
import {
  addLoss,
  newSearch,
  nextProbe,
  onProbed,
  searchDueAt,
  startSearch,
  stopSearch,
} from './mtu.ts';
import type { DownReason, LinkSettings, LinksState, Path, Peer, RoundTrips } from './state.ts';
import { encodeHeartbeat, type Heartbeat } from './wire.ts';

/** Answers to pings and pings out of turn come no closer together than this. */
const PING_GAP_MS = milliseconds(10);
/** An unanswered ping is repeated so many times in an interval: lost datagrams are no lost link. */
const AGAIN = 10;
/** A path that was up for less has flapped, and must prove itself for longer. */
const STEADY_MS = 10_000;
const BACKOFF_MAX = 16;
/** Pings of one path that may wait for an answer at a time. */
const UNANSWERED_MAX = 64;
/** Round trips in the mean weigh as in TCP (RFC 6298): the newest counts for an eighth. */
const WEIGHT = 1 / 8;

export function newPath(state: LinksState, peer: Peer, link: number): Path {
  const { now } = state;
  return {
    peer: peer.id,
    link,
    isUp: false,
    pongs: 0,
    backoff: 1,
    upSince: now,
    lastPongAt: now,
    lastPingAt: instant(-Infinity),
    pingAt: now,
    unanswered: [],
    loss: 0,
    rtt: { count: 0, last: 0, mean: 0, min: Infinity, max: 0 },
    mtu: newSearch(state),
    sent: 0,
    received: 0,
    downs: 0,
  };
}

/** Does what is due on a path: says that it is down, pings, tries sizes. */
export function attend(state: LinksState, peer: Peer, path: Path, settings: LinkSettings): void {
  if (!state.interfaces.has(path.link)) return;
  if (path.isUp && state.now >= downAt(path, settings)) goDown(state, peer, path, 'silent');
  if (state.now >= path.pingAt) ping(state, path, settings);
  const size = nextProbe(state, path);
  if (size !== undefined) pingPadded(state, path, size);
}

/** When something is due on a path. */
export function pathDueAt(state: LinksState, path: Path, settings: LinkSettings): Instant {
  if (!state.interfaces.has(path.link)) return instant(Infinity);
  const down = path.isUp ? downAt(path, settings) : Infinity;
  return instant(Math.min(path.pingAt, down, searchDueAt(path)));
}

function downAt(path: Path, { pingTimeoutMs }: LinkSettings): Instant {
  return after(path.lastPongAt, milliseconds(pingTimeoutMs + 2 * path.rtt.mean));
}

/** An ordinary ping; the next one an interval later, or sooner where this one stays unanswered. */
export function ping(state: LinksState, path: Path, settings: LinkSettings): void {
  const { pingIntervalMs, pingTimeoutMs } = settings;
  while ((path.unanswered[0] ?? Infinity) < state.now - pingTimeoutMs) {
    path.unanswered.shift();
    if (path.isUp) addLoss(state, path, 1);
  }
  if (path.unanswered.length < UNANSWERED_MAX) path.unanswered.push(state.now);
  path.lastPingAt = state.now;
  const soon = Math.max(pingIntervalMs / AGAIN, 2 * path.rtt.mean);
  path.pingAt = after(state.now, milliseconds(path.isUp ? soon : pingIntervalMs));
  sendBeat(state, path, beatOf(state, path.link, 0));
}

function pingPadded(state: LinksState, path: Path, size: number): void {
  sendBeat(state, path, beatOf(state, path.link, size));
}

function beatOf(state: LinksState, link: number, size: number): Heartbeat {
  const { salt, news, now } = state;
  return { kind: 'ping', link, salt, sentAt: now, isHeard: false, size, news };
}

function sendBeat(state: LinksState, path: Path, beat: Heartbeat): void {
  const padded = beat.kind === 'ping' ? beat.size - state.overheadBytes : 0;
  path.sent += 1;
  state.counters.datagramsSent += 1;
  const { peer, link } = path;
  const plain = encodeHeartbeat(beat, padded);
  state.out.push({ kind: 'transmit', audience: peer, routes: [{ peer, link }], plain });
}

/** A peer asks: it is answered on the same link, and asked back where we know less of it than it of us. */
export function onPing(
  state: LinksState,
  path: Path,
  beat: Heartbeat,
  how: { readonly settings: LinkSettings; readonly isProven: boolean },
): void {
  const isHeard = how.isProven;
  sendBeat(state, path, { ...beat, kind: 'pong', isHeard, news: new Uint8Array(0) });
  const knowsEnough = how.isProven && (path.isUp || path.backoff > 1);
  if (knowsEnough || state.now < after(path.lastPingAt, PING_GAP_MS)) return;
  ping(state, path, how.settings);
}

/** A peer answers. True where the answer is to a question of this life, and so a proof of its own. */
export function onPong(
  state: LinksState,
  peer: Peer,
  path: Path,
  { beat, settings }: { readonly beat: Heartbeat; readonly settings: LinkSettings },
): boolean {
  const trip = state.now - beat.sentAt;
  if (beat.salt !== state.salt || !(trip >= 0 && trip <= settings.pingTimeoutMs)) return false;
  path.lastPongAt = state.now;
  if (beat.size > 0) {
    const next = onProbed(state, path, beat.size);
    if (next !== undefined) pingPadded(state, path, next);
    return true;
  }
  path.pingAt = after(path.lastPingAt, settings.pingIntervalMs);
  addTrip(path.rtt, trip);
  const asked = path.unanswered.indexOf(beat.sentAt);
  if (asked >= 0) path.unanswered.splice(asked, 1);
  addLoss(state, path, 0);
  if (path.isUp) return true;
  if (!beat.isHeard) {
    // It answers, but would drop our frames: by its own question it will have found out in a moment.
    path.pingAt = after(state.now, PING_GAP_MS);
    return true;
  }
  path.pongs += 1;
  if (path.pongs >= settings.pongCount * path.backoff) goUp(state, peer, path);
  else if (path.backoff === 1) ping(state, path, settings);
  return true;
}

function addTrip(rtt: RoundTrips, trip: number): void {
  rtt.mean = rtt.count === 0 ? trip : rtt.mean + (trip - rtt.mean) * WEIGHT;
  rtt.count += 1;
  rtt.last = trip;
  rtt.min = Math.min(rtt.min, trip);
  rtt.max = Math.max(rtt.max, trip);
}

function goUp(state: LinksState, peer: Peer, path: Path): void {
  path.isUp = true;
  path.loss = 0;
  path.pongs = 0;
  path.upSince = state.now;
  startSearch(state, path);
  const rttMs = path.rtt.mean;
  state.out.push({ kind: 'link-up', peer: peer.id, link: path.link, rttMs });
  const text = `link ${path.link} to node ${peer.id} is up (${rttMs.toFixed(2)} ms there and back)`;
  state.out.push(note('notice', 'link-up', text));
  if (peer.isReachable) return;
  peer.isReachable = true;
  state.out.push({ kind: 'reachable', peer: peer.id });
}

const WHY: Readonly<Record<DownReason, string>> = {
  silent: 'it does not answer',
  'no-interface': 'the interface with its address is gone from this host',
  removed: 'it is no longer in the configuration',
  restarted: 'that node was started anew, and does not know us yet',
};

/** A link lost is a warning; whether a node is lost is for the ring to find out. */
export function goDown(state: LinksState, peer: Peer, path: Path, why: DownReason): void {
  if (!path.isUp) return;
  const wasSteady = state.now - path.upSince >= STEADY_MS;
  path.isUp = false;
  path.pongs = 0;
  path.downs += 1;
  path.backoff = wasSteady ? 1 : Math.min(path.backoff * 2, BACKOFF_MAX);
  stopSearch(path);
  state.out.push({ kind: 'link-down', peer: peer.id, link: path.link, why });
  const others = [...peer.paths.values()].filter(({ isUp }) => isUp).map(({ link }) => link);
  const rest =
    others.length > 0 ? `link ${others.join(', ')} carries on` : 'no other link reaches that node';
  const text = `link ${path.link} to node ${peer.id} is down: ${WHY[why]}; ${rest}`;
  state.out.push(note('warning', 'link-down', text));
  if (others.length > 0) return;
  peer.isReachable = false;
  state.out.push({ kind: 'unreachable', peer: peer.id });
}
