/**
 * Every change to cluster state is one of these, in one totally ordered stream, applied by every
 * member in the same order. JSON on the wire.
 *
 * Each command carries the view (ring) it was made in; a command that arrives in a later view is
 * void: its reasons may no longer hold. What must not be lost over a change of views is said again
 * in the `offer` that every member makes at its start.
 */
import type { Milliseconds, NodeId, NodeName } from '@holdfast/base';
import type {
  HistoryEntry,
  NodeState,
  ResourceHistory,
  TicketState,
  XmlElement,
} from '@holdfast/cib';
import type { Proposal } from '@holdfast/cib-store';
import type { OpResult } from '@holdfast/executor';
import type { FenceAction, ProvenBy } from '@holdfast/fencer';
import type { ResourceAction } from '@holdfast/transition';
import type { QuorumNews, QuorumOrderText } from './protocol.ts';

/** `<representative>.<seq>`: one view of the cluster, as a word. */
export type ViewId = string;

/** What a member brings into a new view. */
export type Offer = {
  readonly kind: 'offer';
  /**
   * The view it was in step with, and `/` before each ring it passed through since without an
   * agreement; empty for a member that has just started.
   */
  readonly previous: string;
  /** One life of one daemon; another one after every start. */
  readonly incarnation: string;
  readonly term: number;
  readonly version: string;
  readonly quorum: QuorumNews;
  /** Nodes that something on its way to a device may still switch off. */
  readonly shooting: readonly NodeName[];
  /** Fences of its own that have ended, and of which the stream has not told yet. */
  readonly ended: readonly string[];
  /** The time of this node's own armed watchdog, in ms; null: it has none. */
  readonly watchdogMs: number | null;
  /** What its wall clock says, so that all members date the view alike. */
  readonly atMs: number;
  /** What this member itself knows of its own resources: nobody knows better. */
  readonly history: readonly ResourceHistory[];
  readonly transientAttributes: Readonly<Record<string, string>>;
};

/** The whole replica, from the member whose lineage wins, for those who are not in step with it. */
export type Snapshot = {
  readonly kind: 'snapshot';
  readonly term: number;
  readonly root: XmlElement;
  readonly nodes: readonly NodeState[];
  readonly tickets: readonly TicketState[];
  readonly seniority: readonly NodeId[];
  readonly incarnations: Readonly<Record<string, string>>;
  readonly shot: Readonly<Record<string, string>>;
  readonly fences: readonly FenceEntry[];
  readonly attempts: Readonly<Record<string, Attempts>>;
  readonly proofs: readonly FenceProof[];
  readonly watchdogs: Readonly<Record<string, number>>;
};

/** A fence as all members know it. */
export type FenceEntry = {
  readonly id: string;
  readonly target: NodeName;
  /** The life of the target that it was ordered against; it counts for no other. */
  readonly life: string;
  readonly action: FenceAction;
  readonly state: 'pending' | 'done' | 'failed' | 'withdrawn';
  /** Only by this device; null: as configured for the target. */
  readonly device: string | null;
  /** The target's watchdog has this time, in ms, where no device can do it; null: it does not count. */
  readonly watchdogMs: number | null;
  /** The member whose fencer runs it, and those that tried before it and failed. */
  readonly origin: NodeName;
  readonly tried: readonly NodeName[];
  /** The life of the node that runs it: the next one knows nothing of it. */
  readonly originLife: string;
  readonly byHand: boolean;
  readonly detail: string;
  /** What is being done about it, while it is pending. */
  readonly progress: FenceProgress | null;
  readonly devices: readonly string[];
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
};

/** One clause on what the fencer does, and until when (wall clock) at most. */
export type FenceProgress = { readonly words: string; readonly untilMs: number | null };

/** Fences of one target that failed in a row. */
export type Attempts = {
  readonly failures: number;
  readonly reason: string;
  /** When it is tried again; null: it was given up until something changes. */
  readonly nextAtMs: number | null;
};

/** The last that is known of one way to fence a node: this device, used from this member. */
export type FenceProof = {
  readonly target: NodeName;
  readonly device: string;
  readonly executor: NodeName;
  /** `asked`: it tells the target's status. `cycled`: it switched the target off, and proved it. */
  readonly kind: 'asked' | 'cycled';
  readonly isGood: boolean;
  readonly words: string;
  readonly tookMs: number;
  readonly atMs: number;
  /** When it was good for the last time, and how; null: never. */
  readonly goodAtMs: number | null;
};

