/** What a host is given at the beginning of the world, and who watches it. */
import type { Milliseconds, NodeName, Note } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import type { Answer } from '@holdfast/controller';
import type { NodeConfig } from '@holdfast/node';
import type { Graph } from '@holdfast/transition';
import type { Membership, RingConfig } from '@holdfast/totem';
import type { Network } from './network.ts';
import type { Power } from './power.ts';
import type { Stage } from './stage.ts';

export type Planned = {
  readonly graph: Graph;
  readonly recheckInMs: Milliseconds | undefined;
  readonly notes: readonly Note[];
};

/** The scheduler, or a planted one. */
export type Planner = (cib: Cib, wallMs: number) => Planned;

/** Where real time went, in ms. */
export type Spent = { ringMs: number; nodeMs: number; scheduleMs: number; schedules: number };

export type HostSetup = {
  readonly stage: Stage;
  readonly network: Network;
  readonly power: Power;
  readonly planner: Planner;
  readonly ringConfig: RingConfig;
  readonly nodeConfig: Omit<NodeConfig, 'incarnation' | 'seed'>;
  readonly firstCib: string | undefined;
  readonly diskLagMs: number | undefined;
  readonly wallStartMs: number;
  readonly wallOffsetMs: number;
  /** Real time, to tell where it goes; never looked at by the world. */
  readonly clock: () => number;
  readonly spent: Spent;
};

/** What the checkers are told; `Who` is the host, known to them by these few things only. */
export type Who = { readonly name: NodeName; readonly id: number };

export type HostWatch = {
  /** A daemon starts: a new life, that has delivered nothing. */
  readonly began: (host: Who) => void;
  readonly started: (host: Who, resource: string) => void;
  readonly stopped: (host: Who, resource: string) => void;
  /** The power went while these ran. */
  readonly lost: (host: Who, resources: readonly string[]) => void;
  readonly membership: (host: Who, event: Membership) => void;
  readonly delivered: (host: Who, from: number, payload: Uint8Array) => void;
  /** A device is asked to switch a node off. */
  readonly shoots: (host: Who, target: NodeName) => void;
  readonly answered: (host: Who, id: string, answer: Answer, wasOpen: boolean) => void;
};
