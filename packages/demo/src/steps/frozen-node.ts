/** Step 6: the active node stops in the middle of everything, and must not wake up into a service. */
import { nowMs, type Process, readProcess, signalProcess } from '@holdfast/lab';
import { seconds } from '../report.ts';
import {
  activeOf,
  bothIn,
  outageSince,
  served,
  type Stage,
  startsOf,
  survivorOf,
} from '../stage.ts';
import { type Name, outletOf } from '../paths.ts';
import { staysTrue } from '../until.ts';
import { BEAT_MS } from '../journal.ts';

const NAME = '6 frozen node';
const LIMIT_MS = 45_000;
const WATCH_MS = 2000;

export async function frozenNode(stage: Stage): Promise<void> {
  const { timeline, pdu } = stage;
  timeline.step('6. Frozen node: SIGSTOP for the active node, past the token time');
  const active = activeOf(stage);
  const survivor = survivorOf(active);
  const starts = startsOf(stage);
  const cursor = await pdu.cursor();
  const frozen = await freeze(stage, active.node);
  const frozenAt = nowMs();
  timeline.say('demo', `all ${frozen.length} processes of ${active.node} are stopped`);
  const start = await served(stage, survivor, starts, LIMIT_MS);
  const off = (await pdu.events(cursor)).find(
    (event) => event.kind === 'off' && event.outlet === outletOf(active.node),
  );
  const offAt = off?.at ?? Infinity;
  timeline.say(survivor, `runs the service ${seconds(start.at - frozenAt)} after the freeze`);
  stage.promise({
    name: NAME,
    promise: 'the peer fences before it starts the service',
    measured:
      off === undefined
        ? 'the frozen node was never switched off'
        : `off ${seconds(offAt - frozenAt)} after the freeze, started at ${seconds(start.at - frozenAt)}; clients ${seconds(outageSince(stage, frozenAt))} without service`,
    held: offAt < start.at && off?.by.kind === 'snmp',
  });

  const awake = frozen.filter((each) => thaw(each));
  timeline.say(
    'demo',
    `SIGCONT to the ${frozen.length} that were frozen: ${awake.length} are there`,
  );
  await bothIn(stage, LIMIT_MS);
  timeline.say(active.node, 'is a member again');
  const stays = await staysTrue(WATCH_MS, () => startsOf(stage) === starts + 1);
  const words = stage
    .journal()
    .filter((entry) => entry.pid === active.pid && entry.at > frozenAt + BEAT_MS);
  stage.promise({
    name: NAME,
    promise: 'the frozen node never thaws into a running one; it rejoins, and nothing moves back',
    measured: `${awake.length} of ${frozen.length} processes woke up, ${words.length} words from the frozen service; the service is on ${activeOf(stage).node}`,
    held: awake.length === 0 && words.length === 0 && stays,
  });
}

/** Stops the group at once, and then whatever of the node is outside of it. */
async function freeze(stage: Stage, node: Name): Promise<readonly Process[]> {
  const outlet = await outletView(stage, node);
  if (outlet?.pid === undefined || outlet.pid === null) throw new Error(`${node} has no power`);
  process.kill(-outlet.pid, 'SIGSTOP');
  const frozen = (await outletView(stage, node))?.processes ?? [];
  for (const { pid } of frozen) signalProcess(pid, 'SIGSTOP');
  return frozen;
}

async function outletView(stage: Stage, node: Name) {
  const { outlets } = await stage.pdu.status();
  return outlets.find((each) => each.name === node);
}

/** True where that very process is still there to be woken. */
function thaw({ pid, startedAtTicks }: Process): boolean {
  return readProcess(pid)?.startedAtTicks === startedAtTicks && signalProcess(pid, 'SIGCONT');
}
