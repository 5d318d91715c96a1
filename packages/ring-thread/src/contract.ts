/** What a host tells, and what can be asked of it. */
import type { Note } from '@holdfast/base';
import type { LinksEffect, LinksStatus } from '@holdfast/links';
import type { RingStatus, RingUp } from '@holdfast/totem';
import type { SealingStatus } from './keys.ts';

export type LinkEvent = Extract<
  LinksEffect,
  { kind: 'link-up' | 'link-down' | 'reachable' | 'unreachable' }
>;

export type HostEvents = {
  /** What the ring hands up in one go, in order. */
  readonly onUp: (events: readonly RingUp[]) => void;
  /** So many payloads of this node were not taken; why, of the last. */
  readonly onRefused: (count: number, text: string) => void;
  readonly onLink: (event: LinkEvent) => void;
  readonly onNote: (note: Note) => void;
  /** A broken invariant, or a disk that does not keep what it must: the ring has ended. */
  readonly onBroken: (cause: unknown) => void;
};

export type HostStatus = {
  readonly ring: RingStatus;
  readonly links: LinksStatus;
  readonly sealing: SealingStatus;
  /** Datagrams dropped because they came from an address that no node has. */
  readonly strangers: number;
};
