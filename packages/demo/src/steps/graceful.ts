/** Step 3: moved by hand, not moved back, restarted by its monitor. */
import { nowMs, readProcess, signalProcess } from '@holdfast/lab';
import { other } from '../paths.ts';
import { seconds } from '../report.ts';
import { activeOf, bothIn, outageSince, served, type Stage, startsOf } from '../stage.ts';
import { staysTrue, untilTrue } from '../until.ts';
import { MONITOR_MS } from './configure.ts';

const NAME = '3 graceful';
const LIMIT_MS = 30_000;
const WATCH_MS = 2000;
/** From the kill to the new process: one monitor interval, and what a stop and a start may take. */
const RESTART_MS_MAX = MONITOR_MS + 2000;

export async function graceful(stage: Stage): Promise<void> {
  stage.timeline.step('3. Graceful: standby, online, a killed service process');
  await standby(stage);
  await killed(stage);
}

async function standby(stage: Stage): Promise<void> {
  const { timeline } = stage;
  const from = activeOf(stage).node;
  const to = other(from);
  const starts = startsOf(stage);
  const begun = nowMs();
  timeline.say('crm', `node standby ${from}`);
  const away = await stage.crm(from, ['node', 'standby', from]);
  await served(stage, to, starts, LIMIT_MS);
  await bothIn(stage, LIMIT_MS);
  const outageMs = outageSince(stage, begun);
  stage.promise({
    name: NAME,
    promise: 'standby moves the service away',
    measured: `from ${from} to ${to}, clients ${seconds(outageMs)} without it`,
    held: away.code === 0 && activeOf(stage).node === to && startsOf(stage) === starts + 1,
  });

  timeline.say('crm', `node online ${from}`);
  const back = await stage.crm(from, ['node', 'online', from]);
  await bothIn(stage, LIMIT_MS);
  const stays = await staysTrue(WATCH_MS, () => startsOf(stage) === starts + 1);
  stage.promise({
    name: NAME,
    promise: 'online does not move it back',
    measured: stays ? `still on ${to} ${seconds(WATCH_MS)} later` : 'it was started again',
    held: back.code === 0 && stays && activeOf(stage).node === to,
  });
}

async function killed(stage: Stage): Promise<void> {
  const { node, pid } = activeOf(stage);
  const starts = startsOf(stage);
  const from = nowMs();
  signalProcess(pid, 'SIGKILL');
  await untilTrue('the killed process is gone', LIMIT_MS, () => readProcess(pid) === undefined);
  stage.kills.push({ kind: 'killed', pid, at: nowMs() });
  stage.timeline.say('demo', `the service's process ${pid} on ${node} is killed`);
  const next = await served(stage, node, starts, LIMIT_MS);
  await bothIn(stage, LIMIT_MS);
  const tookMs = next.at - from;
  stage.promise({
    name: NAME,
    promise: `a killed service process is restarted by its monitor within ${seconds(RESTART_MS_MAX)}`,
    measured: `restarted on ${node} after ${seconds(tookMs)}, clients ${seconds(outageSince(stage, from))} without it`,
    held: tookMs <= RESTART_MS_MAX && startsOf(stage) === starts + 1,
  });
}
