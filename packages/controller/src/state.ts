/** The controller's state: plain data, written only by `step` and the functions it calls. */
import { type Instant, type NodeId, type NodeName, nodeName } from '@holdfast/base';
import type { NodeState, Version, XmlElement } from '@holdfast/cib';
import { store, type Proposal, type StoreState } from '@holdfast/cib-store';
import type { ActionId, GraphAction, ResourceAction, TransitionState } from '@holdfast/transition';
import type {
  Command,
  Envelope,
  FenceEntry,
  FenceProgress,
  FenceProof,
  Offer,
  ViewId,
} from './commands.ts';
import type { ControllerConfig, ControllerEffect, QuorumReading, Request } from './protocol.ts';
import { formatRecord, readRecord } from './fence-record.ts';
import { replica, type Replica } from './replica.ts';

/** Where this member stands with regard to the view. */
export type View =
  | { readonly kind: 'none' }
  /** A new ring: members tell what they bring, then agree on whose lineage holds. */
  | {
      readonly kind: 'joining';
      readonly id: ViewId;
      readonly ringSeq: number;
      readonly members: readonly NodeId[];
      readonly offers: Map<NodeId, Offer>;
      /** Commands of this view that came before it was agreed; applied after. */
      readonly backlog: { readonly from: NodeId; readonly envelope: Envelope }[];
    }
  | {
      readonly kind: 'agreed';
      readonly id: ViewId;
      readonly members: readonly NodeId[];
      /** The votes are counted: until then nothing is decided. */
      isCounted: boolean;
      /** A term was begun here: what is stored here cannot lose a later argument. */
      authoritative: boolean;
    };

/** A proposal in the stream, and who has it on disk. */
export type PendingProposal = {
  readonly proposal: Proposal;
  readonly from: NodeId;
  readonly prepared: Set<NodeId>;
};

/** What this node knows of itself, whoever else is in the view. */
export type Local = {
  own: Pick<NodeState, 'history' | 'transientAttributes'>;
  /** Operations handed to the executor, by transition key; recurring ones stay until cancelled. */
  readonly running: Map<string, ResourceAction>;
  /** Ends of fences run here that the stream has not brought back yet. */
  fenceEnds: (Command & { kind: 'fence-end' })[];
  /** Those that the stream has brought back: members that were away then may not have heard them. */
  toldFenceEnds: (Command & { kind: 'fence-end' })[];
  /** Targets that the fencer here is at, and whether it may still shoot them. */
  readonly jobs: Map<NodeName, { readonly progress: FenceProgress; readonly isShooting: boolean }>;
  /** Records that the snapshot of the view being agreed on does not have. */
  news: { readonly fences: readonly FenceEntry[]; readonly proofs: readonly FenceProof[] };
};

/** A request that waits for its answer. */
export type Waiting =
  /** Sent; its own command in the stream answers it. */
  | { readonly kind: 'sent'; readonly request: Request; readonly attempts: number }
  /** In force; answered when every member has it on disk. */
  | { readonly kind: 'storing'; readonly version: Version; readonly since: Instant }
  /** `view`: the one it was asked in. */
  | { readonly kind: 'fencing'; readonly target: NodeName; readonly view: ViewId }
  /** `open`: devices and members whose answers are missing. */
  | {
      readonly kind: 'drilling';
      readonly target: NodeName;
      readonly view: ViewId;
      readonly open: Set<string>;
      readonly proofs: FenceProof[];
    }
  | { readonly kind: 'stopping' };

export type InFlight = {
  readonly action: GraphAction;
  /** When its node has been silent for too long; undefined: somebody else keeps the time. */
  readonly giveUpAt: Instant | undefined;
};

export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'scheduling'; readonly seq: number }
  | {
      readonly kind: 'walking';
      readonly transition: TransitionState;
      /** By transition key, or by fence id. */
      readonly inFlight: Map<string, InFlight>;
      readonly number: number;
    };

