/**
 * A pair, how its fencing is set up, and cuts of its link to come. The set-up is what a careful
 * operator would write for devices that take so long: a delay longer than the slowest shot, and a
 * timeout longer than the delay. What the devices then do is drawn anew for each cut.
 */
import type { NodeName, Prng } from '@holdfast/base';
import { document, primitive } from './draw-cib.ts';
import type { DeviceTiming } from './power.ts';
import { between, pick } from './stage.ts';

export type PlannedCut = {
  readonly lengthMs: number;
  /** How each device behaves while it lasts. */
  readonly timings: ReadonlyMap<string, DeviceTiming>;
};

export type DrawnCuts = {
  readonly text: string;
  readonly resources: readonly string[];
  readonly cuts: readonly PlannedCut[];
};

/** The slowest way from the command to the outlet, in ms: a PDU, a BMC, a console, a busy console. */
const SLOWEST_MS = [600, 4500, 8000, 12_000] as const;
/** Two sides notice a cut and decide at times that differ by so much at most, in ms. */
const SKEW_MS = 4000;

type Style = 'base' | 'map' | 'range' | 'priority';

type SetUp = {
  readonly names: readonly NodeName[];
  readonly protectedNode: NodeName;
  readonly slowestMs: number;
  readonly delayMs: number;
  readonly style: Style;
  /** A BMC for each node at the first level, PDUs at the second. */
  readonly hasLevels: boolean;
  /** A BMC gives up after so long. */
  readonly bmcTimeoutMs: number;
};

export function drawCuts(
  dice: Prng,
  names: readonly NodeName[],
  wanted: { readonly protectedNode: NodeName; readonly count: number; readonly isDelayed: boolean },
): DrawnCuts {
  const slowestMs = pick(dice, SLOWEST_MS);
  const hasLevels = dice.chance(1, 3);
  const bmcTimeoutMs = 2 * slowestMs + 2000;
  const enough = slowestMs + SKEW_MS + (hasLevels ? bmcTimeoutMs + slowestMs : 0);
  const setUp: SetUp = {
    names,
    protectedNode: wanted.protectedNode,
    slowestMs,
    delayMs: wanted.isDelayed ? enough + between(dice, 1000, 10_000) : 0,
    style: pick(dice, ['base', 'map', 'range', hasLevels ? 'base' : 'priority']),
    hasLevels,
    bmcTimeoutMs,
  };
  const resources = ['web', 'db'].slice(0, between(dice, 1, 2));
  const cuts = Array.from({ length: wanted.count }, () => drawCut(dice, setUp));
  return { text: textOf(dice, setUp, resources), resources, cuts };
}

function drawCut(dice: Prng, setUp: SetUp): PlannedCut {
  const { names, slowestMs, delayMs, hasLevels } = setUp;
  const lengthMs = pick(dice, [
    between(dice, 100, 1500),
    between(dice, 1500, 6000),
    between(dice, 3000, delayMs + slowestMs + 8000),
    between(dice, 60_000, 120_000),
    between(dice, 60_000, 120_000),
  ]);
  const losses = dice.chance(1, 3) ? between(dice, 1, 100) : 0;
  const timing = (): DeviceTiming => drawTiming(dice, slowestMs, losses);
  const pdus = names.map((name): [string, DeviceTiming] => [`fence-${name}`, timing()]);
  const deadBmcs = hasLevels ? pick(dice, [0, 0, 1, 2]) : 0;
  const bmcs = names.map((name, at): [string, DeviceTiming] => [
    `bmc-${name}`,
    at < deadBmcs ? { ...timing(), deafPerMille: 1000 } : timing(),
  ]);
  return { lengthMs, timings: new Map([...pdus, ['fence', timing()], ...bmcs]) };
}

function drawTiming(dice: Prng, slowestMs: number, losses: number): DeviceTiming {
  const workMsMax = between(dice, 20, slowestMs);
  const workMsMin = between(dice, 1, workMsMax);
  return {
    workMsMin,
    workMsMax,
    backMsMax: pick(dice, [50, 50, 3000]),
    mutePerMille: losses,
    deafPerMille: dice.chance(1, 2) ? losses : 0,
  };
}

function textOf(dice: Prng, setUp: SetUp, resources: readonly string[]): string {
  const { names, protectedNode, delayMs, style } = setUp;
  const priority =
    style === 'priority' && delayMs > 0
      ? `<nvpair id="o-priority" name="priority-fencing-delay" value="${delayMs}ms"/>`
      : '';
  const properties = `<crm_config><cluster_property_set id="cib-bootstrap-options">
    <nvpair id="o-stonith" name="stonith-enabled" value="true"/>
    <nvpair id="o-action" name="stonith-action" value="${dice.chance(1, 6) ? 'off' : 'reboot'}"/>${priority}
  </cluster_property_set></crm_config><rsc_defaults></rsc_defaults>`;
  const services = resources.map((id) =>
    primitive(dice, id, style === 'priority' ? 10 : undefined),
  );
  const likes = resources.map(
    (id) => `<rsc_location id="l-${id}" rsc="${id}" node="${protectedNode}" score="1000"/>`,
  );
  return document(names, properties, `${drawDevices(setUp)}${services.join('')}`, {
    constraints: likes.join(''),
    topology: topologyOf(setUp),
  });
}

function topologyOf({ names, hasLevels, style }: SetUp): string {
  if (!hasLevels) return '';
  return names
    .map(
      (name) => `<fencing-level id="one-${name}" target="${name}" index="1" devices="bmc-${name}"/>
        <fencing-level id="two-${name}" target="${name}" index="2" devices="${style === 'map' ? 'fence' : `fence-${name}`}"/>`,
    )
    .join('');
}

function drawDevices(setUp: SetUp): string {
  const { names, protectedNode, slowestMs, delayMs, style, hasLevels, bmcTimeoutMs } = setUp;
  const timeoutMs = delayMs + 2 * slowestMs + SKEW_MS;
  const isDelayed = (name: NodeName): boolean =>
    delayMs > 0 && style !== 'priority' && name === protectedNode;
  const delays = (name: NodeName): Record<string, string> => {
    if (!isDelayed(name)) return {};
    const most = style === 'range' ? { pcmk_delay_max: `${delayMs + 5000}ms` } : {};
    return { pcmk_delay_base: `${delayMs}ms`, ...most };
  };
  const bmcs = hasLevels
    ? names.map((name) =>
        device(`bmc-${name}`, {
          pcmk_host_map: `${name}:${name}`,
          pcmk_off_timeout: `${bmcTimeoutMs}ms`,
          pcmk_off_retries: '1',
          ...delays(name),
        }),
      )
    : [];
  const common = { pcmk_off_timeout: `${timeoutMs}ms`, pcmk_status_timeout: `${timeoutMs}ms` };
  if (style === 'map') {
    const map = names.map((name) => `${name}:${name}`).join(';');
    const delay = delayMs > 0 ? { pcmk_delay_base: `${protectedNode}:${delayMs}ms` } : {};
    const limit = { pcmk_action_limit: '-1' };
    return [...bmcs, device('fence', { pcmk_host_map: map, ...common, ...delay, ...limit })].join(
      '',
    );
  }
  const own = names.map((name) =>
    device(`fence-${name}`, { pcmk_host_map: `${name}:${name}`, ...common, ...delays(name) }),
  );
  return [...bmcs, ...own].join('');
}

function device(id: string, parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters)
    .map(([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`)
    .join('');
  return `<primitive id="${id}" class="stonith" type="fence-pdu"><instance_attributes id="${id}-attributes">${pairs}</instance_attributes></primitive>`;
}
