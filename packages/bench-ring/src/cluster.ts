/** A measured cluster, ours or Corosync's: told to run, it answers what every node saw. */
import type { Run, Seen } from './orders.ts';

export type Product = 'holdfast' | 'corosync';

export type ClusterChoice = {
  readonly nodes: number;
  readonly isSealed: boolean;
  /** `knet`, or `udpu`; of no meaning to ours. */
  readonly transport: 'knet' | 'udpu';
};

/** What is known of the nodes besides. */
export type Rotations = { readonly perSecond: number; readonly retransmitted: number };

export type Cluster = {
  readonly product: Product;
  /** From the first process started to the last node in one membership of all, in ms. */
  readonly formedMs: number;
  /** Each node does its order; what each saw. */
  readonly run: (orders: readonly Run[]) => Promise<readonly Seen[]>;
  /** Token rotations a second over `forMs`; undefined where the product does not tell. */
  readonly rotations: (forMs: number) => Promise<Rotations | undefined>;
  /** Proportional set size of all its processes together, in kB. */
  readonly memoryKb: () => number;
  /** What is worth telling of how it runs. */
  readonly remarks: () => readonly string[];
  readonly close: () => Promise<void>;
};

/** The order for every node of a cluster of `count`. */
export function ordersFor(
  count: number,
  run: Omit<Run, 'kind' | 'role'>,
  roleOf: (id: number) => Run['role'],
): readonly Run[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'run' as const,
    ...run,
    role: roleOf(index + 1),
  }));
}
