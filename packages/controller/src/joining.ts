/**
 * From a new ring to an agreed view.
 *
 *   regular membership → every member multicasts its `offer` → all offers in: the winner's lineage
 *   holds → if somebody is not in step with it, the winner multicasts its `snapshot` → agreed
 *
 * The winner: highest term, then whoever is quorate, then highest version, then whoever came from a
 * view (and is not just started), then the lowest id. A term is begun only by a partition that may
 * acknowledge changes, and every member of that partition has them on disk, so no acknowledged change
 * can lose. A quorate member knows who was lost and who is being fenced; one that has been alone since
 * its start knows nothing of it, and must not win by its id.
 */
import { type Instant, type NodeId, type NodeName, nodeName } from '@holdfast/base';
import { compareVersions, formatVersion } from '@holdfast/cib';
import { isStored, step as stepStore, versionOf } from '@holdfast/cib-store';
import type { Envelope, Offer, Snapshot, ViewId } from './commands.ts';
import { disregard } from './deciding.ts';
import { settleFences, shootingAt } from './fence-holds.ts';
import { missingFrom } from './fence-record.ts';
import { admit, markAbsent, markDown, wasShot } from './replica.ts';
import { discardProposals, refuseStoring, restartWaiting } from './proposals.ts';
import type { Membership, QuorumNews } from './protocol.ts';
import { type ControllerState, nameOf, selfName, wallMs } from './state.ts';
import { handleStoreEffects } from './storing.ts';
import { emit, send, tell } from './stream.ts';
import { readVersionText } from './version-text.ts';

export function viewId(ringId: Membership['ringId']): ViewId {
  return `${ringId.representative}.${ringId.seq}`;
}

/** A new ring. Everything said in the old view and not delivered is void. */
export function onRegular(
  state: ControllerState,
  membership: Membership,
  news: QuorumNews,
  now: Instant,
): void {
  state.previous = previousOf(state);
  discardProposals(state);
  disregard(state);
  state.stored.clear();
  state.view = {
    kind: 'joining',
    id: viewId(membership.ringId),
    ringSeq: membership.ringId.seq,
    members: [...membership.members].sort((a, b) => a - b),
    offers: new Map(),
    backlog: [],
  };
  const names = state.view.members.map((id) => nameOf(state, id));
  tell(state, 'notice', 'membership', `members now: ${names.join(', ')}`);
  send(state, {
    kind: 'offer',
    previous: state.previous,
    incarnation: state.config.incarnation,
    term: state.store.term,
    version: formatVersion(versionOf(state.store)),
    quorum: news,
    shooting: shootingAt(state),
    ended: state.local.fenceEnds.flatMap(({ ids }) => ids),
    watchdogMs: state.config.watchdogMs ?? null,
    atMs: wallMs(state, now),
    history: state.local.own.history,
    transientAttributes: state.local.own.transientAttributes,
  });
  restartWaiting(state, now);
}

/** Rings in a row that may fail to agree before their names are no longer all remembered. */
const CHAIN_MAX = 32;

/**
 * The view agreed on last, and every ring since that was left before it was agreed on. Only those who
 * went the same way all along have been delivered the same: the view alone does not say it, because
 * what is delivered while a ring breaks may differ between its parts.
 */
function previousOf({ view, previous, config }: ControllerState): string {
  switch (view.kind) {
    case 'agreed':
      return view.id;
    case 'none':
      return previous;
    case 'joining':
      if (previous === '') return '';
      return previous.split('/').length < CHAIN_MAX
        ? `${previous}/${view.id}`
        : `${config.incarnation}/${view.id}`;
  }
}

/** One member's offer; the last one settles whose lineage holds. */
export function onOffer(state: ControllerState, from: NodeId, offer: Offer): boolean {
  const { view } = state;
  if (view.kind !== 'joining') return false;
  view.offers.set(from, offer);
  if (view.offers.size < view.members.length) return false;
  if (inStep([...view.offers.values()])) return true;
  if (winnerOf(view.offers) === state.config.self) send(state, snapshotOf(state));
  return false;
}

/** All came from the same view: extended virtual synchrony has kept their replicas equal. */
function inStep(offers: readonly Offer[]): boolean {
  const first = offers[0]?.previous ?? '';
  if (offers.length === 1) return true;
  return first !== '' && offers.every(({ previous }) => previous === first);
}

export function winnerOf(offers: ReadonlyMap<NodeId, Offer>): NodeId | undefined {
  let winner: NodeId | undefined;
  let best: Offer | undefined;
  for (const id of [...offers.keys()].sort((a, b) => a - b)) {
    const offer = offers.get(id);
    if (offer === undefined || (best !== undefined && compareOffers(offer, best) <= 0)) continue;
    winner = id;
    best = offer;
  }
  return winner;
}

function compareOffers(a: Offer, b: Offer): number {
  if (a.term !== b.term) return a.term - b.term;
  if (a.quorum.isQuorate !== b.quorum.isQuorate)
    return Number(a.quorum.isQuorate) - Number(b.quorum.isQuorate);
  const version = compareVersions(readVersionText(a.version), readVersionText(b.version));
  if (version !== 0) return version;
  return Number(a.previous !== '') - Number(b.previous !== '');
}

