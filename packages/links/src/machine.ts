/**
 * The links: between the ring's frames and sealed datagrams, as a pure machine. It watches every link
 * to every peer, chooses the way for what the ring sends, and tells what came and what broke.
 */
import { type Instant, instant, type NodeId, note } from '@holdfast/base';
import { attend, goDown, newPath, onPing, onPong, pathDueAt, ping } from './heartbeat.ts';
import { resize } from './mtu.ts';
import { addPiece } from './reassembly.ts';
import { capacityTo, sendFrames } from './route.ts';
import type {
  LinksConfig,
  LinksEffect,
  LinkSettings,
  LinksInput,
  LinksSettings,
  LinksState,
  Path,
  Peer,
} from './state.ts';
import { decode, type Heartbeat } from './wire.ts';

type Datagram = Extract<LinksInput, { kind: 'datagram' }>;

/** How late a tick may come before the time lost counts as our own absence, in ms. */
const LATE_MS = 50;

export function links(config: LinksConfig, now: Instant): LinksState {
  const {
    salt,
    overheadBytes,
    peers,
    links: settings,
    mode,
    datagramBytes,
    mtuIntervalMs,
  } = config;
  const state: LinksState = {
    settings: { peers: [], links: [], mode, datagramBytes, mtuIntervalMs },
    salt,
    overheadBytes,
    peers: new Map(),
    interfaces: new Map(),
    news: new Uint8Array(0),
    nextFrame: 0,
    scratch: [],
    scratchUsed: 0,
    counters: {
      datagramsSent: 0,
      datagramsReceived: 0,
      framesSent: 0,
      framesReceived: 0,
      fragmentsSent: 0,
      malformed: 0,
      unproven: 0,
      misrouted: 0,
      unroutable: 0,
    },
    capacity: 0,
    dueAt: undefined,
    out: [],
    now,
    hasStarted: false,
  };
  configure(state, { peers, links: settings, mode, datagramBytes, mtuIntervalMs });
  return state;
}

/** Takes one input at `now`, and answers with what the world must do, in order. */
export function step(state: LinksState, input: LinksInput, now: Instant): LinksEffect[] {
  state.now = now;
  state.out = [];
  state.scratchUsed = 0;
  excuse(state);
  switch (input.kind) {
    case 'start':
      state.hasStarted = true;
      work(state);
      break;
    case 'datagram':
      onDatagram(state, input);
      break;
    case 'frames':
      sendFrames(state, input.frames);
      break;
    case 'interface':
      onInterface(state, input.link, input.payloadBytes);
      work(state);
      break;
    case 'configure':
      configure(state, input.settings);
      work(state);
      break;
    case 'news':
      state.news = input.news;
      everyPath(state, (path, settings) => {
        if (state.hasStarted && state.interfaces.has(path.link)) ping(state, path, settings);
      });
      break;
    case 'tick':
      work(state);
      break;
  }
  tellCapacity(state);
  return state.out;
}

/** The ring cuts its messages by it; told when it changes, and only while somebody is reached. */
function tellCapacity(state: LinksState): void {
  if (state.out.length === 0) return;
  const datagramBytes = capacityTo(state, 'all');
  if (datagramBytes === undefined || datagramBytes === state.capacity) return;
  state.capacity = datagramBytes;
  state.out.push({ kind: 'capacity', datagramBytes });
}

/** When a tick is due; undefined: never. */
export function deadline({ dueAt }: LinksState): Instant | undefined {
  return dueAt;
}

/** Time in which this node did not run counts against nobody: the silence was ours. */
function excuse(state: LinksState): void {
  const late = state.dueAt === undefined ? 0 : state.now - state.dueAt;
  if (late < LATE_MS) return;
  everyPath(state, (path) => {
    path.lastPongAt = instant(path.lastPongAt + late);
  });
  state.dueAt = state.now;
}

function everyPath(
  state: LinksState,
  visit: (path: Path, settings: LinkSettings, peer: Peer) => void,
): void {
  for (const peer of state.peers.values()) {
    for (const settings of state.settings.links) {
      const path = peer.paths.get(settings.link);
      if (path !== undefined) visit(path, settings, peer);
    }
  }
}

/** Does what is due, and finds out when something is due next. */
function work(state: LinksState): void {
  if (!state.hasStarted) return;
  let due = Infinity;
  everyPath(state, (path, settings, peer) => {
    attend(state, peer, path, settings);
    due = Math.min(due, pathDueAt(state, path, settings));
  });
  state.dueAt = due === Infinity ? undefined : instant(due);
}

