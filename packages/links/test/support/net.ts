/** A simulated network of link machines: delays, cuts, sizes that pass, lives that end. */
import { instant, milliseconds, type NodeId, nodeId, prng } from '@holdfast/base';
import {
  deadline,
  links,
  type LinksConfig,
  type LinksEffect,
  type LinksInput,
  type LinksState,
  step,
} from '@holdfast/links';

export const OVERHEAD = 40;

type InFlight = {
  readonly at: number;
  readonly to: NodeId;
  readonly input: Extract<LinksInput, { kind: 'datagram' }>;
};

type SimNode = {
  state: LinksState;
  epoch: number;
  counter: number;
  readonly proven: Map<NodeId, number>;
  isRunning: boolean;
  /** What came up, in words. */
  readonly story: string[];
  readonly frames: string[];
};

export type NetOptions = {
  readonly nodes?: number;
  readonly links?: number;
  readonly config?: Partial<LinksConfig>;
  readonly seed?: number;
};

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export class Net {
  now = 0;
  readonly nodes = new Map<NodeId, SimNode>();
  /** Datagrams from one node to another on a link pass only where this says so. */
  passes: (from: NodeId, to: NodeId, link: number, bytes: number) => boolean = () => true;
  delayMs: (link: number) => number = () => 0.2;
  lossPercent = 0;
  sentBytes = 0;
  readonly #chance;
  readonly #inFlight: InFlight[] = [];
  readonly #options: NetOptions;

  constructor(options: NetOptions = {}) {
    this.#options = options;
    this.#chance = prng(options.seed ?? 1);
    for (let id = 1; id <= (options.nodes ?? 2); id += 1) this.boot(nodeId(id));
  }

  configOf(id: NodeId): LinksConfig {
    const count = this.#options.nodes ?? 2;
    const ids = Array.from({ length: count }, (_, index) => nodeId(index + 1));
    return {
      peers: ids.filter((each) => each !== id),
      links: Array.from({ length: this.#options.links ?? 1 }, (_, link) => linkSettings(link)),
      mode: 'passive',
      datagramBytes: undefined,
      mtuIntervalMs: milliseconds(30_000),
      salt: 1000 * id + this.now + 1,
      overheadBytes: OVERHEAD,
      ...this.#options.config,
    };
  }

  /** Starts a node, or starts it anew as another life. */
  boot(id: NodeId): void {
    const config = this.configOf(id);
    const old = this.nodes.get(id);
    const node: SimNode = {
      state: links(config, instant(this.now)),
      epoch: (old?.epoch ?? 0) + 1,
      counter: 0,
      proven: new Map(),
      isRunning: true,
      story: old?.story ?? [],
      frames: old?.frames ?? [],
    };
    this.nodes.set(id, node);
    for (const { link } of config.links)
      this.input(id, { kind: 'interface', link, payloadBytes: 1472 });
    this.input(id, { kind: 'start' });
  }

  node(id: number): SimNode {
    const found = this.nodes.get(nodeId(id));
    if (found === undefined) throw new Error(`no node ${id}`);
    return found;
  }

  input(id: NodeId, input: LinksInput): void {
    const node = this.node(id);
    for (const effect of step(node.state, input, instant(this.now)))
      this.#carryOut(id, node, effect);
  }

  send(from: number, to: number | 'all', ...frames: readonly (string | Uint8Array)[]): void {
    const target = to === 'all' ? to : nodeId(to);
    this.input(nodeId(from), {
      kind: 'frames',
      frames: frames.map((frame) => ({
        to: target,
        bytes: typeof frame === 'string' ? new TextEncoder().encode(frame) : frame,
      })),
    });
  }

  /** Lets time pass. */
  run(forMs: number): void {
    const end = this.now + forMs;
    for (;;) {
      const next = Math.min(this.#nextArrival(), this.#nextTick());
      if (next > end) break;
      this.now = Math.max(this.now, next);
      this.#arrive();
      this.#tick();
    }
    this.now = end;
  }

  #nextArrival(): number {
    // What reaches a frozen node waits in its socket.
    const due = this.#inFlight.filter(({ to }) => this.node(to).isRunning);
    return Math.min(Infinity, ...due.map(({ at }) => at));
  }

  #nextTick(): number {
    const running = [...this.nodes.values()].filter(({ isRunning }) => isRunning);
    return Math.min(Infinity, ...running.map(({ state }) => deadline(state) ?? Infinity));
  }

  #arrive(): void {
    for (;;) {
      const index = this.#inFlight.findIndex(
        ({ at, to }) => at <= this.now && this.node(to).isRunning,
      );
      const [datagram] = index < 0 ? [] : this.#inFlight.splice(index, 1);
      if (datagram === undefined) break;
      const { epoch, sender } = datagram.input;
      const proven = this.node(datagram.to).proven.get(sender) ?? 0;
      if (epoch < proven) continue;
      this.input(datagram.to, { ...datagram.input, isProven: epoch === proven });
    }
  }

  #tick(): void {
    for (const [id, { state, isRunning }] of this.nodes)
      if (isRunning && (deadline(state) ?? Infinity) <= this.now) this.input(id, { kind: 'tick' });
  }

  #carryOut(id: NodeId, node: SimNode, effect: LinksEffect): void {
    const { story } = node;
    switch (effect.kind) {
      case 'transmit':
        node.counter += 1;
        for (const route of effect.routes)
          this.#post(id, node, { ...route, plain: effect.plain.slice() });
        return;
      case 'deliver':
        node.frames.push(text(effect.bytes));
        return;
      case 'prove':
        node.proven.set(effect.sender, effect.epoch);
        return;
      case 'link-up':
        story.push(`link ${effect.link} to ${effect.peer} up`);
        return;
      case 'link-down':
        story.push(`link ${effect.link} to ${effect.peer} down: ${effect.why}`);
        return;
      case 'reachable':
      case 'unreachable':
        story.push(`${effect.peer} ${effect.kind}`);
        return;
      case 'news':
        story.push(`${effect.peer} says ${text(effect.news)}`);
        return;
      case 'capacity':
      case 'note':
        return;
    }
  }

  #post(
    from: NodeId,
    { epoch, counter }: SimNode,
    way: { readonly peer: NodeId; readonly link: number; readonly plain: Uint8Array },
  ): void {
    const { peer, link, plain } = way;
    const bytes = plain.length + OVERHEAD;
    this.sentBytes += bytes;
    if (!this.passes(from, peer, link, bytes)) return;
    if (this.lossPercent > 0 && this.#chance.below(100) < this.lossPercent) return;
    const input = {
      kind: 'datagram',
      link,
      sender: from,
      epoch,
      counter,
      isProven: false,
      plain,
    } as const;
    this.#inFlight.push({ at: this.now + this.delayMs(link), to: peer, input });
  }
}

export function linkSettings(link: number, priority = 1): LinksConfig['links'][number] {
  return {
    link,
    priority,
    pingIntervalMs: milliseconds(250),
    pingTimeoutMs: milliseconds(500),
    pongCount: 2,
  };
}
