/** `crm fence race`: for each possible cut, who shoots whom when, and who survives. */
import { formatDuration, milliseconds } from '@holdfast/base';
import type { FenceCut, FenceRace } from '@holdfast/ipc';
import { ask, DONE, type ExitCode, FAILED, report, type Shell } from '../shell/shell.ts';

/** 0 only where every cut ends with a clear survivor. */
export async function race(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const answer = await ask(shell, 'fence.race', {});
  if (!answer.ok) return report(shell, answer.fault);
  const isJson = shell.options.isJson || words.includes('--json');
  shell.io.out(
    isJson ? `${JSON.stringify(answer.value, undefined, 2)}\n` : `${raceText(answer.value)}\n`,
  );
  return answer.value.cuts.every(({ isSafe }) => isSafe) ? DONE : FAILED;
}

export function raceText({ cuts, notes }: FenceRace): string {
  return [...cuts.flatMap(cutLines), ...notes.map((each) => `Note: ${each}`)].join('\n');
}

function cutLines({ sides, shots, verdict, isSafe }: FenceCut): readonly string[] {
  const title = sides.map((side) => side.join(' ')).join(' | ');
  return [
    `Cut ${title}`,
    ...shots.map(({ by, target, devices, leastMs, mostMs }) => {
      const from = seconds(leastMs);
      const when = leastMs === mostMs ? `after ${from}` : `after ${from} to ${seconds(mostMs)}`;
      return `  ${by} shoots ${target} ${when}, by ${devices.join(' and ')}`;
    }),
    `  ${isSafe ? '=>' : 'DANGER:'} ${verdict}`,
  ];
}

function seconds(ms: number): string {
  return formatDuration(milliseconds(ms));
}
