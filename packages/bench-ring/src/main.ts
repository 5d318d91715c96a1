/** `npm run bench:ring`: the ring measured, and beside Corosync where that is installed. */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { compare, type Comparison, type Effort } from './compare.ts';
import { buildClient, findCorosync } from './corosync.ts';
import { holds } from './judge.ts';
import { canMakeNamespaces } from './network.ts';
import { type Survey, survey, type SurveyChoice } from './survey.ts';
import { comparisonTable, surveyTable } from './table.ts';

const USAGE = `npm run bench:ring -- [options]

  --check        only what is promised beside Corosync; exit code 1 where a promise is missed
  --nodes LIST   node counts to measure alone (default 2,3,8,16; with --check none)
  --turns N      turns of each side, of which the median counts (default 5)
  --for MS       how long one turn takes (default 1000)
  --json         one JSON object as the last line
`;

type Options = {
  readonly isCheck: boolean;
  readonly isJson: boolean;
  readonly nodes: readonly number[];
  readonly effort: Effort;
};

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      nodes: { type: 'string' },
      turns: { type: 'string', default: '5' },
      for: { type: 'string', default: '1000' },
      help: { type: 'boolean', default: false },
    },
  });
  const list = values.nodes ?? (values.check ? '' : '2,3,8,16');
  const nodes = list.split(',').filter(Boolean).map(Number);
  const effort = { turns: Number(values.turns), forMs: Number(values.for) };
  const areNumbers = [...nodes, effort.turns, effort.forMs].every((each) => each >= 1);
  if (values.help || !areNumbers) return undefined;
  return { isCheck: values.check, isJson: values.json, nodes, effort };
}

/** Both comparisons, or why there are none. */
async function compareAll(effort: Effort): Promise<readonly Comparison[] | string> {
  if (!canMakeNamespaces()) return 'network namespaces need root';
  const corosync = findCorosync();
  if ('missing' in corosync) return corosync.missing;
  say(`beside Corosync ${corosync.version}; load of the host ${loadavg()[0]?.toFixed(1) ?? '?'}\n`);
  const client = buildClient();
  try {
    const both: Comparison[] = [];
    for (const isSealed of [false, true]) {
      const comparison = await compare(isSealed, client, effort);
      say(`${comparisonTable(comparison)}\n`);
      both.push(comparison);
    }
    return both;
  } finally {
    client.remove();
  }
}

async function surveyAll({ nodes, effort }: Options): Promise<readonly Survey[]> {
  const networks: readonly SurveyChoice['network'][] = canMakeNamespaces()
    ? ['loopback', 'namespaces']
    : ['loopback'];
  const surveys: Survey[] = [];
  for (const count of nodes)
    for (const network of networks)
      for (const isSealed of [false, true]) {
        const choice = { nodes: count, network, isSealed, forMs: effort.forMs };
        surveys.push(await survey(choice));
      }
  if (surveys.length > 0) say(`${surveyTable(surveys)}\n`);
  for (const { nodes: count, network, remarks } of surveys)
    for (const remark of remarks) say(`${count} nodes, ${network}: ${remark}`);
  return surveys;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 64;
  }
  const compared = await compareAll(options.effort);
  const surveys = await surveyAll(options);
  const isCompared = typeof compared !== 'string';
  if (!isCompared) say(`not compared with Corosync: ${compared}`);
  const missed = isCompared
    ? compared.flatMap(({ rows }) => rows).filter((row) => !holds(row))
    : [];
  if (isCompared)
    say(missed.length === 0 ? 'Every promise held.' : `${missed.length} promises were missed.`);
  if (options.isJson) say(JSON.stringify({ compared, surveys, missed: missed.length }));
  return options.isCheck && (missed.length > 0 || !isCompared) ? 1 : 0;
}

process.exitCode = await main();
