/**
 * The people around the cluster: somebody switches on what was left off, and after the heal the
 * operator tidies up: daemons started, failures forgotten, everybody online.
 */
import { readNode } from '@holdfast/node';
import type { Host } from './host.ts';
import type { World } from './world.ts';

const FIRST_LOOK_MS = 5000;
const LOOK_EVERY_MS = 5000;
/** An outlet that stays off so long was forgotten by whoever switched it. */
const OFF_MS_MAX = 20_000;

export class Healer {
  readonly #world: World;
  #isTidying = false;
  #isDone = false;
  #asked: readonly string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  isTidy(): boolean {
    return this.#isDone;
  }

  begin(): void {
    this.#lookIn(FIRST_LOOK_MS);
  }

  tidy(): void {
    this.#isTidying = true;
  }

  #lookIn(waitMs: number): void {
    this.#world.stage.agenda.after(waitMs, () => {
      this.#look();
      this.#lookIn(LOOK_EVERY_MS);
    });
  }

  #look(): void {
    for (const host of this.#world.hosts) this.#power(host);
    if (!this.#isTidying || this.#isDone) return;
    for (const each of this.#world.hosts) startIfStopped(each);
    const host = this.#world.hosts.find(isReady);
    if (host === undefined) return;
    const { operator, hosts } = this.#world;
    const standby = hosts.find(({ name }) => isStandby(host, name));
    if (standby !== undefined) {
      operator.ask(host, {
        kind: 'set-attribute',
        node: standby.name,
        name: 'standby',
        value: 'off',
        lifetime: 'forever',
        user: 'simulated',
      });
      this.#lookSoon();
      return;
    }
    if (this.#asked.length > 0 && this.#asked.every((id) => !operator.isOpen(id))) {
      this.#isDone = hosts.every(isReady);
      if (this.#isDone) return;
    }
    this.#asked = [operator.ask(host, { kind: 'cleanup', resource: undefined, node: undefined })];
  }

  #lookSoon(): void {
    this.#world.stage.agenda.after(1000, () => {
      this.#look();
    });
  }

  #power(host: Host): void {
    const { power, stage } = this.#world;
    const since = power.offSince(host.name);
    if (since === undefined || stage.agenda.now() - since < OFF_MS_MAX) return;
    host.tell('somebody switches its outlet on');
    this.#world.shots.handSwitchesOn(host.name);
    power.switchOn(host.name);
  }
}

function startIfStopped(host: Host): void {
  if (!host.isStopped || host.isFrozen()) return;
  host.isStopped = false;
  host.startDaemon();
}

function isReady(host: Host): boolean {
  if (host.daemon === undefined || host.isFrozen()) return false;
  const { controller } = host.daemon.node;
  return controller.view.kind === 'agreed' && controller.quorum.quorate;
}

function isStandby(host: Host, name: string): boolean {
  if (host.daemon === undefined) return false;
  const { configuration } = readNode(host.daemon.node).cib;
  const node = configuration.nodes.find((each) => each.name === name);
  return (
    node?.attributes.some(({ pairs }) =>
      pairs.some((pair) => pair.name === 'standby' && pair.value === 'on'),
    ) === true
  );
}
