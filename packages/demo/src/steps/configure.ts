/** Step 2: one piped block configures fencing, the service and where it prefers to be. */
import { join } from 'node:path';
import { HOST } from '../corosync-conf.ts';
import { cibOnDisk } from '../node-view.ts';
import { NODE_NAMES, PROJECT, SERVICE_MAIN } from '../paths.ts';
import { seconds } from '../report.ts';
import { bothIn, served, type Stage } from '../stage.ts';
import { until } from '../until.ts';
import { PDU_PORT, SERVICE_PORT, type World } from '../world.ts';

const NAME = '2 configure';
const LIMIT_MS = 30_000;

/** How long the passive node waits before it shoots the one that is to survive a split. */
export const PROTECTING_DELAY_MS = 2000;
export const MONITOR_MS = 1000;

const OBJECTS = ['fence-haone', 'fence-hatwo', 'web', 'badge', 'site', 'site-prefers-haone'];

export async function configure(stage: Stage): Promise<void> {
  const { timeline } = stage;
  timeline.step('2. Configure: crm configure <<EOF');
  const block = configurationFor(stage.world);
  for (const line of block.split('\n')) if (line !== '') timeline.say('crm', line);
  const from = performance.now();
  const ran = await stage.crm('haone', ['configure'], block);
  const shown = OBJECTS.filter((id) => ran.out.includes(id));
  stage.promise({
    name: NAME,
    promise: 'a piped block is taken whole, and show repeats it',
    measured:
      ran.code === 0
        ? `exit code 0 after ${seconds(performance.now() - from)}, ${shown.length} of ${OBJECTS.length} objects shown`
        : `exit code ${ran.code ?? 'none'}: ${ran.out.trim().split('\n').at(-1) ?? ''}`,
    held: ran.code === 0 && shown.length === OBJECTS.length,
  });

  const stored = await until('both nodes have it on disk', LIMIT_MS, () => {
    const holders = NODE_NAMES.filter((name) => {
      const cib = cibOnDisk(stage.world.folder.root(name));
      return OBJECTS.every((id) => cib.includes(`id="${id}"`));
    });
    return holders.length === NODE_NAMES.length ? holders : undefined;
  });
  const start = await served(stage, 'haone', 0, LIMIT_MS);
  await bothIn(stage, LIMIT_MS);
  const line = await until('crm status shows it running', LIMIT_MS, async () => {
    const status = await stage.crm('hatwo', ['status']);
    return status.out.split('\n').find((each) => /\bweb\b.*Started haone/.test(each));
  });
  timeline.say('crm', line.trim());
  stage.promise({
    name: NAME,
    promise: 'both nodes have it on disk, and crm status shows the service running',
    measured: `on disk of ${stored.join(' and ')}; ${line.trim()} (pid ${start.pid})`,
    held: true,
  });
}

function configurationFor({ net, folder }: World): string {
  const pdu = `ip=${net.prefix}.${HOST.pdu} ipport=${PDU_PORT} community=private power_timeout=1s`;
  const service = [
    process.execPath,
    SERVICE_MAIN,
    '--journal',
    join(PROJECT, folder.journal),
    '--listen',
    `${net.prefix}.${HOST.service}:${SERVICE_PORT}`,
  ];
  const command = service.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(' ');
  return [
    'property stonith-enabled=true stonith-action=reboot stonith-timeout=20s',
    'rsc_defaults resource-stickiness=100',
    `primitive fence-haone stonith:fence-pdu params pcmk_host_map="haone:1" pcmk_delay_base=${PROTECTING_DELAY_MS / 1000}s ${pdu}`,
    `primitive fence-hatwo stonith:fence-pdu params pcmk_host_map="hatwo:2" ${pdu}`,
    `primitive web ocf:holdfast:service params command="${command}" op start timeout=20s interval=0 op stop timeout=20s interval=0 op monitor interval=${MONITOR_MS / 1000}s timeout=10s`,
    'primitive badge ocf:holdfast:dummy op monitor interval=10s timeout=10s',
    'group site web badge',
    'location site-prefers-haone site 50: haone',
    'commit',
    'show',
    'quit',
    '',
  ].join('\n');
}
