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
import type { FenceAction } from '@holdfast/fencer';
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
};

/** A fence as all members know it. */
export type FenceEntry = {
  readonly id: string;
  readonly target: NodeName;
  /** The life of the target that it was ordered against; it counts for no other. */
  readonly life: string;
  readonly action: FenceAction;
  readonly state: 'pending' | 'done' | 'failed';
  readonly origin: NodeName;
  /** The life of the node that runs it: the next one knows nothing of it. */
  readonly originLife: string;
  readonly byHand: boolean;
  readonly detail: string;
  readonly devices: readonly string[];
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
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
      readonly atMs: number;
    }
  | {
      readonly kind: 'fence-end';
      readonly ids: readonly string[];
      readonly target: NodeName;
      readonly outcome: 'fenced' | 'failed';
      readonly by: 'device' | 'human';
      readonly devices: readonly string[];
      readonly detail: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'fence-ask';
      readonly id: string;
      readonly target: NodeName;
      readonly action: FenceAction;
      readonly origin: NodeName;
    }
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
