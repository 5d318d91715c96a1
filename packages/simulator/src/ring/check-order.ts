/**
 * Extended virtual synchrony, from what every life was told (T9.4–T9.6, T9.14–T9.22 of the
 * specification): one order, no gap, no copy, and nothing safe that a member lacks.
 */
import type { NodeId } from '@holdfast/base';
import type { Membership, RingEffect } from '@holdfast/totem';
import { type Life, nameOf, type Report, waiting } from './life.ts';
import { decodeSaid, keyOf, type Said } from './message.ts';

type Delivered = RingEffect & { readonly kind: 'delivered' };

type Ring = {
  readonly name: string;
  /** Among the rings of this world. */
  readonly number: number;
  readonly seq: number;
  readonly members: readonly NodeId[];
  /** What was delivered in the regular membership, by those who are furthest. */
  readonly order: number[];
  /** Safe payloads that somebody was handed in the regular membership. */
  readonly safe: Set<number>;
  /** Lives that went on from here into which ring, with what. */
  readonly exits: Map<string, Exit>;
};

/** More places than a ring of a drawn world has. */
const SEQS = 2 ** 30;

type Exit = {
  readonly who: string;
  readonly together: string;
  readonly regular: number;
  readonly transitional: readonly number[];
};

/** How far one life is. */
type Place = {
  ring: Ring | undefined;
  regular: number;
  /** Since the transitional membership; undefined before it. */
  transitional: number[] | undefined;
  together: readonly NodeId[];
  readonly seen: Set<number>;
  /** Number of the newest payload of every life, for their order. */
  readonly newest: Map<number, number>;
  /** Rings it was to be in; those it was in, with what it was handed in each. */
  readonly promised: Set<string>;
  readonly handed: Map<string, Set<number>>;
  readonly finished: Set<string>;
};