function snapshotOf(state: ControllerState): Snapshot {
  const { replica, store } = state;
  return {
    kind: 'snapshot',
    term: store.term,
    root: store.root,
    nodes: [...replica.nodes.values()],
    tickets: replica.tickets,
    seniority: replica.seniority,
    incarnations: Object.fromEntries(replica.incarnations),
    shot: Object.fromEntries(replica.shot),
    fences: replica.fences,
    attempts: Object.fromEntries(replica.attempts),
    proofs: replica.proofs,
    watchdogs: Object.fromEntries(replica.watchdogs),
  };
}

/** The winner's replica; members that already hold it only take note. */
export function onSnapshot(state: ControllerState, from: NodeId, snapshot: Snapshot): boolean {
  const { view } = state;
  if (view.kind !== 'joining' || winnerOf(view.offers) !== from) return false;
  const winner = view.offers.get(from);
  const own = view.offers.get(state.config.self);
  const alike =
    winner !== undefined &&
    own !== undefined &&
    winner.previous === own.previous &&
    own.previous !== '';
  if (from !== state.config.self && !alike) {
    installSnapshot(state, from, snapshot);
    state.replica.attempts = namedMap(snapshot.attempts);
  }
  return true;
}

function installSnapshot(state: ControllerState, from: NodeId, snapshot: Snapshot): void {
  const { replica } = state;
  const mine = formatVersion(versionOf(state.store));
  const differs =
    snapshot.term !== state.store.term ||
    JSON.stringify(snapshot.root) !== JSON.stringify(state.store.root);
  replica.nodes = new Map(snapshot.nodes.map((node) => [node.name, node]));
  replica.tickets = snapshot.tickets;
  replica.seniority = snapshot.seniority;
  replica.incarnations = namedMap(snapshot.incarnations);
  replica.shot = namedMap(snapshot.shot);
  state.local.news = missingFrom(snapshot, replica, selfName(state));
  replica.fences = snapshot.fences;
  replica.proofs = snapshot.proofs;
  replica.watchdogs = namedMap(snapshot.watchdogs);
  if (!differs) return;
  refuseStoring(state);
  const root = snapshot.root;
  handleStoreEffects(state, stepStore(state.store, { kind: 'install', term: snapshot.term, root }));
  const theirs = formatVersion(versionOf(state.store));
  tell(
    state,
    'notice',
    'cib-installed',
    `configuration ${theirs} taken over from ${nameOf(state, from)} (was ${mine})`,
  );
}

function namedMap<Value>(record: Readonly<Record<string, Value>>): Map<NodeName, Value> {
  return new Map(Object.entries(record).map(([name, value]) => [nodeName(name), value]));
}

/** Everybody is in step: members are admitted with what they said of themselves, others are absent. */
export function agree(
  state: ControllerState,
): readonly { readonly from: NodeId; readonly envelope: Envelope }[] {
  const { view, replica } = state;
  if (view.kind !== 'joining') return [];
  const kept = replica.seniority.filter((id) => view.members.includes(id));
  replica.seniority = [...kept, ...view.members.filter((id) => !kept.includes(id))];
  for (const [id, name] of state.config.names) {
    const offer = view.offers.get(id);
    if (offer === undefined) {
      if (wasShot(replica, name)) markDown(replica, name);
      else markAbsent(replica, name);
      continue;
    }
    replica.shot.delete(name);
    if (replica.incarnations.get(name) !== offer.incarnation) markDown(replica, name);
    admit(replica, { id, name, incarnation: offer.incarnation }, offer);
  }
  state.view = {
    kind: 'agreed',
    id: view.id,
    members: view.members,
    isCounted: false,
    authoritative: false,
  };
  const voters = [...view.offers].map(([id, offer]) => ({ id, info: offer.quorum }));
  emit(state, {
    kind: 'agreed',
    ringSeq: view.ringSeq,
    members: voters.sort((a, b) => a.id - b.id),
  });
  settle(state, view.offers);
  state.deciding.dirty = 'the membership changed';
  if (isStored(state.store)) tellStored(state);
  return view.backlog;
}

/** What is left of fences from before, dated alike by all; and what only this member remembers. */
function settle(state: ControllerState, offers: ReadonlyMap<NodeId, Offer>): void {
  const { local, replica } = state;
  const named = new Map([...offers].map(([id, offer]) => [nameOf(state, id), offer]));
  for (const [name, { watchdogMs }] of named) {
    replica.attempts.delete(name);
    if (watchdogMs === null) replica.watchdogs.delete(name);
    else replica.watchdogs.set(name, watchdogMs);
  }
  const { fences, proofs } = local.news;
  if (fences.length + proofs.length > 0) send(state, { kind: 'fence-news', fences, proofs });
  settleFences(state, named, Math.max(...[...offers.values()].map(({ atMs }) => atMs)));
  local.news = { fences: [], proofs: [] };
}

/** This member has on disk what is in force. */
export function tellStored(state: ControllerState): void {
  send(state, {
    kind: 'stored',
    term: state.store.term,
    version: formatVersion(versionOf(state.store)),
  });
}
