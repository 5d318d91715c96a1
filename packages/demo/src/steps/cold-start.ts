/** Step 1: two nodes start from the seed's corosync.conf; one alone waits. */
import { nowMs } from '@holdfast/lab';
import { TOKEN_MS } from '../corosync-conf.ts';
import { NODE_NAMES } from '../paths.ts';
import { seconds } from '../report.ts';
import type { Stage } from '../stage.ts';
import { staysTrue, until, untilTrue } from '../until.ts';

const NAME = '1 cold start';
const START_LIMIT_MS = 30_000;
const WATCH_MS = 2 * TOKEN_MS;

export async function coldStart(stage: Stage): Promise<void> {
  const { timeline, pdu } = stage;
  timeline.step("1. Cold start: the seed's corosync.conf, the addresses filled in");
  timeline.say(
    'demo',
    `the seed has no token line; one is added, token: ${TOKEN_MS}, the failover is promised for it`,
  );
  await pdu.switch('haone', 'on');
  timeline.say('PDU', 'outlet 1 is on: haone boots, alone');
  const waiting = await until('haone answers and waits', START_LIMIT_MS, async () => {
    await failIfEnded(stage);
    const status = await stage.status('haone');
    return status !== undefined && status.quorum.waitingFor.length > 0 ? status : undefined;
  });
  timeline.say('haone', `waits for ${waiting.quorum.waitingFor.join(', ')}`);
  const isPatient = await staysTrue(WATCH_MS, async () => {
    const status = await stage.status('haone');
    return status?.quorum.quorate === false && (await pdu.shots(0)).length === 0;
  });
  stage.promise({
    name: NAME,
    promise: 'started alone, a node waits, says whom it waits for, and shoots nobody',
    measured: `haone waits for ${waiting.quorum.waitingFor.join(', ')}; ${isPatient ? 'still so' : 'no longer so'} ${seconds(WATCH_MS)} later`,
    held: isPatient && waiting.quorum.waitingFor.join() === 'hatwo',
  });

  const from = nowMs();
  await pdu.switch('hatwo', 'on');
  timeline.say('PDU', 'outlet 2 is on: hatwo boots');
  await untilTrue('both nodes are quorate', START_LIMIT_MS, async () => {
    const all = await Promise.all(NODE_NAMES.map((name) => stage.status(name)));
    return all.every(
      (status) => status?.quorum.quorate === true && status.ring.members.length === 2,
    );
  });
  const tookMs = nowMs() - from;
  const shots = await pdu.shots(0);
  stage.promise({
    name: NAME,
    promise: 'with both there, both are quorate',
    measured: `quorate ${seconds(tookMs)} after hatwo got power, ${shots.length} shots`,
    held: shots.length === 0,
  });
}

/** A daemon that refuses to start says why; nobody need wait for it. */
async function failIfEnded(stage: Stage): Promise<void> {
  const ended = (await stage.pdu.events(0)).find((event) => event.kind === 'exited');
  if (ended === undefined) return;
  throw new Error(
    `holdfastd ended by itself: ${ended.how}; ${stage.lastWords('haone', 1).join('')}`,
  );
}