/** The deciding half; only used while this node is the DC. */
export type Deciding = {
  phase: Phase;
  /** Something changed since the last look at the cluster. */
  dirty: string | undefined;
  lastSeq: number;
  lastTransition: number;
  recheckAt: Instant | undefined;
  retryAt: Instant | undefined;
  /** A fence of this node failed in this step. */
  retryPlanned: NodeName | undefined;
  /** Actions whose end was seen in this step; the graph goes on from them. */
  completed: { readonly id: ActionId; readonly isGood: boolean }[];
  /** The view in which a term was asked for already. */
  termAsked: ViewId | undefined;
  /** The view whose members were written into the configuration. */
  /** The view, and the version of the configuration, for which members were last written into it. */
  introduced: string | undefined;
};

/** `holder` has something on its way to a device that may switch `target` off. */
export type Hold = { readonly holder: NodeName; readonly target: NodeName };

export type ControllerState = {
  readonly config: ControllerConfig;
  readonly store: StoreState;
  readonly replica: Replica;
  view: View;
  previous: string;
  quorum: QuorumReading;
  readonly local: Local;
  proposals: PendingProposal[];
  /** Last stored version each member told of, in this view. */
  readonly stored: Map<NodeId, { readonly term: number; readonly version: Version }>;
  readonly waiting: Map<string, Waiting>;
  readonly deciding: Deciding;
  /** Members that may still be shot by what was begun before this view; nothing is decided until then. */
  held: readonly Hold[];
  /** Fences whose end is about to be told in this view: nobody ends them otherwise. */
  endsToCome: ReadonlySet<string>;
  /** What all members call the time of this view, for records. */
  agreedAtMs: number;
  /** What the disk holds, or is being told to hold, of fences and proofs. */
  recorded: string;
  /** What that was made of. */
  recordedOf: Pick<Replica, 'fences' | 'proofs'>;
  /** Wall clock minus monotonic clock, in ms. */
  wallOffsetMs: number;
  leaving: boolean;
  /** When a disk that refused what is in force is asked again. */
  storeAgainAt: Instant | undefined;
  effects: ControllerEffect[];
};

export function controller(
  config: ControllerConfig,
  disk: { readonly root: XmlElement; readonly term: number; readonly fences?: string | undefined },
): ControllerState {
  const record = readRecord(disk.fences);
  return {
    config,
    store: store(disk.root, disk.term),
    replica: { ...replica(), ...record },
    view: { kind: 'none' },
    previous: '',
    quorum: { quorate: false, totalVotes: 0 },
    local: {
      own: { history: [], transientAttributes: {} },
      running: new Map(),
      fenceEnds: [],
      toldFenceEnds: [],
      jobs: new Map(),
      news: { fences: [], proofs: [] },
    },
    held: [],
    endsToCome: new Set(),
    agreedAtMs: 0,
    recorded: formatRecord(record),
    recordedOf: record,
    proposals: [],
    stored: new Map(),
    waiting: new Map(),
    deciding: {
      phase: { kind: 'idle' },
      dirty: undefined,
      lastSeq: 0,
      lastTransition: 0,
      recheckAt: undefined,
      retryAt: undefined,
      retryPlanned: undefined,
      completed: [],
      termAsked: undefined,
      introduced: undefined,
    },
    wallOffsetMs: 0,
    leaving: false,
    storeAgainAt: undefined,
    effects: [],
  };
}

export function selfName(state: ControllerState): NodeName {
  return nameOf(state, state.config.self);
}

/** The configured name; a member the configuration does not know is called by its number. */
export function nameOf(state: ControllerState, id: NodeId): NodeName {
  return state.config.names.get(id) ?? nodeName(`node-${id}`);
}

export function isMember(state: ControllerState, name: NodeName): boolean {
  return (
    state.view.kind === 'agreed' && state.view.members.some((id) => nameOf(state, id) === name)
  );
}

/** The DC is a function of the agreed view: its longest-standing member. */
export function dcOf(state: ControllerState): NodeId | undefined {
  return state.view.kind === 'agreed' && state.view.isCounted
    ? state.replica.seniority[0]
    : undefined;
}

export function isDc(state: ControllerState): boolean {
  return dcOf(state) === state.config.self;
}

export function wallMs(state: ControllerState, now: Instant): number {
  return Math.round(now + state.wallOffsetMs);
}
