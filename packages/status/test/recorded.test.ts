/** Every recorded cluster, read, against what the reference printed of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { epochMs } from '@holdfast/base';
import { readCib } from '@holdfast/cib';
import { nodeLines, readCluster, resourceLines } from '@holdfast/status';
import t from 'tap';

const CASES = join(import.meta.dirname, '../../../../shared/cases/scheduler');

/** The lines below `Node List:` and below `Full List of Resources:`, without bullets. */
function recorded(name: string): readonly string[] {
  const summary = readFileSync(join(CASES, 'summary', `${name}.summary`), 'utf8');
  const [, after = ''] = summary.split('Current cluster status:\n');
  const [status = ''] = after.split(/\n(?:Transition Summary|Performing Requested|Executing)/);
  return status
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^ {2}\* /.test(line))
    .map((line) => line.replace(/^ {4}/, '').replace('* ', ''));
}

function read(name: string): readonly string[] {
  const got = readCib(readFileSync(join(CASES, 'xml', `${name}.xml`), 'utf8'));
  if (!got.ok) return [JSON.stringify(got.fault)];
  const { cib } = got.value;
  const decidedAt = Number(cib.root.attributes['execution-date'] ?? 1_790_000_000);
  const cluster = readCluster(cib, epochMs(decidedAt * 1000));
  return [...nodeLines(cluster), ...resourceLines(cluster, { showsPending: true })];
}

void t.test('a recorded cluster reads as the reference printed it', (t) => {
  const folder = join(CASES, 'xml');
  if (!existsSync(folder)) {
    t.comment('needs ../shared/cases/scheduler beside the project');
    t.end();
    return;
  }
  const names = readdirSync(folder).map((file) => file.replace(/\.xml$/, ''));
  for (const name of names) t.equal(read(name).join('\n'), recorded(name).join('\n'), name);
  t.end();
});
