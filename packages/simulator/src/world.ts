/** A world built from a plan: hosts, the links between them, their power, and everybody who watches. */
import { epochMs, milliseconds, type NodeId, type NodeName, prng } from '@holdfast/base';
import { schedule } from '@holdfast/scheduler';
import { ringTimeouts } from '@holdfast/totem';
import { Agenda } from './agenda.ts';
import { Order } from './checks/order.ts';
import { Owners } from './checks/owners.ts';
import { Shots } from './checks/shots.ts';
import { Faults } from './faults.ts';
import { History } from './history.ts';
import { Host } from './host.ts';
import type { HostSetup, HostWatch, Planner, Spent } from './host-setup.ts';
import { Network } from './network.ts';
import { Operator } from './operator.ts';
import type { Plan, PlannedNode } from './plan.ts';
import { EARLY_ACK_LAG_MS, withoutFenceWait } from './plants.ts';
import { Power, type PowerWatch } from './power.ts';
import type { Stage } from './stage.ts';

/** 2026-01-01T00:00:00Z: the wall clock at virtual time 0. */
const WALL_START_MS = 1_767_225_600_000;

export type World = {
  readonly plan: Plan;
  readonly stage: Stage;
  readonly hosts: readonly Host[];
  readonly network: Network;
  readonly power: Power;
  readonly owners: Owners;
  readonly shots: Shots;
  readonly operator: Operator;
  readonly faults: Faults;
  readonly spent: Spent;
};

const honestPlanner: Planner = (cib, wallMs) => {
  const now = epochMs(wallMs);
  const { graph, notes, recheckAt } = schedule({ cib, now });
  const recheckInMs =
    recheckAt === undefined ? undefined : milliseconds(Math.max(0, recheckAt - now));
  return { graph, notes, recheckInMs };
};

export function buildWorld(plan: Plan, clock: () => number): World {
  const stage: Stage = {
    agenda: new Agenda(),
    history: new History(),
    dice: prng(plan.seed ^ 0x5eed),
    violation: undefined,
  };
  const hosts: Host[] = [];
  const byId = new Map<number, Host>();
  const spent: Spent = { ringMs: 0, nodeMs: 0, scheduleMs: 0, schedules: 0 };
  const ids = plan.nodes.map(({ id }) => id);
  const network = new Network(stage, ids, (to, bytes) => byId.get(to)?.receive(bytes));
  const owners = new Owners(stage);
  const shots = new Shots(stage, (id) => byId.get(id)?.daemon?.hasCompany === true);
  const names = plan.nodes.map(({ name }) => name);
  const powerWatch = watchPower(hosts, owners, shots);
  const power = new Power(stage, names, powerWatch, plan.plant === 'believed-lie');
  const onConfirm = (node: NodeName): void => {
    owners.proven(node);
  };
  const operator = new Operator(stage, hosts, { power, onConfirm }, plan.operatorPauseMsMax);
  const watch = watchHosts({ stage, byId, owners, shots, operator });
  const planner = plan.plant === 'no-fence-wait' ? withoutFenceWait(honestPlanner) : honestPlanner;
  for (const each of plan.nodes) {
    const setup = setupOf(plan, each, { stage, network, power, planner, clock, spent });
    const host = new Host(each.id, each.name, setup, watch);
    hosts.push(host);
    byId.set(each.id, host);
    stage.agenda.at(each.startsAtMs, () => {
      host.startDaemon();
    });
  }
  const faults = new Faults({ stage, hosts, network, power }, plan.pauseMsMax);
  return { plan, stage, hosts, network, power, owners, shots, operator, faults, spent };
}

function setupOf(
  plan: Plan,
  own: PlannedNode,
  parts: Pick<HostSetup, 'stage' | 'network' | 'power' | 'planner' | 'clock' | 'spent'>,
): HostSetup {
  const nodes = plan.nodes.map(({ id }) => id);
  const votes = new Map<NodeId, number>(nodes.map((id) => [id, 1]));
  return {
    ...parts,
    ringConfig: {
      ...ringTimeouts({ tokenMs: plan.tokenMs, nodeCount: nodes.length }),
      self: own.id,
      nodes,
      clusterName: 'simulated',
    },
    nodeConfig: {
      self: own.id,
      clusterName: 'simulated',
      names: new Map<NodeId, NodeName>(plan.nodes.map(({ id, name }) => [id, name])),
      quorum: {
        self: own.id,
        names: new Map<NodeId, NodeName>(plan.nodes.map(({ id, name }) => [id, name])),
        votes,
        expectedVotes: nodes.length,
        twoNode: nodes.length === 2,
        waitForAll: plan.waitForAll,
        lastManStanding: plan.lastManStanding ? { windowMs: milliseconds(10_000) } : undefined,
        autoTieBreaker: plan.autoTieBreaker ? { kind: 'lowest' } : undefined,
        downscale: undefined,
        tracksExpectedVotes: false,
        device: undefined,
        digests: {},
      },
    },
    firstCib: own.knowsCib ? plan.firstCib : undefined,
    diskLagMs: plan.plant === 'early-ack' ? EARLY_ACK_LAG_MS : undefined,
    wallStartMs: WALL_START_MS,
    wallOffsetMs: own.wallOffsetMs,
  };
}

function watchPower(hosts: readonly Host[], owners: Owners, shots: Shots): PowerWatch {
  const hostOf = (node: NodeName): Host | undefined => hosts.find(({ name }) => name === node);
  return {
    onShot: (node) => {
      shots.hit(node);
    },
    onDown: (node) => hostOf(node)?.powerOff(),
    onPower: (node) => hostOf(node)?.powerOn(),
    onProof: (node) => {
      owners.proven(node);
    },
  };
}

type Watchers = {
  readonly stage: Stage;
  readonly byId: ReadonlyMap<number, Host>;
  readonly owners: Owners;
  readonly shots: Shots;
  readonly operator: Operator;
};

function watchHosts({ stage, byId, owners, shots, operator }: Watchers): HostWatch {
  const order = new Order(stage);
  return {
    began: (host) => {
      order.forget(host);
    },
    started: (host, resource) => {
      owners.started(host, resource);
    },
    stopped: (host, resource) => {
      owners.stopped(host, resource);
    },
    lost: (host, resources) => {
      owners.lost(host, resources);
    },
    delivered: (host, from, payload) => {
      order.delivered(host, from, payload);
    },
    membership: (host, event) => {
      order.membership(host, event);
      if (event.kind !== 'regular') return;
      for (const id of event.members) {
        const member = byId.get(id);
        if (member?.daemon !== undefined && id !== host.id)
          owners.back(member.name, member.daemon.startedAt);
      }
    },
    shoots: (host, target) => {
      if (!operator.hasAskedToFence(target)) shots.shoots(host, target);
    },
    answered: (_, id, answer) => {
      operator.answered(id, answer);
    },
  };
}
