/** Trouble, drawn one piece after the other for as long as the period of faults lasts. */
import type { NodeId, NodeName, Prng } from '@holdfast/base';
import type { Host } from './host.ts';
import type { LinkQuality, Network } from './network.ts';
import type { DeviceMood, Power } from './power.ts';
import { NO_TROUBLE } from './services.ts';
import { between, pick, pickAny, type Stage, tell } from './stage.ts';

export type Victims = {
  readonly stage: Stage;
  readonly hosts: readonly Host[];
  readonly network: Network;
  readonly power: Power;
  /** Everything was healed. */
  readonly isOver: () => boolean;
};

type Fault = { readonly weight: number; readonly cause: (victims: Victims, host: Host) => void };

export class Faults {
  readonly #victims: Victims;
  /** The longest pause between two pieces of trouble, in ms. */
  readonly #pauseMsMax: number;
  #isOver = false;
  count = 0;

  constructor(victims: Omit<Victims, 'isOver'>, pauseMsMax: number) {
    this.#victims = { ...victims, isOver: () => this.#isOver };
    this.#pauseMsMax = pauseMsMax;
  }

  begin(): void {
    const { hosts, stage } = this.#victims;
    for (const host of hosts) {
      if (stage.dice.chance(1, 2)) continue;
      Object.assign(host.services.trouble, {
        startFails: 20,
        stopFails: 5,
        monitorFails: 5,
        hangs: 4,
      });
    }
    this.#next();
  }

