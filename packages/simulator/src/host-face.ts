/** A host as those see it who carry out what its machines ask for. */
import type { CallId, Instant, NodeId, NodeName } from '@holdfast/base';
import type { NodeInput, NodeMachine } from '@holdfast/node';
import type { RingInput, RingState } from '@holdfast/totem';
import type { Disk } from './disk.ts';
import type { HostSetup, HostWatch } from './host-setup.ts';
import type { Services } from './services.ts';

export type Job =
  | { readonly kind: 'ring'; readonly input: RingInput }
  | { readonly kind: 'node'; readonly input: NodeInput };

/** One life of one daemon. */
export type Daemon = {
  readonly life: number;
  readonly startedAt: number;
  readonly ring: RingState;
  readonly node: NodeMachine;
  /** Runs of agents and devices under way; ends them. */
  readonly calls: Map<CallId, () => void>;
  readonly deviceCalls: Set<CallId>;
  readonly requests: Set<string>;
  readonly jobs: Job[];
  isWorking: boolean;
  hasCompany: boolean;
};

export type HostFace = {
  readonly id: NodeId;
  readonly name: NodeName;
  readonly setup: HostSetup;
  readonly watch: HostWatch;
  readonly disk: Disk;
  readonly services: Services;
  readonly daemon: Daemon | undefined;
  now(): Instant;
  wallMs(): number;
  tell(text: string): void;
  /** The node said goodbye. */
  left(): void;
  /** The daemon alone dies. */
  crashDaemon(): void;
  nodeInput(input: NodeInput): void;
  laterOnMachine(waitMs: number, run: () => void): void;
  laterInDaemon(waitMs: number, run: () => void): void;
  laterInDaemonNow(run: () => void): void;
};
