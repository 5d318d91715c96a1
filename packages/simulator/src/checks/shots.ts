/** No fence loop; and in a clean split, exactly one shot, at the node nothing protects. */
import type { NodeName } from '@holdfast/base';
import type { Who } from '../host-setup.ts';
import { type Stage, violate } from '../stage.ts';

/** Real shots at one node once nothing outside the cluster is wrong any more. */
const AFTER_HEAL_MAX = 2;

export class Shots {
  readonly #stage: Stage;
  readonly #hasCompany: (id: number) => boolean;
  /** Shots that hit a node with power, in order. */
  readonly hits: { readonly target: NodeName; readonly at: number }[] = [];
  #healedAt: number | undefined;
  /** Who was hit in the cut that is being looked at; undefined: none is. */
  #inCut: NodeName[] | undefined;
  /** Shots that are owed to a hand at the outlet, by target. */
  readonly #owed = new Map<NodeName, number>();

  constructor(stage: Stage, hasCompany: (id: number) => boolean) {
    this.#stage = stage;
    this.#hasCompany = hasCompany;
  }

  /** A node that has not met anybody since it started has no right to shoot. */
  shoots(host: Who, target: NodeName): void {
    if (this.#hasCompany(host.id)) return;
    violate(
      this.#stage,
      'fence-loop',
      `${host.name} has been alone since it started, and shoots ${target}`,
    );
  }

  hit(target: NodeName): void {
    const at = this.#stage.agenda.now();
    this.hits.push({ target, at });
    const [first] = this.#inCut ?? [];
    this.#inCut?.push(target);
    if (first !== undefined && first !== target)
      violate(
        this.#stage,
        'one-survivor',
        `one cut, and both nodes were shot: ${first} first, then ${target}`,
      );
    const since = this.#healedAt;
    if (since === undefined) return;
    const count = this.hits.filter((each) => each.target === target && each.at >= since).length;
    if (count > AFTER_HEAL_MAX + (this.#owed.get(target) ?? 0)) {
      violate(
        this.#stage,
        'fence-loop',
        `${target} is shot for the ${count}th time although everything was healed`,
      );
    }
  }

  /**
   * Somebody switches a node on while it may be being fenced: the device then says "on" where "off"
   * was to be proven, and the shot that follows is that hand's, not a loop of ours.
   */
  handSwitchesOn(target: NodeName): void {
    this.#owed.set(target, (this.#owed.get(target) ?? 0) + 1);
  }

  /** From here on to `endCut` at most one of the nodes may be hit. */
  beginCut(): void {
    this.#inCut = [];
  }

  endCut(): void {
    this.#inCut = undefined;
  }

  heal(): void {
    this.#healedAt = this.#stage.agenda.now();
  }

  /** The verdict on a clean split that began at `since`. */
  checkSplit(since: number, protectedNode: NodeName): void {
    const hits = this.hits.filter(({ at }) => at >= since);
    const [first] = hits;
    if (hits.length === 1 && first?.target !== protectedNode) return;
    const said = hits.map(({ target, at }) => `${target} at ${at} ms`).join(', ');
    violate(
      this.#stage,
      'one-survivor',
      `of a clean split exactly one node was to be shot, and not ${protectedNode}; shot were: ${said === '' ? 'none' : said}`,
    );
  }
}
