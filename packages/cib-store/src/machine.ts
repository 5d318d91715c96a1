/**
 * The configuration on one member: what is in force, what is prepared, what the disk has.
 *
 *   propose ──write beside──> prepared ──(all members)──> commit ──rename──> stored
 *                                 └──(a member failed, or the view changed)──> discard
 *
 * One proposal at a time for the whole cluster (the agreed stream serialises them), one disk
 * operation at a time on this member.
 */
import { assert, note } from '@holdfast/base';
import {
  applyPatch,
  type Configuration,
  encodeDisk,
  describePatchFault,
  formatVersion,
  readConfiguration,
  readVersion,
  type Version,
  withAttributes,
  type XmlElement,
} from '@holdfast/cib';
import type { Proposal, StoreEffect, StoreInput } from './protocol.ts';

type Prepared = { readonly proposal: Proposal; readonly root: XmlElement; readonly token: number };

type DiskJob =
  | { readonly kind: 'prepare'; readonly token: number; readonly id: string; readonly text: string }
  | {
      readonly kind: 'commit';
      readonly token: number;
      readonly version: Version;
      readonly term: number;
    }
  | {
      readonly kind: 'store';
      readonly token: number;
      readonly text: string;
      readonly version: Version;
      readonly term: number;
    };

/** More would mean that proposals are not serialised. */
const JOBS_MAX = 64;

export type StoreState = {
  term: number;
  root: XmlElement;
  configuration: Configuration;
  prepared: Prepared | undefined;
  readonly jobs: DiskJob[];
  lastToken: number;
  /** True while the first of `jobs` is with the disk. */
  busy: boolean;
  /** The disk refused what is in force; it must be asked again. */
  isRefused: boolean;
};

/** A store that has read `root` and `term` from disk (or starts from the empty CIB). */
export function store(root: XmlElement, term: number): StoreState {
  const { configuration } = readConfiguration(root);
  return {
    term,
    root,
    configuration,
    prepared: undefined,
    jobs: [],
    lastToken: 0,
    busy: false,
    isRefused: false,
  };
}

export function step(state: StoreState, input: StoreInput): StoreEffect[] {
  const effects: StoreEffect[] = [];
  switch (input.kind) {
    case 'install':
      install(state, input.term, input.root, effects);
      break;
    case 'begin-term':
      assert(input.term > state.term, 'a term only rises');
      state.term = input.term;
      queueStore(state);
      break;
    case 'propose':
      propose(state, input.proposal, effects);
      break;
    case 'commit':
      commit(state, input.id, effects);
      break;
    case 'discard':
      if (state.prepared?.proposal.id === input.id) state.prepared = undefined;
      break;
    case 'disk':
      onDisk(state, input.token, input.failure, effects);
      break;
    case 'retry':
      if (needsRetry(state)) queueStore(state);
      break;
  }
  startNext(state, effects);
  return effects;
}

/** The version in force. */
export function versionOf(state: StoreState): Version {
  return readVersion(state.root);
}

/** True when everything that is in force is on the disk. */
export function isStored(state: StoreState): boolean {
  return !state.isRefused && !isUnderWay(state);
}

/** The disk refused what is in force, and nothing is on its way that would replace it. */
export function needsRetry(state: StoreState): boolean {
  return state.isRefused && !isUnderWay(state);
}

function isUnderWay(state: StoreState): boolean {
  return state.jobs.some((job) => job.kind !== 'prepare');
}

function install(state: StoreState, term: number, root: XmlElement, effects: StoreEffect[]): void {
  state.prepared = undefined;
  state.term = term;
  state.root = root;
  state.configuration = readConfiguration(root).configuration;
  queueStore(state);
  effects.push({ kind: 'in-force', configuration: state.configuration, proposal: undefined });
}

function propose(state: StoreState, proposal: Proposal, effects: StoreEffect[]): void {
  const current = versionOf(state);
  const currentBase = `${current.adminEpoch}.${current.epoch}`;
  if (proposal.base !== currentBase) {
    const fault = `stale: the configuration is now ${currentBase}, the change was made from ${proposal.base}; read it again and repeat the change`;
    effects.push({ kind: 'prepared', id: proposal.id, fault });
    return;
  }
  const applied = applyPatch(state.root, proposal.patch);
  if (!applied.ok) {
    effects.push({ kind: 'prepared', id: proposal.id, fault: describePatchFault(applied.fault) });
    return;
  }
  const root = withAttributes(applied.value, {
    admin_epoch: String(current.adminEpoch),
    epoch: String(current.epoch + 1),
    num_updates: '0',
    'update-user': proposal.user,
  });
  state.lastToken += 1;
  const token = state.lastToken;
  state.prepared = { proposal, root, token };
  queueJob(state, {
    kind: 'prepare',
    token,
    id: proposal.id,
    text: encodeDisk({ root, term: state.term }),
  });
}

function commit(state: StoreState, id: string, effects: StoreEffect[]): void {
  const { prepared } = state;
  if (prepared?.proposal.id !== id) return;
  state.prepared = undefined;
  state.root = prepared.root;
  state.configuration = readConfiguration(prepared.root).configuration;
  if (prepared.token === state.lastToken) {
    state.lastToken += 1;
    queueJob(state, {
      kind: 'commit',
      token: state.lastToken,
      version: versionOf(state),
      term: state.term,
    });
  } else {
    // Something was stored since: the side file may be gone or of an older term.
    queueStore(state);
  }
  effects.push({ kind: 'in-force', configuration: state.configuration, proposal: id });
}

function onDisk(
  state: StoreState,
  token: number,
  failure: string | undefined,
  effects: StoreEffect[],
): void {
  const job = state.jobs[0];
  if (job?.token !== token) return;
  state.jobs.shift();
  state.busy = false;
  switch (job.kind) {
    case 'prepare':
      effects.push({ kind: 'prepared', id: job.id, fault: failure });
      return;
    case 'commit':
    case 'store':
      state.isRefused = failure !== undefined;
      if (failure === undefined) {
        if (isStored(state)) effects.push({ kind: 'stored', term: job.term, version: job.version });
        return;
      }
      effects.push(
        note(
          'error',
          'cib-not-stored',
          `configuration ${formatVersion(job.version)} could not be written: ${failure}; it is tried again, and until it is written no change is acknowledged`,
        ),
      );
      return;
  }
}

/** Writes what is in force as a whole; writes that it makes pointless are dropped from the queue. */
function queueStore(state: StoreState): void {
  const kept = state.jobs.filter(
    (job, index) => (index === 0 && state.busy) || job.kind === 'prepare',
  );
  state.jobs.splice(0, state.jobs.length, ...kept);
  state.lastToken += 1;
  const text = encodeDisk({ root: state.root, term: state.term });
  queueJob(state, {
    kind: 'store',
    token: state.lastToken,
    text,
    version: versionOf(state),
    term: state.term,
  });
}

function queueJob(state: StoreState, job: DiskJob): void {
  assert(state.jobs.length < JOBS_MAX, 'the disk queue is bounded');
  state.jobs.push(job);
}

function startNext(state: StoreState, effects: StoreEffect[]): void {
  const job = state.jobs[0];
  if (state.busy || job === undefined) return;
  state.busy = true;
  switch (job.kind) {
    case 'prepare':
      effects.push({ kind: 'disk-prepare', token: job.token, text: job.text });
      return;
    case 'commit':
      effects.push({ kind: 'disk-commit', token: job.token });
      return;
    case 'store':
      effects.push({ kind: 'disk-store', token: job.token, text: job.text });
      return;
  }
}
