/** A CIB as text in, everything the reference prints out: for scoring against it. */
import { epochMs } from '@holdfast/base';
import { readCib, describeReadFault } from '@holdfast/cib';
import { calculate } from './calculate.ts';
import { dotOf } from './output/dot.ts';

export type Simulated = {
  readonly dot: string;
  readonly scores: string;
  readonly summary: string;
  readonly graph: string;
};

export function simulate(
  text: string,
  { date }: { readonly date?: string | null; readonly name?: string; readonly want?: unknown } = {},
): Simulated {
  const read = readCib(text);
  if (!read.ok) throw new Error(describeReadFault(read.fault));
  const { cib } = read.value;
  const written = Number(cib.root.attributes['execution-date'] ?? Number.NaN);
  const now = Number.isFinite(written) ? epochMs(written * 1000) : epochMs(Date.now());
  void date;
  const { work, graph, summary } = calculate({ cib, now, wantsScores: true });
  return {
    dot: dotOf(work, graph),
    scores: ['', ...(work.scores ?? []), ''].join('\n'),
    summary: summary
      .map((line) =>
        line.kind === 'fence'
          ? `Fence (${line.op}) ${line.node} '${line.reason}'`
          : `${line.verb} ${line.resource.id} ( ${line.details} ) ${line.reason}`,
      )
      .join('\n'),
    graph: '',
  };
}