export type Command =
  | Offer
  | Snapshot
  | { readonly kind: 'begin-term'; readonly term: number }
  | { readonly kind: 'propose'; readonly proposal: Proposal }
  | { readonly kind: 'prepared'; readonly id: string; readonly fault: string | undefined }
  | { readonly kind: 'stored'; readonly term: number; readonly version: string }
  | { readonly kind: 'execute'; readonly transitionKey: string; readonly action: ResourceAction }
  | {
      readonly kind: 'cancel';
      readonly transitionKey: string;
      readonly node: NodeName;
      readonly resource: string;
      readonly task: string;
      readonly intervalMs: Milliseconds;
    }
  | {
      readonly kind: 'result';
      readonly action: ResourceAction;
      readonly entry: HistoryEntry;
      readonly status: OpResult['status'];
    }
  | {
      readonly kind: 'cancelled';
      readonly transitionKey: string;
      readonly resource: string;
      readonly task: string;
      readonly intervalMs: Milliseconds;
    }
  | {
      readonly kind: 'fence-begin';
      readonly id: string;
      readonly target: NodeName;
      readonly action: FenceAction;
      readonly reason: string;
      readonly origin: NodeName;
      /** Asked for by an operator, who may shoot a node that is a member. */
      readonly byHand: boolean;
      readonly device: string | null;
      /** `priority-fencing-delay`, in ms; 0 where it does not apply. */
      readonly delayMs: number;
      readonly watchdogMs: number | null;
      readonly atMs: number;
    }
  | {
      readonly kind: 'fence-end';
      readonly ids: readonly string[];
      readonly target: NodeName;
      readonly outcome: 'fenced' | 'failed' | 'withdrawn';
      readonly by: ProvenBy;
      readonly devices: readonly string[];
      readonly detail: string;
      /** Nobody has a device for it: another try is pointless until something changes. */
      readonly isHopeless: boolean;
      readonly tookMs: number;
      readonly atMs: number;
    }
  | {
      readonly kind: 'fence-ask';
      readonly id: string;
      readonly target: NodeName;
      readonly action: FenceAction;
      readonly device: string | null;
      readonly origin: NodeName;
    }
  | {
      readonly kind: 'fence-progress';
      readonly target: NodeName;
      readonly progress: FenceProgress;
    }
  /** Nothing of the sender's is on its way to switch the target off any more. */
  | { readonly kind: 'fence-released'; readonly target: NodeName }
  /** Records of ended fences and proofs that the snapshot of this view does not have. */
  | {
      readonly kind: 'fence-news';
      readonly fences: readonly FenceEntry[];
      readonly proofs: readonly FenceProof[];
    }
  /** Every other member is to ask each device (or this one) about the target; nothing is switched. */
  | {
      readonly kind: 'drill-ask';
      readonly id: string;
      readonly target: NodeName;
      readonly device: string | null;
    }
  | { readonly kind: 'drill-end'; readonly id: string; readonly proof: FenceProof }
  | {
      readonly kind: 'fence-confirm';
      readonly target: NodeName;
      readonly by: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'attribute';
      readonly node: NodeName;
      readonly name: string;
      readonly value: string | null;
    }
  | {
      readonly kind: 'cleanup';
      readonly resource: string | null;
      readonly node: NodeName | null;
      /** Only how often it failed, or only what was done; absent: both. */
      readonly what?: 'failures' | 'history';
    }
  | { readonly kind: 'order'; readonly order: QuorumOrderText }
  | { readonly kind: 'shutdown-go'; readonly node: NodeName }
  | { readonly kind: 'goodbye'; readonly node: NodeName };

/** A command in the stream. `tag` is its sender's own word for it, to know it again. */
export type Envelope = {
  readonly view: ViewId;
  readonly tag?: string | undefined;
  readonly command: Command;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return encoder.encode(JSON.stringify(envelope));
}

const KINDS: ReadonlySet<string> = new Set<Command['kind']>([
  'offer',
  'snapshot',
  'begin-term',
  'propose',
  'prepared',
  'stored',
  'execute',
  'cancel',
  'result',
  'cancelled',
  'fence-begin',
  'fence-end',
  'fence-ask',
  'fence-progress',
  'fence-released',
  'fence-news',
  'drill-ask',
  'drill-end',
  'fence-confirm',
  'attribute',
  'cleanup',
  'order',
  'shutdown-go',
  'goodbye',
]);

/**
 * Reads what a member multicast. The ring has let in only members of this cluster, so the shape
 * inside a known kind is theirs to keep; an unknown kind (a newer version's) is told, not obeyed.
 */
export function decodeEnvelope(payload: Uint8Array): Envelope | undefined {
  const read = parseJson(decoder.decode(payload));
  if (!isRecord(read)) return undefined;
  const { view, tag, command } = read;
  if (typeof view !== 'string' || !isRecord(command)) return undefined;
  if (tag !== undefined && typeof tag !== 'string') return undefined;
  const { kind } = command;
  if (typeof kind !== 'string' || !KINDS.has(kind)) return undefined;
  return { view, tag, command: command as unknown as Command };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
