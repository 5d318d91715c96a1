/** Step 5: the nodes live and do not hear each other. One shot, one survivor, no loop. */
import { nowMs } from '@holdfast/lab';
import { seconds } from '../report.ts';
import {
  activeOf,
  bothIn,
  HICCUP_MS_MAX,
  outageSince,
  type Stage,
  startsOf,
  survivorOf,
} from '../stage.ts';
import { type Name, outletOf } from '../paths.ts';
import { staysTrue, until, untilTrue } from '../until.ts';
import { PROTECTING_DELAY_MS } from './configure.ts';

const NAME = '5 cut link';
const LIMIT_MS = 45_000;
/** Twice the delay and more: whoever wanted to shoot back would have by then. */
const WATCH_MS = 2 * PROTECTING_DELAY_MS + 1000;
const CALM_MS = 1500;

export async function cutLink(stage: Stage): Promise<void> {
  const { timeline, pdu } = stage;
  timeline.step('5. Cut link: the nodes do not hear each other');
  const active = activeOf(stage);
  if (active.node !== 'haone') throw new Error('the delay protects haone, which is not active');
  const loser = survivorOf(active);
  const starts = startsOf(stage);
  const cursor = await pdu.cursor();
  const from = nowMs();
  await stage.link('cut');
  timeline.say('link', 'cut: every datagram between the nodes is dropped');
  const [shot] = await until('somebody shoots', LIMIT_MS, async () => {
    const shots = await pdu.shots(cursor);
    return shots.length > 0 ? shots : undefined;
  });
  timeline.say('PDU', `the first shot came ${seconds((shot?.at ?? from) - from)} after the cut`);
  const waitingFor = await until(`${loser} reboots and waits`, LIMIT_MS, async () => {
    if (!(await hasBooted(stage, cursor, loser))) return undefined;
    const status = await stage.status(loser);
    return status !== undefined && status.quorum.waitingFor.length > 0
      ? status.quorum.waitingFor
      : undefined;
  });
  timeline.say(loser, `is up again and waits for ${waitingFor.join(', ')}`);
  const isCalm = await staysTrue(WATCH_MS, async () => {
    const [shots, status] = await Promise.all([pdu.shots(cursor), stage.status(loser)]);
    return shots.length === 1 && status?.quorum.quorate !== true && startsOf(stage) === starts;
  });
  const shots = await pdu.shots(cursor);
  const outageMs = outageSince(stage, from);
  stage.promise({
    name: NAME,
    promise: 'exactly one shot is fired',
    measured: `${shots.length} (at ${shots.map((each) => ('outlet' in each ? `outlet ${each.outlet}` : '')).join(', ')})`,
    held: shots.length === 1,
  });
  stage.promise({
    name: NAME,
    promise: 'the node that the delay protects survives, and serves all the time',
    measured: `${active.node} has had power all the time, clients ${seconds(outageMs)} without service`,
    held:
      (await pdu.shots(cursor, active.node)).length === 0 &&
      isSame(stage, active.pid) &&
      outageMs <= HICCUP_MS_MAX,
  });
  stage.promise({
    name: NAME,
    promise: 'the loser reboots, waits (wait_for_all), fences nobody, starts nothing',
    measured: `${loser} waits for ${waitingFor.join(', ')}; ${isCalm ? 'still so' : 'no longer so'} ${seconds(WATCH_MS)} later`,
    held: isCalm && waitingFor.join() === active.node,
  });
  await heal(stage, { cursor, starts, pid: active.pid });
}

async function heal(
  stage: Stage,
  before: { readonly cursor: number; readonly starts: number; readonly pid: number },
): Promise<void> {
  const healedAt = nowMs();
  await stage.link('heal');
  stage.timeline.say('link', 'healed');
  await untilTrue('the loser is a member', LIMIT_MS, async () => {
    const status = await stage.status('haone');
    return status?.ring.members.length === 2;
  });
  await bothIn(stage, LIMIT_MS);
  const tookMs = nowMs() - healedAt;
  const isCalm = await staysTrue(CALM_MS, () => startsOf(stage) === before.starts);
  const shots = await stage.pdu.shots(before.cursor);
  stage.promise({
    name: NAME,
    promise: 'the link heals, the loser rejoins, nothing moves and nobody shoots',
    measured: `rejoined after ${seconds(tookMs)}, ${shots.length - 1} more shots`,
    held: isCalm && shots.length === 1 && isSame(stage, before.pid),
  });
}

function isSame(stage: Stage, pid: number): boolean {
  return activeOf(stage).pid === pid;
}

async function hasBooted(stage: Stage, cursor: number, node: Name): Promise<boolean> {
  const events = await stage.pdu.events(cursor);
  return events.some((event) => event.kind === 'on' && event.outlet === outletOf(node));
}
