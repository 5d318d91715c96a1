/** A pair whose link is cut again and again: whatever devices take, never both nodes go down. */
import { tell } from './stage.ts';
import type { World } from './world.ts';

/** How the world goes on; false: something was violated. */
export type Pace = {
  readonly run: (lengthMs: number) => boolean;
  /** Until both are members at rest again, whatever was still on its way has arrived. */
  readonly rest: (when: string) => boolean;
};

export function cutAgainAndAgain(world: World, pace: Pace): boolean {
  const { plan, stage, network, power, shots } = world;
  const [first, second] = plan.nodes;
  if (first === undefined || second === undefined) return true;
  for (const [index, { lengthMs, timings }] of plan.cuts.entries()) {
    const words = [...timings].map(([device, each]) => `${device} up to ${each.workMsMax} ms`);
    tell(stage, 'network', `cut ${index + 1}: for ${lengthMs} ms; ${words.join(', ')}`);
    power.timings = timings;
    shots.beginCut();
    network.cut(first.id, second.id, lengthMs);
    network.cut(second.id, first.id, lengthMs);
    if (!pace.run(lengthMs)) return false;
    if (!pace.rest(`after cut ${index + 1}`)) return false;
    shots.endCut();
  }
  power.timings = new Map<string, never>();
  return true;
}
