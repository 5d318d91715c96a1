/** Step 7: the PDU says yes and does nothing. What is not proven off is not replaced. */
import { nowMs } from '@holdfast/lab';
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
import { staysTrue, until } from '../until.ts';

const NAME = '7 broken fencing';
const LIMIT_MS = 60_000;
const TRIES_MIN = 2;
const WATCH_MS = 1000;

export async function brokenFencing(stage: Stage): Promise<void> {
  const { timeline, pdu } = stage;
  timeline.step('7. Broken fencing: the PDU acknowledges and does nothing');
  const active = activeOf(stage);
  const survivor = survivorOf(active);
  const starts = startsOf(stage);
  const cursor = await pdu.cursor();
  await pdu.fault({ lie: true });
  const from = nowMs();
  const { outlets } = await pdu.status();
  const daemon = outlets.find((each) => each.name === active.node)?.pid;
  if (daemon === undefined || daemon === null) throw new Error(`${active.node} has no power`);
  process.kill(daemon, 'SIGKILL');
  timeline.say('demo', `holdfastd on ${active.node} is killed; the service it started goes on`);

  const said = await until('the survivor keeps trying and says so', LIMIT_MS, async () => {
    const shots = await pdu.shots(cursor, active.node);
    const failed = stage.log(survivor, from).filter((entry) => entry.event === 'fence-failed');
    return shots.length >= TRIES_MIN && failed.length >= TRIES_MIN ? failed : undefined;
  });
  const started = await staysTrue(WATCH_MS, () => startsOf(stage) === starts);
  const shots = await pdu.shots(cursor, active.node);
  const last = said.at(-1)?.msg ?? '';
  timeline.say(survivor, last);
  stage.promise({
    name: NAME,
    promise: 'the survivor keeps trying, and says so',
    measured: `${shots.length} orders to the PDU in ${seconds(nowMs() - from)}; it says: ${last}`,
    held: shots.length >= TRIES_MIN && last.includes(active.node),
  });
  stage.promise({
    name: NAME,
    promise: 'it does not start the service',
    measured: `${startsOf(stage) - starts} starts; the old instance still serves, clients ${seconds(outageSince(stage, from))} without service`,
    held: started && activeOf(stage).pid === active.pid,
  });

  await pdu.fault({ lie: false });
  const repairedAt = nowMs();
  timeline.say('PDU', 'works again');
  const start = await served(stage, survivor, starts, LIMIT_MS);
  const off = (await pdu.events(cursor)).find((event) => event.kind === 'off');
  timeline.say(survivor, `runs the service ${seconds(start.at - repairedAt)} after the repair`);
  await bothIn(stage, LIMIT_MS);
  timeline.say(active.node, 'is a member again');
  stage.promise({
    name: NAME,
    promise: 'when the PDU works again, it recovers, off before start',
    measured: `service on ${survivor} ${seconds(start.at - repairedAt)} after the repair, ${off === undefined ? 'never off' : `${seconds(start.at - off.at)} after off`}`,
    held: off !== undefined && off.at < start.at && startsOf(stage) === starts + 1,
  });
}
