/** The end: what the whole journal says, and what is left behind. */
import { overlapsIn, refusalsIn } from '../judge.ts';
import { instancesOf, type Stage } from '../stage.ts';

const NAME = 'all steps';

/** Judges the whole run. `current`: the last instance still runs, and may. */
export async function wholeRun(stage: Stage): Promise<void> {
  stage.timeline.step('The whole run');
  const instances = await instancesOf(stage);
  const overlaps = overlapsIn(instances);
  const refusals = refusalsIn(stage.journal());
  const [worst] = overlaps;
  stage.promise({
    name: NAME,
    promise: 'no two instances of the service ever overlapped',
    measured:
      worst === undefined
        ? `${instances.length} instances, each certainly over before the next began; ${refusals.length} met a taken address`
        : `${overlaps.length} overlaps: ${worst.second.node} began while ${worst.first.node} was not over`,
    held: overlaps.length === 0 && refusals.length === 0 && instances.length > 1,
  });
}

export function nothingLeft(stage: Stage, processes: number): void {
  stage.promise({
    name: NAME,
    promise: 'nothing is left behind',
    measured: `${processes} processes`,
    held: processes === 0,
  });
}
