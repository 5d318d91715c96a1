/** The demonstration from beginning to end. */
import { nowMs } from '@holdfast/lab';
import { HOST } from './corosync-conf.ts';
import type { Folder } from './paths.ts';
import { startProbe } from './probe.ts';
import { endRun, findRun } from './record.ts';
import { type Report, reportOf } from './report.ts';
import { makeStage, type Stage } from './stage.ts';
import { brokenFencing } from './steps/broken-fencing.ts';
import { coldStart } from './steps/cold-start.ts';
import { configure } from './steps/configure.ts';
import { cutLink } from './steps/cut-link.ts';
import { frozenNode } from './steps/frozen-node.ts';
import { graceful } from './steps/graceful.ts';
import { pulledPlug } from './steps/pulled-plug.ts';
import { nothingLeft, wholeRun } from './steps/verdict.ts';
import type { Timeline } from './timeline.ts';
import { openWorld, Refused, SERVICE_PORT } from './world.ts';

const STEPS: readonly [string, (stage: Stage) => Promise<void>][] = [
  ['1 cold start', coldStart],
  ['2 configure', configure],
  ['3 graceful', graceful],
  ['4 pulled plug', pulledPlug],
  ['5 cut link', cutLink],
  ['6 frozen node', frozenNode],
  ['7 broken fencing', brokenFencing],
];

export type RunOptions = {
  readonly folder: Folder;
  readonly keep: boolean;
  readonly timeline: Timeline;
};

export async function runDemo({ folder, keep, timeline }: RunOptions): Promise<Report> {
  await clearStale(folder, timeline);
  const world = await openWorld(folder, keep);
  const probe = startProbe(`${world.net.prefix}.${HOST.service}`, SERVICE_PORT);
  const stage = makeStage(world, timeline, probe);
  timeline.say(
    'demo',
    `two nodes, a PDU and a link on ${world.net.prefix}.0/24; all of it in ${folder.path}`,
  );
  const isWhole = await perform(stage);
  if (isWhole) await wholeRun(stage);
  await probe.stop();
  if (keep && isWhole) world.leave();
  else nothingLeft(stage, await world.close());
  return reportOf(stage.rows);
}

/** Ends a cluster that an earlier run kept or a crash left; true where there was one. */
export async function clearStale(folder: Folder, timeline: Timeline): Promise<boolean> {
  const found = findRun(folder.record);
  switch (found.kind) {
    case 'nothing':
      return false;
    case 'busy':
      throw new Refused(
        `a demonstration is running here (pid ${found.pid}); wait for it, or interrupt it`,
      );
    case 'left-over':
      timeline.say('demo', 'a cluster from an earlier run is ended first');
      await endRun(folder.record, found.record);
      return true;
  }
}

/** Step by step; a step that cannot go on is a broken promise and ends the run. */
async function perform(stage: Stage): Promise<boolean> {
  for (const [name, act] of STEPS) {
    const from = nowMs();
    try {
      await act(stage);
    } catch (cause) {
      const measured = cause instanceof Error ? cause.message : String(cause);
      stage.promise({ name, promise: 'the step can be carried out', measured, held: false });
      tellLogs(stage, from);
      return false;
    }
  }
  return true;
}

/** What both nodes said in a step that failed: the reader has no other way to see it. */
function tellLogs(stage: Stage, sinceMs: number): void {
  for (const name of ['haone', 'hatwo'] as const) {
    for (const line of stage.lastWords(name, 10)) if (line !== '') stage.timeline.say(name, line);
    for (const { time, event, msg } of stage.log(name, sinceMs).slice(-40)) {
      stage.timeline.say(name, `${new Date(time).toISOString().slice(11, 23)} ${event}: ${msg}`);
    }
  }
}
