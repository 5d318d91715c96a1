/** The one road for changes: read, edit, replace, and say how safe the result is. */
import type { Result } from '@holdfast/base';
import {
  childElements,
  firstChild,
  formatXml,
  parseXml,
  sameXml,
  type XmlElement,
} from '@holdfast/cib';
import type { Receipt, RpcFault } from '@holdfast/ipc';
import { fail, ok } from '@holdfast/base';
import { ask, DONE, type ExitCode, refuse, report, type Shell, warn } from './shell.ts';

/** A small edit is made anew when somebody else was faster, this many times. */
const ATTEMPTS_MAX = 5;

export type ReadCib = { readonly cib: XmlElement; readonly version: string };

export async function readCibText(shell: Shell): Promise<Result<ReadCib, RpcFault>> {
  const answer = await ask(shell, 'cib.query', {});
  if (!answer.ok) return answer;
  const parsed = parseXml(answer.value.xml);
  if (parsed.ok) return ok({ cib: parsed.value, version: answer.value.version });
  return fail({ code: 'garbled', message: `The daemon's CIB is no XML: ${parsed.fault.what}.` });
}

/** Sends a whole configuration, made from version `base`. */
export function replaceCib(
  shell: Shell,
  base: string,
  cib: XmlElement,
): Promise<Result<Receipt, RpcFault>> {
  const configuration = firstChild(cib, 'configuration') ?? cib;
  return ask(shell, 'cib.replace', {
    base,
    xml: formatXml(configuration),
    user: shell.options.user,
  });
}

/** Reads, edits and replaces; the edit's fault is one sentence. An edit that changes nothing is done. */
export async function changeCib(
  shell: Shell,
  edit: (cib: XmlElement) => Result<XmlElement, string>,
): Promise<ExitCode> {
  for (let attempt = 1; ; attempt += 1) {
    const read = await readCibText(shell);
    if (!read.ok) return report(shell, read.fault);
    const edited = edit(read.value.cib);
    if (!edited.ok) return refuse(shell, edited.fault);
    if (sameConfiguration(read.value.cib, edited.value)) return DONE;
    const receipt = await replaceCib(shell, read.value.version, edited.value);
    if (receipt.ok) return acknowledge(shell, receipt.value);
    if (receipt.fault.code !== 'stale' || attempt >= ATTEMPTS_MAX)
      return report(shell, receipt.fault);
  }
}

export function sameConfiguration(a: XmlElement, b: XmlElement): boolean {
  const one = firstChild(a, 'configuration');
  const other = firstChild(b, 'configuration');
  return one !== undefined && other !== undefined && sameXml(one, other);
}

/** Silent where all is well; a change that could still be lost is never acknowledged silently. */
export function acknowledge(shell: Shell, receipt: Receipt): ExitCode {
  for (const each of receipt.warnings) warn(shell, each);
  if (!receipt.durable) {
    warn(
      shell,
      `the change is stored on ${receipt.storedOn.join(', ') || 'no node'}, and is not safe yet: a node that is not proven down may know nothing of it, come back first, and win. Fence the missing node, or wait until it has joined.`,
    );
  }
  return DONE;
}

export async function acknowledged(
  shell: Shell,
  receipt: Promise<Result<Receipt, RpcFault>>,
): Promise<ExitCode> {
  const answer = await receipt;
  return answer.ok ? acknowledge(shell, answer.value) : report(shell, answer.fault);
}

/** The nodes the configuration knows, by name. */
export function nodeNames(cib: XmlElement): readonly string[] {
  const nodes = firstChild(firstChild(cib, 'configuration'), 'nodes');
  if (nodes === undefined) return [];
  return childElements(nodes, 'node').map(({ attributes }) => attributes['uname'] ?? '');
}
