/** The whole story as text: what is, what will be done, and what would be then (B8.3). */
import type { EpochMs } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import { type Cluster, clusterLines, disabledLine, readCluster } from '@holdfast/status';
import type { Calculation } from '../calculate.ts';
import { summaryTextLines } from '../output/summary-text.ts';
import type { Action } from '../work/action.ts';
import { afterwards } from './effects.ts';
import { type Done, executionLine, executionOrder } from './execute.ts';

export type ReportInput = {
  readonly cib: Cib;
  readonly now: EpochMs;
  readonly calculation: Calculation;
  /** As it stands on the first line; undefined: nothing is said about the time. */
  readonly timeLine?: string | undefined;
  /** What was changed before, one line each. */
  readonly modifications?: readonly string[];
  /** Which actions fail, and with what; undefined: all go well. */
  readonly failureOf?: ((action: Action) => number | undefined) | undefined;
  /** The cluster before it was changed. */
  readonly before?: Cib;
};

export function reportText(input: ReportInput): string {
  const { cib, now, calculation, timeLine, modifications = [] } = input;
  const current = readCluster(input.before ?? cib, now);
  const order = executionOrder(calculation, input.failureOf);
  const after = afterwards(cib, calculation, order);
  const revised = readCluster(after.cib, now);
  const time = timeLine === undefined ? [] : [timeLine];
  const disabled = disabledLine(current);
  return [
    ...(cib.root.attributes['validate-with'] === 'none' ? [UNCHECKED] : []),
    ...time,
    ...(current.options.isMaintenance ? MAINTENANCE : []),
    ...(disabled === undefined ? [] : [disabled]),
    '',
    'Current cluster status:',
    ...clusterLines(current, { showsPending: true }),
    '',
    ...(modifications.length === 0 ? [] : modificationLines(modifications, time)),
    'Transition Summary:',
    ...summaryTextLines(calculation.summary),
    '',
    'Executing Cluster Transition:',
    ...order.flatMap((done) => executionLines(calculation.cluster, done)),
    ...after.counted.map((line) => `  * ${line}`),
    ...time,
    '',
    'Revised Cluster Status:',
    ...clusterLines(revised, { showsPending: false }),
    '',
  ].join('\n');
}

function executionLines(cluster: Cluster, { action, rc }: Done): readonly string[] {
  const line = `  * ${executionLine(cluster, action)}`;
  return rc === undefined ? [line] : [line, `Pretending action ${action.id} failed with rc=${rc}`];
}

const UNCHECKED = [
  'Schema validation of configuration is disabled (support for validate-with set to "none"',
  'is deprecated and will be removed in a future release)',
].join(' ');

const MAINTENANCE = [
  '',
  '              *** Resource management is DISABLED ***',
  '  The cluster will not attempt to start, stop or recover services',
  '',
];

function modificationLines(
  modifications: readonly string[],
  time: readonly string[],
): readonly string[] {
  return [
    'Performing Requested Modifications:',
    ...modifications.map((line) => `  * ${line}`),
    ...time,
    '',
  ];
}
