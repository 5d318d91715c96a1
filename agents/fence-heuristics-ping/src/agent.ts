/**
 * No power switch at all: it stands before one in a fencing level and lets the level go on only where
 * this node reaches the network, so that of two halves the one without uplink does not shoot.
 */
import {
  type DeviceAnswer,
  defineFenceAgent,
  type FenceContext,
  type PowerState,
} from '@holdfast/agent';
import { fail, ok } from '@holdfast/base';

const PARAMETERS = {
  ping_targets: {
    type: 'string',
    required: true,
    shortdesc: 'Addresses to ping, separated by commas; inet: or inet6: before one chooses how',
  },
  ping_count: { type: 'integer', default: 3, minimum: 1, maximum: 100, shortdesc: 'Pings to each' },
  ping_good_count: {
    type: 'integer',
    default: 2,
    minimum: 1,
    maximum: 100,
    shortdesc: 'Answers that a target must give to count as reached',
  },
  ping_interval: { type: 'duration', default: '200ms', shortdesc: 'Time between two pings' },
  ping_timeout: { type: 'duration', default: '1s', shortdesc: 'How long to wait for an answer' },
  ping_maxfail: {
    type: 'integer',
    default: 0,
    minimum: 0,
    maximum: 100,
    shortdesc: 'Targets that may be out of reach',
  },
} as const;

type Asked = FenceContext<typeof PARAMETERS>;

/** What one performance has asked for: there is no device that could remember it. */
const wishes = new WeakMap<Asked, PowerState>();

export const agent = defineFenceAgent({
  name: 'fence-heuristics-ping',
  version: '1.0.0',
  shortdesc: 'No power switch: lets a fencing level go on only where the network answers',
  longdesc:
    'Succeeds where enough ping_targets answer, and switches nothing. It belongs before a power device in the same fencing level: with it, a node that has lost its uplink does not shoot. ALONE IN A LEVEL IT WOULD CALL A RUNNING NODE OFF: never use it alone.',
  parameters: PARAMETERS,
  actions: {
    set: (context, _plug, wanted) => {
      wishes.set(context, wanted);
      return reach(context);
    },
    status: async (context) => {
      const reached = await reach(context);
      return reached.ok ? ok(wishes.get(context) ?? 'off') : reached;
    },
    monitor: (context) =>
      Promise.resolve(
        targetsOf(context).length > 0 ? ok(undefined) : fail('ping_targets is empty'),
      ),
  },
});

async function reach(context: Asked): Promise<DeviceAnswer<void>> {
  const { ping_maxfail: most, ping_good_count: good, ping_count: count } = context.parameters;
  if (good > count) return fail(`ping_good_count=${good} is more than ping_count=${count}`);
  const targets = targetsOf(context);
  if (targets.length === 0) return fail('ping_targets names no address');
  const answers = await Promise.all(targets.map((target) => ping(context, target)));
  const lost = answers.flatMap((answer) => (answer.ok ? [] : [answer.fault]));
  if (lost.length <= most) return ok(undefined);
  return fail(`the network does not answer here, so nobody is shot from here: ${lost.join('; ')}`);
}

async function ping(context: Asked, target: string): Promise<DeviceAnswer<void>> {
  const { ping_count, ping_good_count, ping_interval, ping_timeout } = context.parameters;
  const found = /^(inet6?):(.+)$/.exec(target);
  const [kind, address] = found === null ? [undefined, target] : [found[1], found[2] ?? ''];
  if (!/^[\w.:%-]+$/.test(address) || address.startsWith('-'))
    return fail(`${address} is no address`);
  const ran = await context.run(
    [
      'ping',
      ...(kind === undefined ? [] : [kind === 'inet6' ? '-6' : '-4']),
      ...['-n', '-q', '-c', String(ping_count), '-i', seconds(ping_interval)],
      ...['-W', seconds(ping_timeout), address],
    ],
    { timeoutMs: ping_count * ping_interval + ping_timeout + 5000 },
  );
  if (ran.failure !== undefined) return fail(ran.failure);
  const received = Number(/(\d+) (?:packets )?received/.exec(ran.stdout)?.[1] ?? 0);
  if (received >= ping_good_count) return ok(undefined);
  return fail(
    `${address} gave ${received} of ${ping_count} answers, ${ping_good_count} are wanted`,
  );
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

function targetsOf({ parameters }: Asked): string[] {
  const words = parameters.ping_targets.split(/[\s,]+/);
  return words.filter((word) => word !== '');
}
