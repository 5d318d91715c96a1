/**
 * The receiving side. What is not authentic changes nothing here but a counter, and costs the same
 * whatever it says: a checksum of its header, and where that fits, one key derivation and one tag at most;
 * no memory, no answer.
 *
 * A sender's life is known by its epoch. A new life is a candidate until it has proven that it lives
 * now, by answering a question of ours (the links ask it); only then does it replace the life before
 * it. So datagrams recorded earlier cannot open a conversation, even after this node has forgotten
 * everything in a restart.
 */
import type { KeyObject } from 'node:crypto';
import type { NodeId } from '@holdfast/base';
import { decrypt } from './cipher.ts';
import { filterOf } from './filter.ts';
import {
  additionalData,
  type DatagramHeader,
  FILTERED_BYTES,
  getHeader,
  HEADER_BYTES,
  TAG_BYTES,
} from './header.ts';
import { datagramKey, generationOf, type KeyUse, type MasterKey } from './keys.ts';
import { closeUpTo, markSeen, type ReplayWindow, replayWindow, wasSeen } from './window.ts';

/** Why a datagram was dropped; each is a counter. */
export type Rejection =
  /** Not a datagram of this protocol. */
  | 'garbage'
  /** From a node that the configuration does not list. */
  | 'unlisted'
  /** Our own, come back. */
  | 'reflected'
  /** Clear where sealed ones are due, or sealed where clear ones are. */
  | 'otherMode'
  /** Sealed with a key that this node does not have. */
  | 'otherKey'
  /** Its tag does not fit. */
  | 'forged'
  /** Seen before, or too old to tell: also the copies that a second link brings. */
  | 'replayed'
  /** From a life of the sender that is over. */
  | 'stale';

export type Opened =
  | {
      readonly kind: 'opened';
      readonly sender: NodeId;
      readonly epoch: number;
      readonly counter: number;
      /** The sender's life has proven itself; otherwise only the proof may be heeded. */
      readonly isProven: boolean;
      readonly plain: Uint8Array;
    }
  | { readonly kind: 'rejected'; readonly why: Rejection };

export type OpenerCounters = Readonly<Record<Rejection | 'opened', number>>;

export type OpenerOptions = {
  readonly self: NodeId;
  readonly peers: readonly NodeId[];
  /** One, or two while keys change; empty: datagrams are clear. */
  readonly masters: readonly MasterKey[];
};

export type Opener = {
  readonly open: (datagram: Buffer) => Opened;
  /** That life of the sender answered a question of ours with that datagram: it is the present one. */
  readonly prove: (sender: NodeId, epoch: number, counter: number) => void;
  readonly accept: (masters: readonly MasterKey[]) => void;
  readonly setPeers: (peers: readonly NodeId[]) => void;
  readonly counters: () => OpenerCounters;
};

type DerivedKey = {
  readonly master: MasterKey;
  readonly cipher: string;
  readonly generation: number;
  readonly key: KeyObject;
};

type Session = { readonly epoch: number; readonly window: ReplayWindow; derived: DerivedKey[] };
type Peer = { readonly id: NodeId; proven: Session | undefined; candidate: Session | undefined };

/** Keys kept for a session: two masters, and two generations around their change. */
const DERIVED_MAX = 4;

