/** Intervals of operations. */
import { type OpEntry, parseBoolean, readDuration } from '@holdfast/cib';

const read = new Map<string, number>();

/** In ms; unreadable or missing is 0. The same few texts come again and again. */
export function readInterval(text: string): number {
  let ms = read.get(text);
  if (ms === undefined) {
    ms = readDuration(text) ?? 0;
    if (read.size > 10_000) read.clear();
    read.set(text, ms);
  }
  return ms;
}

export function isDisabled({ options }: OpEntry): boolean {
  return parseBoolean(options['enabled']) === false;
}

/** The configured operation of that name and interval (B1.4). */
export function findOperation(
  operations: readonly OpEntry[],
  name: string,
  intervalMs: number,
  includeDisabled = true,
): OpEntry | undefined {
  const find = (wanted: string, interval: number): OpEntry | undefined =>
    operations.find(
      (op) =>
        op.name === wanted &&
        readInterval(op.interval) === interval &&
        (includeDisabled || !isDisabled(op)),
    );
  const found = find(name, intervalMs);
  if (found !== undefined || (name !== 'migrate_to' && name !== 'migrate_from')) return found;
  return find('migrate', 0);
}
