/** Calculates one CIB again and again, text in, decision out; prints the medians of the warm runs. */
import { readFileSync } from 'node:fs';
import { epochMs } from '@holdfast/base';
import { describeReadFault, readCib } from '@holdfast/cib';
import { schedule } from '@holdfast/scheduler';

const [file = '', runs = '3'] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
/** Until the compiler has done its work. */
const WARM_UP_MS = 3000;
const WARM_UP_RUNS_MIN = 2;

function calculate(): number {
  const read = readCib(text);
  if (!read.ok) throw new Error(describeReadFault(read.fault));
  const { graph } = schedule({ cib: read.value.cib, now: epochMs(1_700_000_000_000) });
  return graph.actions.length;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

/** Small ones many at a time: a clock tick is longer than they are. */
function measure(batch: number): { readonly wallMs: number; readonly cpuMs: number } {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  for (let index = 0; index < batch; index += 1) calculate();
  const { user, system } = process.cpuUsage(before);
  const wallMs = (performance.now() - startedAt) / batch;
  return { wallMs, cpuMs: (user + system) / 1000 / batch };
}

const warmUpEnd = performance.now() + WARM_UP_MS;
let warmUps = 0;
while (warmUps < WARM_UP_RUNS_MIN || (performance.now() < warmUpEnd && warmUps < 2000)) {
  calculate();
  warmUps += 1;
}
const batch = Math.max(1, Math.min(100, Math.floor(50 / measure(1).wallMs)));
const measured = Array.from({ length: Number(runs) }, () => measure(batch));
process.stdout.write(
  JSON.stringify({
    wallMs: median(measured.map(({ wallMs }) => wallMs)),
    cpuMs: median(measured.map(({ cpuMs }) => cpuMs)),
    peakMb: process.resourceUsage().maxRSS / 1024,
  }),
);
