/** What can be wrong with a configuration file, said so that an operator can put it right. */

/**
 * One thing wrong (or, as a warning, one thing worth knowing). `line` counts from 1; a thing that
 * is missing points at the section it is missing from, or at the last line of the file.
 */
export type ConfFault = {
  readonly file: string;
  readonly line: number;
  /** Dotted, as `totem.token`; empty where a line is no key at all. */
  readonly key: string;
  /** As written; `(hidden)` for a secret; empty where there is none. */
  readonly value: string;
  /** A clause that completes "KEY VALUE …": `is not a number from 0 to 65535`. */
  readonly what: string;
  /** What to do about it, as an imperative; empty where nothing needs doing. */
  readonly wayOut: string;
};

/** `/etc/corosync/corosync.conf:4: totem.token "fast" is not a number …; write milliseconds.` */
export function describe(fault: ConfFault): string {
  const subject = [fault.key, fault.value === '' ? '' : `"${fault.value}"`]
    .filter((part) => part !== '')
    .join(' ');
  const said = subject === '' ? fault.what : `${subject} ${fault.what}`;
  const wayOut = fault.wayOut === '' ? '' : `; ${fault.wayOut}`;
  const end = wayOut.endsWith('?') ? '' : '.';
  return `${fault.file}:${fault.line}: ${said}${wayOut}${end}`;
}

/** Collects what is found while one file is read; every fault is reported, not only the first. */
export type Findings = {
  readonly file: string;
  readonly faults: ConfFault[];
  readonly warnings: ConfFault[];
  /** What the reference reads without a word, and we read but do not start with. */
  readonly refusals: ConfFault[];
};

export function findings(file: string): Findings {
  return { file, faults: [], warnings: [], refusals: [] };
}

type Place = { readonly line: number; readonly key: string; readonly value?: string };

export function addFault(found: Findings, place: Place, what: string, wayOut: string): void {
  found.faults.push({ file: found.file, value: '', ...place, what, wayOut });
}

export function addWarning(found: Findings, place: Place, what: string, wayOut = ''): void {
  found.warnings.push({ file: found.file, value: '', ...place, what, wayOut });
}

export function addRefusal(found: Findings, place: Place, what: string, wayOut: string): void {
  found.refusals.push({ file: found.file, value: '', ...place, what, wayOut });
}

/** A refusal among the warnings: it says what will come of it. */
export function asWarning(refusal: ConfFault): ConfFault {
  return { ...refusal, what: `${refusal.what}, and the daemon will not start with it` };
}
