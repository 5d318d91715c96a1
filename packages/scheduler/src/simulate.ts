/** A CIB as text in, everything the reference prints out: for scoring against it. */
import { type EpochMs, epochMs } from '@holdfast/base';
import { type Cib, describeReadFault, parseDate, readCib } from '@holdfast/cib';
import { calculate } from './calculate.ts';
import { dotOf } from './output/dot.ts';
import { reportText } from './virtual/report.ts';

export type Simulated = {
  readonly dot: string;
  readonly scores: string;
  readonly summary: string;
  readonly graph: string;
};

export type SimulateOptions = {
  /** `2005-020T12:30`, `2014-05-07 00:28:00`: what the time is said to be. */
  readonly date?: string | null;
  readonly name?: string;
  readonly want?: unknown;
};

export function simulate(text: string, { date }: SimulateOptions = {}): Simulated {
  const read = readCib(text);
  if (!read.ok) throw new Error(describeReadFault(read.fault));
  const { cib } = read.value;
  const { now, timeLine } = momentOf(cib, date ?? undefined);
  const calculation = calculate({ cib, now, wantsScores: true });
  const { work, graph } = calculation;
  return {
    dot: dotOf(work, graph),
    scores: ['', ...(work.scores ?? []), ''].join('\n'),
    summary: reportText({ cib, now, calculation, timeLine }),
    graph: '',
  };
}

type Moment = { readonly now: EpochMs; readonly timeLine: string | undefined };

/** The time that is given, else the one the CIB was decided at, else a fixed one: no clock is read here. */
function momentOf(cib: Cib, date: string | undefined): Moment {
  if (date !== undefined) {
    const seconds = parseDate(date, 0);
    if (seconds === undefined) throw new Error(`"${date}" is no date`);
    const now = epochMs(seconds * 1000);
    return { now, timeLine: `Setting effective cluster time: ${date}` };
  }
  const written = Number(cib.root.attributes['execution-date'] ?? Number.NaN);
  if (!Number.isFinite(written)) return { now: epochMs(NO_DATE_MS), timeLine: undefined };
  const now = epochMs(written * 1000);
  const shown = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  return { now, timeLine: `Using the original execution date of: ${shown}Z` };
}

/** 2026-01-01: later than anything recorded. */
const NO_DATE_MS = 1_767_225_600_000;