  #next(): void {
    const { agenda, dice } = this.#victims.stage;
    const wait = between(dice, 10, dice.chance(1, 3) ? 1500 : this.#pauseMsMax);
    agenda.after(wait, () => {
      if (this.#isOver) return;
      this.count += 1;
      const host = pickAny(dice, this.#victims.hosts);
      if (host !== undefined) drawFault(dice).cause(this.#victims, host);
      this.#next();
    });
  }

  /** Everything outside the cluster works again; whoever has no power or no daemon gets one. */
  heal(): void {
    this.#isOver = true;
    const { hosts, network, power, stage } = this.#victims;
    tell(stage, 'world', 'heals: network, disks, devices, agents; power everywhere');
    network.heal();
    power.mood = 'good';
    power.cutOff.clear();
    for (const host of hosts) {
      Object.assign(host.services.trouble, NO_TROUBLE);
      host.disk.isFull = false;
      host.disk.pace.msMax = 15;
      power.plug(host.name, true);
      power.switchOn(host.name);
      startAgain(host, between(stage.dice, 100, 3000));
    }
  }
}

function startAgain(host: Host, waitMs: number): void {
  host.laterOnMachine(waitMs, () => {
    host.isStopped = false;
    host.startDaemon();
  });
}

const FAULTS: readonly Fault[] = [
  { weight: 10, cause: pullPlug },
  { weight: 10, cause: resetNode },
  { weight: 6, cause: killDaemon },
  { weight: 14, cause: freezeNode },
  { weight: 10, cause: cutOneWay },
  { weight: 12, cause: partition },
  { weight: 8, cause: flap },
  { weight: 10, cause: degrade },
  { weight: 5, cause: troubleDisk },
  { weight: 12, cause: troubleDevice },
  { weight: 5, cause: cutManagement },
  { weight: 8, cause: killService },
  { weight: 4, cause: blackout },
  { weight: 4, cause: stopAndStart },
];

function drawFault(dice: Prng): Fault {
  const total = FAULTS.reduce((sum, { weight }) => sum + weight, 0);
  let left = dice.below(total);
  for (const fault of FAULTS) {
    if (left < fault.weight) return fault;
    left -= fault.weight;
  }
  return { weight: 0, cause: freezeNode };
}

function pullPlug({ stage, power }: Victims, host: Host): void {
  const length = between(stage.dice, 500, 30_000);
  host.tell(`its plug is pulled for ${length} ms`);
  power.plug(host.name, false);
  stage.agenda.after(length, () => {
    power.plug(host.name, true);
  });
}

function resetNode(_: Victims, host: Host): void {
  if (!host.isPowered()) return;
  host.tell('panics and resets');
  host.reset();
}

function killDaemon({ stage }: Victims, host: Host): void {
  host.crashDaemon();
  startAgain(
    host,
    pick(stage.dice, [between(stage.dice, 10, 900), between(stage.dice, 900, 20_000)]),
  );
}

/** Below and above the token time. */
function freezeNode({ stage }: Victims, host: Host): void {
  const { dice } = stage;
  host.freeze(
    pick(dice, [between(dice, 50, 900), between(dice, 900, 4000), between(dice, 4000, 20_000)]),
  );
}

function cutOneWay({ stage, hosts, network }: Victims, host: Host): void {
  const peer = pickAny(
    stage.dice,
    hosts.filter((each) => each !== host),
  );
  if (peer === undefined) return;
  const length = drawLength(stage.dice);
  tell(stage, 'network', `nothing passes from ${host.name} to ${peer.name} for ${length} ms`);
  network.cut(host.id, peer.id, length);
}

function partition({ stage, hosts, network }: Victims, host: Host): void {
  const { dice } = stage;
  const left: NodeId[] = [host.id];
  const right: NodeId[] = [];
  for (const each of hosts) {
    if (each !== host) (dice.chance(1, 2) ? left : right).push(each.id);
  }
  const length = drawLength(dice);
  tell(stage, 'network', `splits into ${left.join(' ')} and ${right.join(' ')} for ${length} ms`);
  network.partition([left, right], length);
}

/** Rings that break again while they form: parts of them go different ways. */
function flap(victims: Victims, host: Host): void {
  const { stage, hosts, network } = victims;
  const { dice } = stage;
  const times = between(dice, 3, 8);
  tell(stage, 'network', `flaps ${times} times`);
  let at = 0;
  for (let count = 0; count < times; count += 1) {
    at += between(dice, 200, 2500);
    const left = hosts.filter((each) => each === host || dice.chance(1, 2)).map(({ id }) => id);
    const right = hosts.map(({ id }) => id).filter((id) => !left.includes(id));
    const length = between(dice, 300, 3000);
    stage.agenda.after(at, () => {
      if (victims.isOver()) return;
      network.partition([left, right], length);
    });
  }
}

function degrade({ stage, hosts, network }: Victims, host: Host): void {
  const { dice } = stage;
  const delayMsMin = between(dice, 1, 20);
  const quality: LinkQuality = {
    lossPerMille: between(dice, 0, 300),
    duplicatePerMille: between(dice, 0, 100),
    delayMsMin,
    delayMsMax: delayMsMin + between(dice, 1, 80),
  };
  tell(
    stage,
    'network',
    `links from ${host.name}: ${quality.lossPerMille}/1000 lost, up to ${quality.delayMsMax} ms late`,
  );
  for (const peer of hosts) if (peer !== host) network.degrade(host.id, peer.id, quality);
}

function drawLength(dice: Prng): number {
  return pick(dice, [between(dice, 100, 1500), between(dice, 1500, 30_000)]);
}

function troubleDisk({ stage }: Victims, host: Host): void {
  const isFull = stage.dice.chance(1, 2);
  const length = between(stage.dice, 500, 15_000);
  host.tell(`its disk is ${isFull ? 'full' : 'slow'} for ${length} ms`);
  if (isFull) host.disk.isFull = true;
  else host.disk.pace.msMax = between(stage.dice, 100, 2500);
  stage.agenda.after(length, () => {
    host.disk.isFull = false;
    host.disk.pace.msMax = 15;
  });
}

function troubleDevice({ stage, power }: Victims): void {
  const { dice } = stage;
  const mood: DeviceMood = pick(dice, ['slow', 'silent', 'lying', 'failing', 'good']);
  tell(stage, 'pdu', `is ${mood} from now on`);
  power.mood = mood;
}

function cutManagement({ stage, power }: Victims, host: Host): void {
  const length = between(stage.dice, 2000, 30_000);
  host.tell(`cannot reach the fence devices for ${length} ms`);
  const { name }: { name: NodeName } = host;
  power.cutOff.add(name);
  stage.agenda.after(length, () => {
    power.cutOff.delete(name);
  });
}

function killService({ stage }: Victims, host: Host): void {
  const resource = pickAny(stage.dice, host.services.running());
  if (resource === undefined) return;
  host.tell(`${resource} dies`);
  host.services.kill(resource);
}

/** Power goes everywhere at once, and comes back where it pleases. */
function blackout({ stage, hosts, power }: Victims): void {
  tell(stage, 'world', 'blackout');
  for (const host of hosts) {
    power.plug(host.name, false);
    stage.agenda.after(between(stage.dice, 500, 12_000), () => {
      power.plug(host.name, true);
    });
  }
}

function stopAndStart({ stage }: Victims, host: Host): void {
  host.tell('an operator stops the daemon');
  host.request(`stop-${stage.agenda.count()}`, { kind: 'stop' });
  startAgain(host, between(stage.dice, 20_000, 60_000));
}
