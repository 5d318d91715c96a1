/** Drawn rings with everything that watches them. Virtual time; the seed decides everything. */
import { assert, type NodeId, nodeId, prng, type Prng } from '@holdfast/base';
import { type RingConfig, ringTimeouts } from '@holdfast/totem';
import { Agenda } from '../agenda.ts';
import { OrderCheck } from './check-order.ts';
import { StepCheck } from './check-steps.ts';
import { WireCheck } from './check-wire.ts';
import { type Broken, type Life, waiting } from './life.ts';
import { RingNetwork } from './network.ts';
import { RingNode } from './node.ts';
import type { Plant } from './plants.ts';

/** More of them say nothing new about one seed. */
const BROKEN_MAX = 20;

export type RingShape = {
  readonly nodes: number;
  readonly tokenMs: number;
  readonly windowSize: number;
  readonly maxMessages: number;
  readonly failRecvConst: number;
  readonly messageBytes: number;
};

export type RingWorld = {
  readonly agenda: Agenda;
  readonly network: RingNetwork;
  readonly ids: readonly NodeId[];
  readonly order: OrderCheck;
  readonly wire: WireCheck;
  readonly broken: Broken[];
  readonly lives: readonly Life[];
  readonly node: (id: NodeId) => RingNode;
  readonly tell: (text: string) => void;
};

export type WorldOptions = {
  readonly seed: number;
  readonly shape: RingShape;
  readonly plant: Plant;
  readonly tell: (text: string) => void;
};

export function ringWorld({ seed, shape, plant, tell }: WorldOptions): RingWorld {
  const agenda = new Agenda();
  const dice: Prng = prng(seed);
  const ids = Array.from({ length: shape.nodes }, (_, index) => nodeId(index + 1));
  const broken: Broken[] = [];
  const report = (rule: string, text: string): void => {
    tell(`VIOLATED ${rule}: ${text}`);
    if (broken.length < BROKEN_MAX) broken.push({ rule, text });
  };
  const lives: Life[] = [];
  const order = new OrderCheck(report);
  const steps = new StepCheck(report, () => lives.filter(({ isDead }) => !isDead));
  const wire = new WireCheck(report);
  const nodes = new Map<NodeId, RingNode>();
  const network = new RingNetwork(agenda, dice, (to, bytes) => nodes.get(to)?.arrive(bytes));
  const node = (id: NodeId): RingNode => {
    const found = nodes.get(id);
    assert(found !== undefined, 'a node of this world');
    return found;
  };
  let waitingBefore = 0;
  const watch: RingNode['parts']['watch'] = {
    born: (life) => {
      lives.push(life);
      order.born(life);
    },
    says: (life, what) => {
      order.said(life, what);
    },
    stepBegins: (life) => {
      waitingBefore = waiting(life);
      steps.begins(life);
    },
    stepEnds: (life, effects) => {
      steps.ends(life, effects, node(life.id).now());
      const { phase } = life.state;
      if (phase.kind === 'commit')
        order.promised(life, `${phase.ringId.representative}.${phase.ringId.seq}`);
    },
    carriesOut: (life, effect, diskSeq) => {
      if (effect.kind === 'persist-ring-seq') steps.persisted(life, effect.seq);
      if (effect.kind === 'send') wire.sent(life, effect.bytes, diskSeq);
      else if (effect.kind === 'note') tell(`${life.id}#${life.number}: ${effect.text}`);
      else order.take(life, effect, waitingBefore);
    },
  };
  const send = (from: NodeId, to: NodeId | 'all', bytes: Uint8Array): void => {
    if (to !== 'all') network.post(from, to, bytes);
    else for (const id of ids) if (id !== from) network.post(from, id, bytes);
  };
  const nextLife = (): number => lives.length + 1;
  for (const id of ids) {
    const config = configOf(id, ids, shape);
    nodes.set(id, new RingNode({ id, config, agenda, dice, plant, watch, send, nextLife }));
  }
  return { agenda, network, ids, order, wire, broken, lives, node, tell };
}

function configOf(self: NodeId, nodes: readonly NodeId[], shape: RingShape): RingConfig {
  const { tokenMs, windowSize, maxMessages, failRecvConst, messageBytes } = shape;
  const times = ringTimeouts({ tokenMs, nodeCount: 2 });
  return {
    ...times,
    self,
    nodes,
    clusterName: 'drawn',
    windowSize,
    maxMessages,
    failRecvConst,
    messageBytes,
  };
}