export class OrderCheck {
  readonly #report: Report;
  readonly #rings = new Map<string, Ring>();
  readonly #places = new Map<number, Place>();
  readonly #lives = new Map<number, Life>();
  /** Where every payload stands: ring and place in it, the same for all who get it. */
  readonly #positions = new Map<number, number>();
  readonly #said = new Map<number, { readonly isSafe: boolean; readonly bytes: number }>();
  delivered = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  born(life: Life): void {
    this.#lives.set(life.number, life);
    this.#places.set(life.number, {
      ring: undefined,
      regular: 0,
      transitional: undefined,
      together: [],
      seen: new Set(),
      newest: new Map(),
      promised: new Set(),
      handed: new Map(),
      finished: new Set(),
    });
  }

  said(life: Life, what: { number: number; isSafe: boolean; bytes: number }): void {
    const key = keyOf({ ...what, life: life.number, afterRing: 0, afterSeq: 0 });
    this.#said.set(key, what);
  }

  /** The life has signed for a ring: it may be safe with it before it is installed. */
  promised(life: Life, ring: string): void {
    this.#places.get(life.number)?.promised.add(ring);
  }

  take(life: Life, effect: RingEffect, waitingBefore: number): void {
    const place = this.#places.get(life.number);
    if (place === undefined) return;
    if (effect.kind === 'delivered') this.#onDelivered(life, place, effect);
    else if (effect.kind === 'transitional') this.#onTransitional(life, place, effect);
    else if (effect.kind === 'regular') this.#onRegular(life, place, effect, waitingBefore);
  }

  #onDelivered(life: Life, place: Place, { from, payload, seq = 0 }: Delivered): void {
    this.delivered += 1;
    const said = decodeSaid(payload);
    const { ring } = place;
    if (said === undefined || ring === undefined) {
      this.#report('T9.17', `${nameOf(life)} is handed ${payload.length} bytes nobody said so`);
      return;
    }
    const key = keyOf(said);
    this.#checkOrigin(life, from, said, key);
    if (place.seen.has(key)) this.#report('T9.16', `${nameOf(life)} is handed ${word(said)} twice`);
    place.seen.add(key);
    this.#checkPlace(life, ring, said, seq);
    const newest = place.newest.get(said.life) ?? 0;
    if (said.number <= newest)
      this.#report('T9.18', `${nameOf(life)}: ${word(said)} after number ${newest}`);
    place.newest.set(said.life, said.number);
    place.handed.get(ring.name)?.add(key);
    if (place.transitional === undefined) this.#inRegular(life, place, ring, said);
    else place.transitional.push(key);
    if (said.life === life.number) life.deliveredOwn += 1;
    life.lastRing = ring.seq;
    life.lastSeq = seq;
  }

  #checkOrigin(life: Life, from: NodeId, said: Said, key: number): void {
    const known = this.#said.get(key);
    const speaker = this.#lives.get(said.life);
    if (known === undefined || known.bytes > said.bytes || speaker?.id !== from)
      this.#report('T9.17', `${nameOf(life)}: ${word(said)} was not said by node ${from}`);
  }

  /** One place for everybody, and after what its speaker knew (T9.13, T9.15, T9.21). */
  #checkPlace(life: Life, ring: Ring, said: Said, seq: number): void {
    const position = ring.number * SEQS + seq;
    const key = keyOf(said);
    const known = this.#positions.get(key);
    if (known === undefined) this.#positions.set(key, position);
    else if (known !== position)
      this.#report(
        'T9.15',
        `${nameOf(life)}: ${word(said)} at ${seq} of ring ${ring.name}, elsewhere at another place`,
      );
    const isAfter =
      ring.seq > said.afterRing || (ring.seq === said.afterRing && seq > said.afterSeq);
    if (!isAfter)
      this.#report(
        'T9.21',
        `${nameOf(life)}: ${word(said)} at ${seq} of ring ${ring.name}, before what it answers`,
      );
  }

  #inRegular(life: Life, place: Place, ring: Ring, said: Said): void {
    const key = keyOf(said);
    const expected = ring.order[place.regular];
    if (expected === undefined) ring.order.push(key);
    else if (expected !== key) {
      const text = `${nameOf(life)}: number ${place.regular} of ring ${ring.name} is ${word(said)}, elsewhere another`;
      this.#report('T9.14', text);
    }
    place.regular += 1;
    if (said.isSafe) ring.safe.add(key);
  }

  #onTransitional(life: Life, place: Place, { members, ringId }: Membership): void {
    const { ring } = place;
    if (ring === undefined || place.transitional !== undefined) {
      this.#report('T9.5', `${nameOf(life)}: a transitional membership out of place`);
      return;
    }
    place.transitional = [];
    place.together = members;
    const outside = members.filter((id) => !ring.members.includes(id));
    if (outside.length > 0 || !members.includes(life.id))
      this.#report(
        'T9.5',
        `${nameOf(life)}: ${members.join()} come from ring ${ring.name} with ${ring.members.join()}`,
      );
    if (ringId.seq <= ring.seq)
      this.#report('T9.3', `${nameOf(life)}: ring ${ringId.seq} after ${ring.seq}`);
  }

  #onRegular(
    life: Life,
    place: Place,
    { ringId, members }: Membership,
    waitingBefore: number,
  ): void {
    const name = `${ringId.representative}.${ringId.seq}`;
    if (place.ring !== undefined) this.#finish(life, place, place.ring, { name, members });
    // One step may send, and then install a ring of this node alone, and send again.
    const sent = life.said - waitingBefore;
    if (life.deliveredOwn < sent || life.deliveredOwn > life.said - waiting(life)) {
      const text = `${nameOf(life)} enters ring ${name} having said ${sent}, and was handed ${life.deliveredOwn} of them`;
      this.#report('T9.20', text);
    }
    if (!members.includes(life.id) || members[0] !== ringId.representative)
      this.#report('T9.2', `${nameOf(life)}: ring ${name} with ${members.join()}`);
    const ring = this.#rings.get(name) ?? {
      name,
      number: this.#rings.size,
      seq: ringId.seq,
      members,
      order: [],
      safe: new Set(),
      exits: new Map(),
    };
    this.#rings.set(name, ring);
    if (ring.members.join() !== members.join())
      this.#report(
        'T9.4',
        `ring ${name} has ${ring.members.join()}, for ${nameOf(life)} ${members.join()}`,
      );
    place.ring = ring;
    place.regular = 0;
    place.transitional = undefined;
    place.handed.set(name, new Set());
  }

  /** The same set, in the same order, for all who go the same way (T9.6, T9.19, T9.24). */
  #finish(
    life: Life,
    place: Place,
    ring: Ring,
    next: { readonly name: string; readonly members: readonly NodeId[] },
  ): void {
    place.finished.add(ring.name);
    const { transitional, together } = place;
    if (transitional === undefined) {
      this.#report(
        'T9.5',
        `${nameOf(life)} goes from ring ${ring.name} to ${next.name} without a transitional membership`,
      );
      return;
    }
    if (together.some((id) => !next.members.includes(id)))
      this.#report(
        'T9.5',
        `${nameOf(life)}: ${together.join()} go on into ${next.name} with ${next.members.join()}`,
      );
    const exit: Exit = {
      who: nameOf(life),
      together: together.join(),
      regular: place.regular,
      transitional,
    };
    const key = `${next.name}:${exit.together}`;
    for (const [other, known] of ring.exits) {
      if (
        other.startsWith(`${next.name}:`) &&
        other !== key &&
        known.together.split(',').includes(`${life.id}`)
      )
        this.#report(
          'T9.6',
          `${known.who} goes with ${known.together}, ${nameOf(life)} with ${exit.together}`,
        );
    }
    const known = ring.exits.get(key);
    if (known === undefined) ring.exits.set(key, exit);
    else this.#compare(ring.name, known, exit);
  }

  #compare(ring: string, a: Exit, b: Exit): void {
    if (a.regular === b.regular && a.transitional.join() === b.transitional.join()) return;
    const text = `${a.who} and ${b.who} leave ring ${ring} together, with ${a.regular}+${a.transitional.length} and ${b.regular}+${b.transitional.length} messages`;
    this.#report('T9.19', text);
  }

  /** What was safe for one is with every member that lives (T9.22). Asked when all is quiet. */
  atEnd(): void {
    for (const ring of this.#rings.values()) {
      if (ring.safe.size === 0) continue;
      for (const [number, place] of this.#places) {
        const life = this.#lives.get(number);
        if (life !== undefined) this.#checkSafe(ring, life, place);
      }
    }
  }

  #checkSafe(ring: Ring, life: Life, place: Place): void {
    const handed = place.handed.get(ring.name);
    if (handed === undefined && !place.promised.has(ring.name)) return;
    // A life that ended on the ring owes nothing.
    if ((life.isDead || life.hasLeft) && !this.#hasGoneOn(ring, place)) return;
    const missing = [...ring.safe].filter((key) => handed?.has(key) !== true);
    if (missing.length > 0) {
      const text = `${nameOf(life)} lacks ${missing.length} of ring ${ring.name} that were safe for others`;
      this.#report('T9.22', text);
    }
  }

  #hasGoneOn(ring: Ring, place: Place): boolean {
    if (place.finished.has(ring.name)) return true;
    return place.ring !== undefined && place.ring.seq > ring.seq;
  }

  /** The ring a life is on, as a name; undefined before its first. */
  ringOf(life: Life): { readonly name: string; readonly members: readonly NodeId[] } | undefined {
    return this.#places.get(life.number)?.ring;
  }

  hasHeard(life: Life, key: number): boolean {
    return this.#places.get(life.number)?.seen.has(key) === true;
  }
}

function word({ life, number, isSafe }: Said): string {
  return `${isSafe ? 'safe ' : ''}payload ${number} of life ${life}`;
}
