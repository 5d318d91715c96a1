/** A network for datagrams that loses, doubles, delays, reorders, parts and cuts one way, from dice. */
import type { NodeId, Prng } from '@holdfast/base';
import type { Agenda } from '../agenda.ts';

/** A datagram that falls behind others comes up to so much later, in ms. */
const LATE_MS_MAX = 60;

export type Weather = {
  lossPercent: number;
  doublePercent: number;
  latePercent: number;
  /** Usual time on the way: 0.1 ms to this. */
  delayMsMax: number;
};

export const CALM: Readonly<Weather> = {
  lossPercent: 0,
  doublePercent: 0,
  latePercent: 0,
  delayMsMax: 1,
};

export type Arrive = (to: NodeId, bytes: Uint8Array) => void;

/** Kind of a frame, by the byte that says so; see the ring's codec. */
const KIND_AT = 3;
const MCAST = 0;

export class RingNetwork {
  weather: Weather = { ...CALM };
  sent = 0;
  /** Directed pairs that nothing passes: `from * 1000 + to`. */
  readonly #cuts = new Set<number>();
  /** Nodes that hear tokens and joins, and hardly a message. */
  readonly #deaf = new Set<NodeId>();
  readonly #agenda: Agenda;
  readonly #dice: Prng;
  readonly #arrive: Arrive;

  constructor(agenda: Agenda, dice: Prng, arrive: Arrive) {
    this.#agenda = agenda;
    this.#dice = dice;
    this.#arrive = arrive;
  }

  post(from: NodeId, to: NodeId, bytes: Uint8Array): void {
    this.sent += 1;
    if (this.#cuts.has(from * 1000 + to)) return;
    const { lossPercent, doublePercent } = this.weather;
    if (this.#deaf.has(to) && bytes[KIND_AT] === MCAST && !this.#dice.chance(1, 20)) return;
    const copies = doublePercent > 0 && this.#dice.chance(doublePercent, 100) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (lossPercent > 0 && this.#dice.chance(lossPercent, 100)) continue;
      this.#agenda.after(this.#delayMs(), () => {
        this.#arrive(to, bytes);
      });
    }
  }

  #delayMs(): number {
    const { delayMsMax, latePercent } = this.weather;
    const usual = 0.1 + this.#dice.below(Math.max(1, delayMsMax * 10)) / 10;
    const isLate = latePercent > 0 && this.#dice.chance(latePercent, 100);
    return isLate ? usual + this.#dice.below(LATE_MS_MAX) : usual;
  }

  cut(from: NodeId, to: NodeId): void {
    this.#cuts.add(from * 1000 + to);
  }

  deafen(node: NodeId): void {
    this.#deaf.add(node);
  }

  /** Nothing passes between nodes of different groups. */
  part(groups: readonly (readonly NodeId[])[]): void {
    this.mend();
    groups.forEach((side, index) => {
      for (const other of groups.slice(index + 1)) {
        for (const a of side) {
          for (const b of other) {
            this.cut(a, b);
            this.cut(b, a);
          }
        }
      }
    });
  }

  /** Every cable whole, everybody hearing; the weather stays. */
  mend(): void {
    this.#cuts.clear();
    this.#deaf.clear();
  }
}
