/** Datagrams between nodes: lost, late, doubled, overtaken and cut, each link and direction by itself. */
import type { NodeId } from '@holdfast/base';
import { between, type Stage } from './stage.ts';

export type LinkQuality = {
  /** Per thousand. */
  readonly lossPerMille: number;
  readonly duplicatePerMille: number;
  readonly delayMsMin: number;
  readonly delayMsMax: number;
};

export const GOOD_LINK: LinkQuality = {
  lossPerMille: 0,
  duplicatePerMille: 0,
  delayMsMin: 1,
  delayMsMax: 2,
};

type Link = { quality: LinkQuality; cuts: number };

export class Network {
  readonly #stage: Stage;
  readonly #nodes: readonly NodeId[];
  readonly #deliver: (to: NodeId, bytes: Uint8Array) => void;
  readonly #links = new Map<string, Link>();
  /** Ends of cuts from before a heal are no news. */
  #era = 0;
  sent = 0;

  constructor(
    stage: Stage,
    nodes: readonly NodeId[],
    deliver: (to: NodeId, bytes: Uint8Array) => void,
  ) {
    this.#stage = stage;
    this.#nodes = nodes;
    this.#deliver = deliver;
  }

  send(from: NodeId, to: NodeId | 'all', bytes: Uint8Array): void {
    if (to !== 'all') {
      this.#sendOne(from, to, bytes);
      return;
    }
    for (const id of this.#nodes) if (id !== from) this.#sendOne(from, id, bytes);
  }

  /** Nothing passes this way for so long. */
  cut(from: NodeId, to: NodeId, lengthMs: number): void {
    const link = this.#link(from, to);
    const era = this.#era;
    link.cuts += 1;
    this.#stage.agenda.after(lengthMs, () => {
      if (era === this.#era) link.cuts -= 1;
    });
  }

  /** Cuts every link between different groups, both ways. */
  partition(groups: readonly (readonly NodeId[])[], lengthMs: number): void {
    for (const group of groups) {
      const others = this.#nodes.filter((id) => !group.includes(id));
      for (const from of group) for (const to of others) this.cut(from, to, lengthMs);
    }
  }

  degrade(from: NodeId, to: NodeId, quality: LinkQuality): void {
    this.#link(from, to).quality = quality;
  }

  heal(): void {
    this.#era += 1;
    for (const link of this.#links.values()) {
      link.cuts = 0;
      link.quality = GOOD_LINK;
    }
  }

  isCut(from: NodeId, to: NodeId): boolean {
    return this.#link(from, to).cuts > 0;
  }

  #sendOne(from: NodeId, to: NodeId, bytes: Uint8Array): void {
    const { dice, agenda } = this.#stage;
    const { cuts, quality } = this.#link(from, to);
    this.sent += 1;
    if (cuts > 0 || dice.chance(quality.lossPerMille, 1000)) return;
    const copies = dice.chance(quality.duplicatePerMille, 1000) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      agenda.after(between(dice, quality.delayMsMin, quality.delayMsMax), () => {
        this.#deliver(to, bytes);
      });
    }
  }

  #link(from: NodeId, to: NodeId): Link {
    const key = `${from}>${to}`;
    const found = this.#links.get(key);
    if (found !== undefined) return found;
    const made: Link = { quality: GOOD_LINK, cuts: 0 };
    this.#links.set(key, made);
    return made;
  }
}
