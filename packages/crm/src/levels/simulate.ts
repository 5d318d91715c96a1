/** `crm simulate`: what would be decided for a CIB, and what would be then. */
import { epochMs } from '@holdfast/base';
import {
  type Cib,
  describeFault,
  describeReadFault,
  firstChild,
  formatXml,
  readCib,
  replaceChild,
  statusToXml,
  verify,
  withChildren,
} from '@holdfast/cib';
import {
  describeInjectFault,
  explainText,
  momentOf,
  pretend,
  type Pretended,
} from '@holdfast/scheduler';
import { unpackText } from '../shell/packed.ts';
import {
  ask,
  DONE,
  type ExitCode,
  FAILED,
  refuse,
  report,
  type Shell,
  USAGE,
  warn,
} from '../shell/shell.ts';
import { parseSimulateOptions, type SimulateOptions } from './simulate-options.ts';

export async function simulate(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const parsed = parseSimulateOptions(words);
  if (!parsed.ok) return refuse(shell, parsed.fault, USAGE);
  const options = parsed.value;
  const text = await textOf(shell, options.file);
  if (typeof text !== 'string') return text.code;
  const cib = readWithFaults(shell, text, options.file ?? 'the live CIB');
  if (cib === undefined) return FAILED;
  const moment = momentOf(cib, options.date, epochMs(shell.io.now()));
  if (moment === undefined) return refuse(shell, `"${options.date ?? ''}" is no date`, USAGE);
  const { injections, failing } = options;
  const explain = options.explain !== undefined;
  const pretended = pretend({ cib, ...moment, injections, failing, explain });
  if (!pretended.ok) return refuse(shell, describeInjectFault(pretended.fault));
  const saved = await save(shell, options, pretended.value);
  if (saved !== DONE) return saved;
  return show(shell, options, pretended.value);
}

async function textOf(
  shell: Shell,
  file: string | undefined,
): Promise<string | { readonly code: ExitCode }> {
  if (file === undefined) {
    const answer = await ask(shell, 'cib.query', {});
    return answer.ok ? answer.value.xml : { code: report(shell, answer.fault) };
  }
  let bytes: Uint8Array;
  try {
    bytes = await shell.io.readBytes(file);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    return { code: refuse(shell, `cannot read ${file}: ${what}`) };
  }
  const text = unpackText(bytes);
  return text.ok ? text.value : { code: refuse(shell, `${file} ${text.fault}`) };
}

/** What is left out and what is doubtful is said; what is no CIB is refused. */
function readWithFaults(shell: Shell, text: string, name: string): Cib | undefined {
  const read = readCib(text);
  if (!read.ok) {
    refuse(shell, `${name}: ${describeReadFault(read.fault)}`);
    return undefined;
  }
  for (const fault of verify(read.value.cib.root)) {
    const sentence = describeFault(fault);
    if (fault.severity === 'error') refuse(shell, sentence);
    else warn(shell, sentence);
  }
  return read.value.cib;
}

/** Nothing is shown when something could not be kept. */
async function save(
  shell: Shell,
  { saveInput, saveOutput, saveDot }: SimulateOptions,
  pretended: Pretended,
): Promise<ExitCode> {
  const files: readonly (readonly [string | undefined, () => string])[] = [
    [saveInput, () => xmlOf(pretended.input)],
    [saveOutput, () => xmlOf(pretended.output())],
    [saveDot, pretended.dot],
  ];
  for (const [file, text] of files) {
    if (file === undefined) continue;
    try {
      await shell.io.writeFile(file, text());
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      return refuse(shell, `cannot write ${file}: ${what}`);
    }
  }
  return DONE;
}

function xmlOf({ root, status, quorate }: Cib): string {
  const attributes = { ...root.attributes, 'have-quorum': quorate ? '1' : '0' };
  const whole = { ...root, attributes };
  const old = firstChild(whole, 'status');
  const next = statusToXml(status);
  return formatXml(
    old === undefined
      ? withChildren(whole, [...whole.children, next])
      : replaceChild(whole, old, next),
  );
}

function show(shell: Shell, { format, explain }: SimulateOptions, pretended: Pretended): ExitCode {
  if (explain !== undefined && pretended.ledger !== undefined) {
    const text = explainText(pretended.ledger, explain);
    if (text === undefined) return refuse(shell, `there is no resource "${explain}"`, 105);
    shell.io.out(text.endsWith('\n') ? text : `${text}\n`);
    return DONE;
  }
  if (format === 'json') {
    const { summary, dot, scores, graph } = pretended;
    const all = { summary: summary(), dot: dot(), scores: scores(), graph: graph() };
    shell.io.out(`${JSON.stringify(all)}\n`);
    return DONE;
  }
  shell.io.out(pretended[format]());
  return DONE;
}