class DatagramOpener implements Opener {
  readonly #self: NodeId;
  readonly #peers = new Map<number, Peer>();
  readonly #counters: Record<Rejection | 'opened', number> = {
    opened: 0,
    garbage: 0,
    unlisted: 0,
    reflected: 0,
    otherMode: 0,
    otherKey: 0,
    forged: 0,
    replayed: 0,
    stale: 0,
  };
  #masters: readonly MasterKey[];

  constructor({ self, peers, masters }: OpenerOptions) {
    this.#self = self;
    this.#masters = masters;
    this.setPeers(peers);
  }

  open(datagram: Buffer): Opened {
    const header = getHeader(datagram);
    if (header === undefined) return this.#reject('garbage');
    if (header.sender === this.#self) return this.#reject('reflected');
    const peer = this.#peers.get(header.sender);
    if (peer === undefined) return this.#reject('unlisted');
    if ((header.cipher === undefined) !== (this.#masters.length === 0))
      return this.#reject('otherMode');
    const session = sessionOf(peer, header.epoch);
    if (session === 'over') return this.#reject('stale');
    if (session !== undefined && wasSeen(session.window, header.counter))
      return this.#reject('replayed');
    const fresh = session ?? { epoch: header.epoch, window: replayWindow(), derived: [] };
    const plain = this.#authenticate(datagram, header, fresh);
    if (typeof plain === 'string') return this.#reject(plain);
    // From here on it is authentic.
    if (session === undefined) peer.candidate = fresh;
    markSeen(fresh.window, header.counter);
    this.#counters.opened += 1;
    const { epoch, counter } = header;
    const isProven = fresh === peer.proven;
    return { kind: 'opened', sender: peer.id, epoch, counter, isProven, plain };
  }

  prove(sender: NodeId, epoch: number, counter: number): void {
    const peer = this.#peers.get(sender);
    if (peer?.candidate?.epoch !== epoch) return;
    peer.proven = peer.candidate;
    peer.candidate = undefined;
    // What it sent before the proof may have been recorded before we were here.
    closeUpTo(peer.proven.window, counter);
  }

  accept(masters: readonly MasterKey[]): void {
    this.#masters = masters;
    for (const { proven, candidate } of this.#peers.values()) {
      for (const session of [proven, candidate]) {
        if (session !== undefined)
          session.derived = session.derived.filter(({ master }) => masters.includes(master));
      }
    }
  }

  setPeers(peers: readonly NodeId[]): void {
    const wanted = new Set(peers);
    for (const { id } of this.#peers.values()) if (!wanted.has(id)) this.#peers.delete(id);
    for (const id of peers) {
      if (!this.#peers.has(id))
        this.#peers.set(id, { id, proven: undefined, candidate: undefined });
    }
  }

  counters(): OpenerCounters {
    return { ...this.#counters };
  }

  #reject(why: Rejection): Opened {
    this.#counters[why] += 1;
    return { kind: 'rejected', why };
  }

  #authenticate(
    datagram: Buffer,
    header: DatagramHeader,
    session: Session,
  ): Uint8Array | 'otherKey' | 'forged' {
    const { cipher, counter } = header;
    if (cipher === undefined) return datagram.subarray(HEADER_BYTES);
    const end = datagram.length - TAG_BYTES;
    let why: 'otherKey' | 'forged' = 'otherKey';
    for (const master of this.#masters) {
      if (master.keyId !== header.keyId) continue;
      why = 'forged';
      if (filterOf(master.filter, datagram, FILTERED_BYTES) !== header.filter) continue;
      const additional = additionalData(datagram, header.isDirected ? this.#self : 'all');
      const derived = keyFor(session, master, { ...header, cipher });
      const sealing = { cipher, key: derived.key, counter, additional };
      const text = datagram.subarray(HEADER_BYTES, end);
      const plain = decrypt(sealing, text, datagram.subarray(end));
      if (plain === undefined) continue;
      if (!session.derived.includes(derived))
        session.derived = [derived, ...session.derived].slice(0, DERIVED_MAX);
      return plain;
    }
    return why;
  }
}

export function opener(options: OpenerOptions): Opener {
  return new DatagramOpener(options);
}

/**
 * The session of that life; `over` where a later one is proven; undefined where it is new. A candidate
 * is nobody yet: whichever life spoke last takes the place.
 */
function sessionOf({ proven, candidate }: Peer, epoch: number): Session | 'over' | undefined {
  if (proven?.epoch === epoch) return proven;
  if (proven !== undefined && epoch < proven.epoch) return 'over';
  return candidate?.epoch === epoch ? candidate : undefined;
}

function keyFor({ derived }: Session, master: MasterKey, use: KeyUse): DerivedKey {
  const { cipher, counter } = use;
  const generation = generationOf(counter);
  const known = derived.find(
    (each) => each.master === master && each.cipher === cipher && each.generation === generation,
  );
  return known ?? { master, cipher, generation, key: datagramKey(master, use) };
}
