/** A CIB as text in, everything the reference prints out: for scoring against it. */
import { type EpochMs, epochMs } from '@holdfast/base';
import { type Cib, describeReadFault, parseDate, readCib } from '@holdfast/cib';
import { describeInjectFault } from './virtual/inject.ts';
import { pretend } from './virtual/whatif.ts';

export type Simulated = Readonly<Record<'dot' | 'scores' | 'summary' | 'graph', string>>;

export type SimulateOptions = {
  /** `2005-020T12:30`, `2014-05-07 00:28:00`: what the time is said to be. */
  readonly date?: string | null;
  readonly name?: string;
  /** Which outputs are made; the others stay empty. All where it is not said. */
  readonly want?: readonly string[];
};

export function simulate(text: string, { date, want }: SimulateOptions = {}): Simulated {
  const read = readCib(text);
  if (!read.ok) throw new Error(describeReadFault(read.fault));
  const { cib } = read.value;
  const moment = momentOf(cib, date ?? undefined);
  if (moment === undefined) throw new Error(`"${date ?? ''}" is no date`);
  const pretended = pretend({ cib, ...moment });
  if (!pretended.ok) throw new Error(describeInjectFault(pretended.fault));
  const make = (output: keyof Simulated): string =>
    want?.includes(output) === false ? '' : pretended.value[output]();
  return {
    dot: make('dot'),
    scores: make('scores'),
    summary: make('summary'),
    graph: make('graph'),
  };
}

export type Moment = { readonly now: EpochMs; readonly timeLine: string | undefined };

/**
 * The time that is given, else the one the CIB was decided at, else `otherwise`: no clock is read
 * here. Undefined where `date` is no date.
 */
export function momentOf(
  cib: Cib,
  date: string | undefined,
  otherwise = epochMs(NO_DATE_MS),
): Moment | undefined {
  if (date !== undefined) {
    const seconds = parseDate(date, 0);
    if (seconds === undefined) return undefined;
    const now = epochMs(seconds * 1000);
    return { now, timeLine: `Setting effective cluster time: ${date}` };
  }
  const written = Number(cib.root.attributes['execution-date'] ?? Number.NaN);
  if (!Number.isFinite(written)) return { now: otherwise, timeLine: undefined };
  const now = epochMs(written * 1000);
  const shown = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  return { now, timeLine: `Using the original execution date of: ${shown}Z` };
}

/** 2026-01-01: later than anything recorded. */
const NO_DATE_MS = 1_767_225_600_000;
