/** `npm start`: the main job, shown. `--json` ends with one JSON line; `--keep` and `--stop` as below. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Folder, folderAt, PROJECT } from './paths.ts';
import { endRun, findRun } from './record.ts';
import { formatTable, type Report } from './report.ts';
import { clearStale, runDemo } from './run.ts';
import { startTimeline } from './timeline.ts';
import { Refused } from './world.ts';

const USAGE = `npm start [-- OPTIONS]: two nodes, one service, a pulled plug

  --json         print the report as one JSON object in the last line
  --keep         leave the cluster running, and say how to play with it
  --stop         end a cluster that was left running
  --folder DIR   keep everything in DIR instead of .demo
`;
const EXIT_USAGE = 64;
const WIDTH_DEFAULT = 132;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type Flags = {
  readonly json: boolean;
  readonly keep: boolean;
  readonly stop: boolean;
  readonly folder: string;
};

async function main(flags: Flags): Promise<number> {
  const timeline = startTimeline((text) => process.stdout.write(text), process.stdout.isTTY);
  const folder = folderAt(flags.folder);
  if (!existsSync('/proc/self/stat')) {
    process.stderr.write('The demonstration needs Linux: it finds processes through /proc.\n');
    return 1;
  }
  if (flags.stop) {
    process.chdir(PROJECT);
    const was = await clearStale(folder, timeline);
    process.stdout.write(was ? 'The cluster is ended.\n' : 'There is no cluster to end.\n');
    return 0;
  }
  process.chdir(PROJECT);
  cleanUpWhenInterrupted(folder);
  const report = await runDemo({ folder, keep: flags.keep, timeline });
  print(report, flags);
  return report.held ? 0 : 1;
}

function print(report: Report, flags: Flags): void {
  const width = process.stdout.isTTY ? process.stdout.columns : WIDTH_DEFAULT;
  process.stdout.write(`\n${formatTable(report.steps, width)}\n\n`);
  process.stdout.write(report.held ? 'Every promise held.\n' : 'NOT every promise held.\n');
  if (flags.keep && report.held) process.stdout.write(playWith(flags.folder));
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
}

function playWith(folder: string): string {
  const at = folderAt(folder);
  const crm = (node: 'haone' | 'hatwo', words: string): string =>
    `  HOLDFAST_ROOT=${at.root(node)} node packages/crm/dist/main.js ${words}\n`;
  return [
    '\nThe cluster is still running. From the project folder:\n',
    crm('haone', 'status'),
    crm('haone', 'configure show'),
    crm('hatwo', 'node standby haone'),
    crm('hatwo', 'node online haone'),
    'End it with: npm start -- --stop\n',
  ].join('');
}

/** Whatever interrupts us, no process stays; a second signal does not stop the cleaning. */
function cleanUpWhenInterrupted(folder: Folder): void {
  let isEnding = false;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (isEnding) return;
      isEnding = true;
      process.stdout.write('\ninterrupted: everything is switched off\n');
      const found = findRun(folder.record);
      const ended = found.kind === 'left-over' ? endRun(folder.record, found.record) : undefined;
      void Promise.resolve(ended).finally(() => process.exit(code));
    });
  }
  process.stdout.on('error', () => undefined);
}

function readFlags(): Flags | undefined {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        stop: { type: 'boolean', default: false },
        folder: { type: 'string', default: join(PROJECT, '.demo') },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values.help ? undefined : values;
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    return undefined;
  }
}

function describe(cause: unknown): string {
  if (cause instanceof Refused) return cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

const flags = readFlags();
if (flags === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = EXIT_USAGE;
} else {
  try {
    process.exitCode = await main(flags);
  } catch (cause) {
    process.stderr.write(`${describe(cause)}\n`);
    process.exitCode = 1;
  }
}