function onDatagram(state: LinksState, datagram: Datagram): void {
  const peer = state.peers.get(datagram.sender);
  const path = peer?.paths.get(datagram.link);
  if (peer === undefined || path === undefined) return;
  const inside = decode(datagram.plain);
  if (inside === undefined) {
    state.counters.malformed += 1;
    return;
  }
  state.counters.datagramsReceived += 1;
  path.received += 1;
  switch (inside.kind) {
    case 'ping':
    case 'pong':
      onBeat(state, peer, path, { datagram, inside });
      return;
    case 'bundle':
      if (!datagram.isProven) state.counters.unproven += 1;
      else for (const bytes of inside.frames) deliver(state, peer.id, bytes);
      return;
    case 'fragment': {
      if (!datagram.isProven) state.counters.unproven += 1;
      const whole = datagram.isProven ? addPiece(peer.pieces, inside) : undefined;
      if (whole !== undefined) deliver(state, peer.id, whole);
      return;
    }
  }
}

type Beat = { readonly datagram: Datagram; readonly inside: Heartbeat };

function onBeat(state: LinksState, peer: Peer, path: Path, { datagram, inside }: Beat): void {
  const settings = state.settings.links.find(({ link }) => link === path.link);
  if (settings === undefined || !state.hasStarted || !state.interfaces.has(path.link)) return;
  if (inside.link !== path.link) {
    state.counters.misrouted += 1;
    return;
  }
  const { isProven, sender, epoch, counter } = datagram;
  if (inside.kind === 'ping') {
    if (isProven) hear(state, peer, inside.news);
    onPing(state, path, inside, { settings, isProven });
  } else if (onPong(state, peer, path, { beat: inside, settings }) && !isProven) {
    greet(state, peer);
    state.out.push({ kind: 'prove', sender, epoch, counter });
  }
  const due = pathDueAt(state, path, settings);
  if (state.dueAt === undefined || due < state.dueAt) state.dueAt = due;
}

/** A new life of the peer: what the old one left unfinished has no end, and this one must know us first. */
function greet(state: LinksState, peer: Peer): void {
  peer.pieces.clear();
  for (const path of peer.paths.values()) {
    goDown(state, peer, path, 'restarted');
    path.backoff = 1;
  }
}

function hear(state: LinksState, peer: Peer, news: Uint8Array): void {
  const isOld =
    news.length === peer.news.length && news.every((byte, at) => byte === peer.news[at]);
  if (isOld) return;
  peer.news = news.slice();
  state.out.push({ kind: 'news', peer: peer.id, news: peer.news });
}

function deliver(state: LinksState, from: NodeId, bytes: Uint8Array): void {
  state.counters.framesReceived += 1;
  state.out.push({ kind: 'deliver', from, bytes });
}

function onInterface(state: LinksState, link: number, payloadBytes: number | undefined): void {
  if (payloadBytes !== undefined) {
    const isNew = !state.interfaces.has(link);
    state.interfaces.set(link, payloadBytes);
    if (!isNew) return;
    everyPath(state, (path) => {
      if (path.link === link) path.pingAt = state.now;
    });
    return;
  }
  if (!state.interfaces.delete(link)) return;
  const text = `link ${link}: no interface of this host has its address; it is down until one has`;
  state.out.push(note('warning', 'interface-gone', text));
  everyPath(state, (path, _settings, peer) => {
    if (path.link === link) goDown(state, peer, path, 'no-interface');
  });
}

/** Takes over a configuration: links and peers that are new begin, those that are gone end. */
function configure(state: LinksState, settings: LinksSettings): void {
  const wanted = new Set(settings.links.map(({ link }) => link));
  for (const peer of state.peers.values()) {
    for (const path of peer.paths.values()) {
      if (wanted.has(path.link) && settings.peers.includes(peer.id)) continue;
      goDown(state, peer, path, 'removed');
      peer.paths.delete(path.link);
    }
    if (!settings.peers.includes(peer.id)) state.peers.delete(peer.id);
  }
  const isResized = settings.datagramBytes !== state.settings.datagramBytes;
  state.settings = settings;
  if (isResized)
    everyPath(state, (path) => {
      resize(state, path);
    });
  for (const id of settings.peers) {
    const peer = state.peers.get(id) ?? newPeer(id);
    state.peers.set(id, peer);
    for (const { link } of settings.links)
      if (!peer.paths.has(link)) peer.paths.set(link, newPath(state, peer, link));
  }
}

function newPeer(id: NodeId): Peer {
  const news = new Uint8Array(0);
  return { id, paths: new Map(), isReachable: false, news, pieces: new Map(), turn: 0 };
}
