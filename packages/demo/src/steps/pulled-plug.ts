/** Step 4: the active node loses its power; the survivor proves it and takes over. */
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
import type { LogEntry } from '../node-view.ts';
import { type Name, outletOf } from '../paths.ts';
import { staysTrue, until } from '../until.ts';

const NAME = '4 pulled plug';
const LIMIT_MS = 45_000;
const WATCH_MS = 2000;
/** With token 1000 and consensus 1200 (acceptance 3). */
const MEMBERSHIP_MS_MAX = 2250;
const START_MS_MAX = 150;
const POWER_RETURNS_LIMIT_MS = 5000;

export async function pulledPlug(stage: Stage): Promise<void> {
  const { timeline, pdu } = stage;
  timeline.step('4. Pulled plug: the active node loses its power');
  const active = activeOf(stage);
  const survivor = survivorOf(active);
  const starts = startsOf(stage);
  const cursor = await pdu.cursor();
  await pdu.switch(active.node, 'off');
  const cut = (await pdu.events(cursor)).find((event) => event.kind === 'cutting');
  if (cut === undefined) throw new Error('the PDU has no record of the cut');
  timeline.say('PDU', `power of ${active.node} is cut by hand`);
  const start = await served(stage, survivor, starts, LIMIT_MS);
  const news = readNews(stage.log(survivor, cut.at));
  timeline.say(survivor, `members again after ${seconds(news.membershipAt - cut.at)}`);
  timeline.say(survivor, news.confirmed.msg);
  timeline.say('client', `${seconds(outageSince(stage, cut.at))} without service`);

  const noticedMs = news.membershipAt - cut.at;
  stage.promise({
    name: NAME,
    promise: `from the cut to the new membership at most ${seconds(MEMBERSHIP_MS_MAX)} (token 1 s)`,
    measured: seconds(noticedMs),
    held: noticedMs >= 0 && noticedMs <= MEMBERSHIP_MS_MAX,
  });
  const tookMs = start.at - news.membershipAt;
  const limitMs = START_MS_MAX + news.deviceMs;
  stage.promise({
    name: NAME,
    promise: `from membership to the service's start at most ${seconds(START_MS_MAX)} plus the device's own time`,
    measured: `${seconds(tookMs)}, of it ${seconds(news.deviceMs)} the device's`,
    held: tookMs <= limitMs,
  });
  const asked = await offConfirmedAt(stage, cursor, active.node);
  stage.promise({
    name: NAME,
    promise:
      'the survivor fences, has "off" confirmed by the PDU, and only then starts the service',
    measured: `off confirmed ${seconds(start.at - asked)} before the start`,
    held: asked < start.at && news.confirmed.time <= start.at,
  });
  await powerReturns(stage, active.node, starts);
}

async function powerReturns(stage: Stage, victim: Name, starts: number): Promise<void> {
  const isOn = async (): Promise<true | undefined> => {
    const { outlets } = await stage.pdu.status();
    return outlets.some((each) => each.name === victim && each.power === 'on') || undefined;
  };
  // A fence that reboots gives the power back itself.
  const gaveBack = await until(
    'the fence gives the power back',
    POWER_RETURNS_LIMIT_MS,
    isOn,
  ).catch(() => undefined);
  if (gaveBack === undefined) await stage.pdu.switch(victim, 'on');
  stage.timeline.say('PDU', `power of ${victim} returns`);
  await bothIn(stage, LIMIT_MS);
  stage.timeline.say(victim, 'is a member again');
  const stays = await staysTrue(WATCH_MS, () => startsOf(stage) === starts + 1);
  stage.promise({
    name: NAME,
    promise: 'power returns, the node rejoins, nothing moves back',
    measured: stays
      ? `rejoined; the service is still on ${activeOf(stage).node} ${seconds(WATCH_MS)} later`
      : 'the service was started again',
    held: stays,
  });
}

type News = {
  readonly membershipAt: number;
  readonly confirmed: LogEntry;
  /** What the fence device itself took: as the survivor measured its run. */
  readonly deviceMs: number;
};

function readNews(log: readonly LogEntry[]): News {
  const find = (event: string): LogEntry => {
    const entry = log.find((each) => each.event === event);
    if (entry === undefined) throw new Error(`the survivor's log has no ${event}`);
    return entry;
  };
  const confirmed = find('fence-confirmed');
  const said = /proven in (\d+) ms/.exec(confirmed.msg)?.[1];
  const deviceMs = said === undefined ? confirmed.time - find('fence-started').time : Number(said);
  return { membershipAt: find('membership').time, confirmed, deviceMs };
}

/** When a manager first heard "off" about the node's outlet after ordering it. */
async function offConfirmedAt(stage: Stage, cursor: number, node: Name): Promise<number> {
  const events = (await stage.pdu.events(cursor)).filter(
    (event) => 'outlet' in event && event.outlet === outletOf(node) && event.by.kind === 'snmp',
  );
  const shot = events.find((event) => event.kind === 'set' && event.command !== 'on');
  const confirmed = events.find(
    (event) =>
      event.kind === 'get' && event.value === 'off' && shot !== undefined && event.seq > shot.seq,
  );
  return confirmed?.at ?? Infinity;
}
