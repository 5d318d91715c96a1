/** Somebody who changes things now and then, and remembers what was promised. */
import type { Answer, Request } from '@holdfast/controller';
import { formatVersion, setProperty } from '@holdfast/cib';
import { readNode } from '@holdfast/node';
import type { NodeName } from '@holdfast/base';
import type { Host } from './host.ts';
import type { Power } from './power.ts';
import { between, pick, pickAny, type Stage, tell } from './stage.ts';

/** One write of one name. Every value is written once only. */
export type Write = {
  readonly name: string;
  readonly value: string;
  readonly askedAt: number;
  outcome: 'open' | 'durable' | 'undone';
  answeredAt: number | undefined;
};

const ATTRIBUTE_NAMES = ['rack', 'site', 'note'] as const;
const PROPERTY_NAMES = ['cluster-recheck-interval', 'dc-deadtime'] as const;

/** What an operator can see with his own eyes, and must vouch for. */
export type Eyes = { readonly power: Power; readonly onConfirm: (node: NodeName) => void };

export class Operator {
  readonly #stage: Stage;
  readonly #eyes: Eyes;
  /** The longest pause between two requests, in ms. */
  readonly #pauseMsMax: number;
  readonly #hosts: readonly Host[];
  readonly writes: Write[] = [];
  readonly #open = new Map<string, Write | undefined>();
  readonly #fences = new Set<NodeName>();
  #last = 0;
  #isOver = false;

  constructor(stage: Stage, hosts: readonly Host[], eyes: Eyes, pauseMsMax: number) {
    this.#eyes = eyes;
    this.#pauseMsMax = pauseMsMax;
    this.#stage = stage;
    this.#hosts = hosts;
  }

  begin(): void {
    const { agenda, dice } = this.#stage;
    agenda.after(between(dice, 20, this.#pauseMsMax), () => {
      if (this.#isOver) return;
      const host = pickAny(
        dice,
        this.#hosts.filter(({ daemon }) => daemon !== undefined),
      );
      if (host !== undefined) this.#act(host);
      this.begin();
    });
  }

  end(): void {
    this.#isOver = true;
  }

  /** Sends one request of its own, as after the heal: everybody online, all failures forgotten. */
  ask(host: Host, request: Request, write?: Write): string {
    this.#last += 1;
    const id = `operator-${this.#last}`;
    this.#open.set(id, write);
    host.request(id, request);
    return id;
  }

  /** Somebody asked for this node to be shot: whoever does it, does not decide it. */
  hasAskedToFence(node: NodeName): boolean {
    return this.#fences.has(node);
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  answered(id: string, answer: Answer): void {
    const { agenda } = this.#stage;
    if (!this.#open.has(id)) return;
    const write = this.#open.get(id);
    this.#open.delete(id);
    tell(this.#stage, 'operator', `${id}: ${describe(answer)}`);
    if (write === undefined) return;
    write.answeredAt = agenda.now();
    if (answer.kind === 'receipt' && answer.receipt.durable) write.outcome = 'durable';
    if (answer.kind === 'fault') write.outcome = 'undone';
  }

  #act(host: Host): void {
    const { dice } = this.#stage;
    const what = dice.below(12);
    if (what < 4) this.#setAttribute(host);
    else if (what < 7) this.#setProperty(host);
    else if (what < 8) this.#standby(host);
    else if (what < 9) this.ask(host, { kind: 'cleanup', resource: undefined, node: undefined });
    else if (what < 10) this.#setTransient(host);
    else if (what < 11) this.#confirm(host);
    else if (dice.chance(1, 3)) this.#fence(host);
  }

  /** Vouches for a node that he has seen without power, and for none else. */
  #confirm(host: Host): void {
    const node = this.#hosts.find(({ name }) => !this.#eyes.power.isUp(name))?.name;
    if (node === undefined) return;
    host.tell(`operator: has seen that ${node} is off, and vouches for it`);
    this.#eyes.onConfirm(node);
    this.ask(host, { kind: 'confirm-fenced', node, by: 'simulated' });
  }

  #fence(host: Host): void {
    const node = pickAny(this.#stage.dice, this.#hosts)?.name ?? host.name;
    const action = pick(this.#stage.dice, ['reboot', 'off'] as const);
    host.tell(`operator: fence ${node} (${action})`);
    this.#fences.add(node);
    this.ask(host, { kind: 'fence', node, action });
  }

  #setAttribute(host: Host): void {
    const node = pickAny(this.#stage.dice, this.#hosts)?.name ?? host.name;
    const name = pick(this.#stage.dice, ATTRIBUTE_NAMES);
    const write = this.#write(`${node}/${name}`, `v${this.writes.length}`);
    host.tell(`operator: ${write.name} = ${write.value}`);
    const { value } = write;
    this.ask(
      host,
      { kind: 'set-attribute', node, name, value, lifetime: 'forever', user: 'simulated' },
      write,
    );
  }

  #setProperty(host: Host): void {
    if (host.daemon === undefined) return;
    const { cib } = readNode(host.daemon.node);
    const name = pick(this.#stage.dice, PROPERTY_NAMES);
    const write = this.#write(name, `${900 + this.writes.length}s`);
    host.tell(`operator: ${write.name} = ${write.value}`);
    const root = setProperty(cib.root, name, write.value);
    this.ask(
      host,
      { kind: 'replace-configuration', base: formatVersion(cib.version), root, user: 'simulated' },
      write,
    );
  }

  #standby(host: Host): void {
    const node = pickAny(this.#stage.dice, this.#hosts)?.name ?? host.name;
    const value = this.#stage.dice.chance(1, 2) ? 'on' : 'off';
    host.tell(`operator: standby ${node} ${value}`);
    this.ask(host, {
      kind: 'set-attribute',
      node,
      name: 'standby',
      value,
      lifetime: 'forever',
      user: 'simulated',
    });
  }

  #setTransient(host: Host): void {
    const value = String(this.#last);
    this.ask(host, {
      kind: 'set-attribute',
      node: host.name,
      name: 'load',
      value,
      lifetime: 'reboot',
      user: 'simulated',
    });
  }

  #write(name: string, value: string): Write {
    const { agenda } = this.#stage;
    const write: Write = {
      name,
      value,
      askedAt: agenda.now(),
      outcome: 'open',
      answeredAt: undefined,
    };
    this.writes.push(write);
    return write;
  }
}

function describe(answer: Answer): string {
  switch (answer.kind) {
    case 'receipt':
      return `version ${answer.receipt.version} stored on ${answer.receipt.storedOn.join(' ')}${answer.receipt.durable ? '' : ', not durable'}`;
    case 'outcome':
      return answer.text;
    case 'fault':
      return `${answer.fault.code}: ${answer.fault.message}`;
  }
}
