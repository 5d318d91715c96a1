/**
 * `npm run score:scheduler`: the table of the recorded cases by group, then `passed N of M`.
 * Exit code 1 where less is matched than the floor file says, or fewer cases pass than `--least N`;
 * `--raise` writes a higher floor.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fallen, raised, runScorer, type Tally } from './floor.ts';
import { ABSENT, FLOOR, hasCases } from './places.ts';

const args = process.argv.slice(2);

function least(): number {
  const place = args.indexOf('--least');
  return place < 0 ? 0 : Number(args[place + 1]);
}

if (hasCases()) {
  const floor = JSON.parse(readFileSync(FLOOR, 'utf8')) as Tally;
  const { tally, total, printed } = await runScorer();
  process.stdout.write(printed);
  const lower = fallen(floor, tally);
  for (const sentence of lower) process.stderr.write(`below the floor: ${sentence}\n`);
  if (args.includes('--raise')) {
    writeFileSync(FLOOR, `${JSON.stringify(raised(floor, tally), undefined, 2)}\n`);
  }
  if (lower.length > 0 || (total['passed'] ?? 0) < least()) process.exitCode = 1;
} else {
  process.stdout.write(`${ABSENT}\n`);
}
