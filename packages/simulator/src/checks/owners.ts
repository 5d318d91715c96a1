/**
 * Never two owners, and fenced before recovered. Looks at what really runs, never at what the cluster
 * believes.
 */
import type { NodeName } from '@holdfast/base';
import type { Who } from '../host-setup.ts';
import { type Stage, violate } from '../stage.ts';

/** A resource whose owner lost its power while it ran. */
type Loss = { readonly node: NodeName; readonly at: number };

export class Owners {
  readonly #stage: Stage;
  readonly #active = new Map<string, Set<NodeName>>();
  readonly #losses = new Map<string, Loss>();
  /** When a device last told the truth about a node: it is off. */
  readonly #provenAt = new Map<NodeName, number>();
  /** When a new life of a node was last seen in somebody else's ring. */
  readonly #backAt = new Map<NodeName, number>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  started(host: Who, resource: string): void {
    const owners = this.ownersOf(resource);
    const others = [...owners].filter((name) => name !== host.name);
    if (others.length > 0) {
      violate(
        this.#stage,
        'two-owners',
        `${resource} starts on ${host.name} while it is active on ${others.join(', ')}`,
      );
    }
    this.#checkLoss(host, resource);
    owners.add(host.name);
    this.#losses.delete(resource);
  }

  stopped(host: Who, resource: string): void {
    this.ownersOf(resource).delete(host.name);
  }

  lost(host: Who, resources: readonly string[]): void {
    for (const resource of resources) {
      this.ownersOf(resource).delete(host.name);
      this.#losses.set(resource, { node: host.name, at: this.#stage.agenda.now() });
    }
  }

  proven(node: NodeName): void {
    this.#provenAt.set(node, this.#stage.agenda.now());
  }

  back(node: NodeName, startedAt: number): void {
    this.#backAt.set(node, startedAt);
  }

  ownersOf(resource: string): Set<NodeName> {
    const found = this.#active.get(resource);
    if (found !== undefined) return found;
    const made = new Set<NodeName>();
    this.#active.set(resource, made);
    return made;
  }

  #checkLoss(host: Who, resource: string): void {
    const loss = this.#losses.get(resource);
    if (loss === undefined || loss.node === host.name) return;
    const proof = Math.max(this.#provenAt.get(loss.node) ?? -1, this.#backAt.get(loss.node) ?? -1);
    if (proof >= loss.at) return;
    violate(
      this.#stage,
      'fenced-before-recovered',
      `${resource} starts on ${host.name}; ${loss.node}, which ran it, lost its power at ${loss.at} ms, and no device was asked and no new life of it seen since`,
    );
  }
}
