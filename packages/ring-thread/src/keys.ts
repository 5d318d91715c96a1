/** Sealing as the host uses it: one sender, one opener, and keys that change by what peers tell. */
import { type Instant, milliseconds, type NodeId, type Note } from '@holdfast/base';
import {
  fasterCipher,
  keyNews,
  type KeyNews,
  masterKey,
  type MasterKey,
  opener,
  type Opener,
  type OpenerCounters,
  rotation,
  rotationDeadline,
  type RotationInput,
  type RotationState,
  sealer,
  type Sealer,
  stepRotation,
} from '@holdfast/sealing';
import type { RingOptions } from './options.ts';

export type SealingStatus = {
  /** `off`, or the cipher. */
  readonly cipher: string;
  /** `settled`, `offering`, `moving`; `none` where nothing is sealed. */
  readonly keys: string;
  /** Of the key in use, so that nodes can be compared; no secret. */
  readonly fingerprint: string;
  readonly counters: OpenerCounters;
};

/** Grace after which the old key is forgotten: twice the token time. */
const GRACE_TOKENS = 2;

/** A life: the keys in use until the process ends. */
export class Keys {
  readonly opener: Opener;
  readonly #sealer: Sealer;
  readonly #cipher: string;
  readonly #clusterName: string;
  readonly #masters = new Map<number, MasterKey>();
  readonly #rotation: RotationState | undefined;

  constructor({ ring, life, clusterName, links, key }: RingOptions) {
    this.#clusterName = clusterName;
    const master = key === undefined ? undefined : this.#keep(key);
    const cipher = master === undefined ? 'aes-256-gcm' : fasterCipher();
    this.#cipher = master === undefined ? 'off' : cipher;
    const masters = master === undefined ? [] : [master];
    this.#sealer = sealer({ self: ring.self, epoch: life, cipher, master });
    this.opener = opener({ self: ring.self, peers: links.peers, masters });
    const graceMs = milliseconds(GRACE_TOKENS * ring.tokenMs);
    this.#rotation = master === undefined ? undefined : rotation(master.fingerprint, graceMs);
  }

  seal(plain: Uint8Array, to: NodeId | 'all', room: Buffer | undefined): Uint8Array {
    return this.#sealer.seal(plain, to, room);
  }

  /** A key file was read anew. Where nothing is sealed, nothing changes: that takes a restart. */
  load(bytes: Uint8Array, now: Instant): readonly Note[] {
    const { fingerprint } = this.#keep(bytes);
    return this.step({ kind: 'load', key: fingerprint }, now);
  }

  step(input: RotationInput, now: Instant): readonly Note[] {
    if (this.#rotation === undefined) return [];
    const notes: Note[] = [];
    for (const effect of stepRotation(this.#rotation, input, now)) {
      if (effect.kind === 'note') notes.push(effect);
      else this.#use(effect.sealWith, effect.take);
    }
    return notes;
  }

  deadline(): Instant | undefined {
    return this.#rotation === undefined ? undefined : rotationDeadline(this.#rotation);
  }

  /** What pings tell of the keys; empty where nothing is sealed. */
  news(): Uint8Array {
    if (this.#rotation === undefined) return new Uint8Array(0);
    const { sealsWith, takes } = keyNews(this.#rotation);
    const bytes = Buffer.alloc(4 + 4 * takes.length);
    for (const [index, each] of [sealsWith, ...takes].entries())
      bytes.writeUInt32BE(each, 4 * index);
    return bytes;
  }

  status(): SealingStatus {
    const state = this.#rotation;
    return {
      cipher: this.#cipher,
      keys: state?.phase.kind ?? 'none',
      fingerprint: state === undefined ? '' : state.key.toString(16).padStart(8, '0'),
      counters: this.opener.counters(),
    };
  }

  #keep(bytes: Uint8Array): MasterKey {
    const master = masterKey(bytes, this.#clusterName);
    const known = this.#masters.get(master.fingerprint);
    if (known !== undefined) return known;
    this.#masters.set(master.fingerprint, master);
    return master;
  }

  #use(sealWith: number, take: readonly number[]): void {
    const masters = take.flatMap((each) => this.#masters.get(each) ?? []);
    const master = this.#masters.get(sealWith);
    this.opener.accept(masters);
    if (master !== undefined) this.#sealer.useKey(master);
    for (const each of this.#masters.keys()) if (!take.includes(each)) this.#masters.delete(each);
  }
}

/** What a peer tells in its pings; undefined where it is not that. */
export function readKeyNews(news: Uint8Array): KeyNews | undefined {
  if (news.length < 8 || news.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(news);
  const [sealsWith = 0, ...takes] = Array.from({ length: news.length / 4 }, (_, index) =>
    bytes.readUInt32BE(4 * index),
  );
  return { sealsWith, takes };
}
