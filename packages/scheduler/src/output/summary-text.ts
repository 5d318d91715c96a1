/** The transition summary as lines (B8.5). */
import type { SummaryLine } from './summary.ts';

export function summaryTextLines(lines: readonly SummaryLine[]): readonly string[] {
  const resources = lines.flatMap((line) => (line.kind === 'resource' ? [line] : []));
  const idWidth = Math.max(0, ...resources.map(({ resource }) => resource.id.length));
  const detailWidth = Math.max(0, ...resources.map(({ details }) => details.length));
  return lines.map((line) => {
    if (line.kind === 'fence') return `  * Fence (${line.op}) ${line.node} '${line.reason}'`;
    const { verb, resource, details, reason } = line;
    const head = `${verb.padEnd(8)}   ${resource.id.padEnd(idWidth)}   ( ${details.padStart(detailWidth)} )`;
    return `  * ${head}${reason === '' ? '' : `  ${reason}`}`;
  });
}
