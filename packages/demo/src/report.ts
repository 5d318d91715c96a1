/** What was promised, measured and held: as a table for people, as JSON for machines. */

export type Row = {
  /** The step: `4 pulled plug`. */
  readonly name: string;
  readonly promise: string;
  readonly measured: string;
  readonly held: boolean;
};

export type Report = { readonly steps: readonly Row[]; readonly held: boolean };

/** Held only if there is something to hold, and all of it held. */
export function reportOf(rows: readonly Row[]): Report {
  return { steps: rows, held: rows.length > 0 && rows.every((row) => row.held) };
}

/** `name`, `promise` and `measured` in columns, wrapped to `width` characters. */
export function formatTable(rows: readonly Row[], width: number): string {
  const nameWidth = Math.max('step'.length, ...rows.map((row) => row.name.length));
  const heldWidth = 'held'.length;
  const rest = Math.max(40, width - nameWidth - heldWidth - 9);
  const promiseWidth = Math.floor(rest / 2);
  const widths = [nameWidth, promiseWidth, rest - promiseWidth, heldWidth];
  const lines = [
    rowOf(['step', 'promise', 'measured', 'held'], widths),
    widths.map((each) => '─'.repeat(each)).join('─┼─'),
  ];
  let before: string | undefined;
  for (const { name, promise, measured, held } of rows) {
    lines.push(
      rowOf([name === before ? '' : name, promise, measured, held ? 'yes' : 'NO'], widths),
    );
    before = name;
  }
  return lines.join('\n');
}

function rowOf(cells: readonly string[], widths: readonly number[]): string {
  const wrapped = cells.map((cell, index) => wrap(cell, widths[index] ?? 1));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, index) => (lines[line] ?? '').padEnd(widths[index] ?? 1))
      .join(' │ ')
      .trimEnd(),
  ).join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
