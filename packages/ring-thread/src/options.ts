/** What a ring needs to live: everything here can be sent to its thread. */
import type { LinksSettings } from '@holdfast/links';
import type { RingConfig } from '@holdfast/totem';
import type { LinkAddresses } from '@holdfast/transport-udp';

export type RingOptions = {
  readonly ring: RingConfig;
  /** The highest ring sequence on disk. */
  readonly ringSeq: number;
  /** Where it is kept. */
  readonly ringSeqPath: string;
  /** This life of the node (`beginLife`): the ring's incarnation and the sealing's epoch. */
  readonly life: number;
  readonly clusterName: string;
  readonly links: LinksSettings;
  readonly addresses: readonly LinkAddresses[];
  readonly blocksUnlisted: boolean;
  /** How often the interfaces are looked at, in ms. */
  readonly checkEveryMs: number;
  /** The shared key's bytes; undefined: datagrams are clear. */
  readonly key: Uint8Array | undefined;
  /** Ask the host for real-time scheduling. */
  readonly wantsPriority: boolean;
};

/** What a reload may change. */
export type RingReload = Pick<RingOptions, 'links' | 'addresses'> & {
  /** Undefined: as it was. */
  readonly key: Uint8Array | undefined;
};
