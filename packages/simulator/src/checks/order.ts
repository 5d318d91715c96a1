/**
 * One delivery order (extended virtual synchrony): what members of one ring deliver in it is the same
 * sequence, as far as they get; those that go on together have got equally far.
 */
import type { Membership } from '@holdfast/totem';
import type { Who } from '../host-setup.ts';
import { type Stage, violate } from '../stage.ts';

type Position = { ring: string; count: number; hash: number; isTransitional: boolean };

export class Order {
  readonly #stage: Stage;
  readonly #positions = new Map<number, Position>();
  /** What was delivered in each ring, in order, before anybody's transitional membership. */
  readonly #sequences = new Map<string, number[]>();
  /** How far those got that came from one ring into another together. */
  readonly #ends = new Map<
    string,
    { readonly count: number; readonly hash: number; readonly who: string }
  >();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  delivered(host: Who, from: number, payload: Uint8Array): void {
    const position = this.#positions.get(host.id);
    if (position === undefined) {
      violate(this.#stage, 'delivery-order', `${host.name} delivers before it is in a ring`);
      return;
    }
    const hash = hashOf(from, payload);
    this.#stage.history.mark(hash);
    const sequence = this.#sequences.get(position.ring) ?? [];
    this.#sequences.set(position.ring, sequence);
    const known = sequence[position.count];
    if (!position.isTransitional) {
      if (known === undefined && position.count === sequence.length) sequence.push(hash);
      else if (known !== hash) {
        violate(
          this.#stage,
          'delivery-order',
          `${host.name} delivers something else than others as number ${position.count} of ring ${position.ring}`,
        );
      }
    }
    position.count += 1;
    position.hash = Math.imul(position.hash ^ hash, 0x01000193) >>> 0;
  }

  membership(host: Who, { kind, ringId, members }: Membership): void {
    const position = this.#positions.get(host.id);
    const ring = `${ringId.representative}.${ringId.seq}`;
    if (kind === 'transitional') {
      if (position !== undefined) position.isTransitional = true;
      return;
    }
    if (position !== undefined) this.#checkEnd(host, position, ring);
    if (!members.includes(host.id as (typeof members)[number])) {
      violate(this.#stage, 'delivery-order', `${host.name} is told of a ring it is not in`);
    }
    this.#positions.set(host.id, { ring, count: 0, hash: 0, isTransitional: false });
  }

  /** A new life of a node has delivered nothing yet. */
  forget(host: Who): void {
    this.#positions.delete(host.id);
  }

  #checkEnd(host: Who, position: Position, next: string): void {
    const key = `${position.ring}>${next}`;
    const other = this.#ends.get(key);
    if (other === undefined) {
      this.#ends.set(key, { count: position.count, hash: position.hash, who: host.name });
      return;
    }
    if (other.count === position.count && other.hash === position.hash) return;
    violate(
      this.#stage,
      'delivery-order',
      `${host.name} and ${other.who} go from ring ${position.ring} to ${next} together, with ${position.count} and ${other.count} messages`,
    );
  }
}

/** FNV-1a over sender and bytes. */
function hashOf(from: number, payload: Uint8Array): number {
  let hash = Math.imul(0x811c9dc5 ^ from, 0x01000193);
  for (const byte of payload) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
