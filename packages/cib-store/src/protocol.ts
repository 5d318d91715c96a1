/** Everything that goes into the CIB store and comes out of it. */
import type { CibPatch, Configuration, Version, XmlElement } from '@holdfast/cib';
import type { Note } from '@holdfast/base';

/**
 * One change on its way: proposed in the agreed stream, written by every member beside the CIB in
 * force, and put in force when all of them have it on stable storage.
 */
export type Proposal = {
  readonly id: string;
  /** `admin_epoch.epoch` the patch was made from; another one in force refuses it. */
  readonly base: string;
  readonly patch: CibPatch;
  /** Who asked: shown as `update-user`. */
  readonly user: string;
};

/** What is in force. `term` rises with every partition that may acknowledge (see the README). */
export type Lineage = { readonly term: number; readonly version: Version };

export type StoreInput =
  /** Another member's CIB wins: replace ours, on disk too. */
  | { readonly kind: 'install'; readonly term: number; readonly root: XmlElement }
  /** A new authority begins: later disagreements are won by whoever carries its term. */
  | { readonly kind: 'begin-term'; readonly term: number }
  | { readonly kind: 'propose'; readonly proposal: Proposal }
  /** All members have prepared the proposal: it is in force from here on. */
  | { readonly kind: 'commit'; readonly id: string }
  | { readonly kind: 'discard'; readonly id: string; readonly why: string }
  /** Some time has passed since the disk refused: ask it again. */
  | { readonly kind: 'retry' }
  /** The disk has finished what `token` asked for; `failure` in the system's own words. */
  | { readonly kind: 'disk'; readonly token: number; readonly failure: string | undefined };

export type StoreEffect =
  /** Write `text` to the side file and flush it; the CIB in force stays as it is. */
  | { readonly kind: 'disk-prepare'; readonly token: number; readonly text: string }
  /** Rename the side file over the CIB and flush the directory. */
  | { readonly kind: 'disk-commit'; readonly token: number }
  /** Replace the CIB on disk at once: side file, flush, rename, flush the directory. */
  | { readonly kind: 'disk-store'; readonly token: number; readonly text: string }
  /** This member has (or has not) the proposal on stable storage. */
  | { readonly kind: 'prepared'; readonly id: string; readonly fault: string | undefined }
  /** The configuration in force has changed. */
  | {
      readonly kind: 'in-force';
      readonly configuration: Configuration;
      readonly proposal: string | undefined;
    }
  /** Everything in force is on this member's stable storage. */
  | { readonly kind: 'stored'; readonly term: number; readonly version: Version }
  | Note;
