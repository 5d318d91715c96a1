/** Would a daemon start with this corosync.conf, and what would it count with? */
import { join } from 'node:path';
import {
  type CorosyncConf,
  describe,
  describeRules,
  effectiveQuorum,
  outsideOf,
  parseCorosyncConf,
} from '@holdfast/corosync-conf';
import { DONE, type ExitCode, refuse, report, type Shell, warn } from '../shell/shell.ts';
import { ask } from '../shell/shell.ts';
import { BAD_CONFIGURATION, NO_INPUT, readConf } from './corosync-file.ts';

/** Where the key is when the file does not say. */
const KEY_PLACES = ['etc/holdfast/authkey', 'etc/corosync/authkey'];

/** `verify [FILE]`: every fault and doubt with its line; then the rules that would be in force. */
export async function verify(shell: Shell, [file]: readonly string[]): Promise<ExitCode> {
  const text = await textOf(shell, file);
  if (typeof text === 'number') return text;
  const parsed = parseCorosyncConf(text.text, text.path);
  if (!parsed.ok) {
    for (const fault of parsed.fault) refuse(shell, describe(fault));
    return BAD_CONFIGURATION;
  }
  const conf = parsed.value;
  const said = new Set(conf.refusals.map(({ line, key }) => `${line} ${key}`));
  for (const warning of conf.warnings) {
    if (!said.has(`${warning.line} ${warning.key}`)) warn(shell, describe(warning));
  }
  const wrong = [...conf.refusals.map(describe), ...(await outsideFaults(shell, conf))];
  for (const sentence of wrong) refuse(shell, sentence);
  if (wrong.length > 0) return BAD_CONFIGURATION;
  for (const rule of rulesOf(conf)) shell.io.out(`${rule}\n`);
  if (file === undefined) await compareWithRunning(shell);
  return DONE;
}

async function textOf(
  shell: Shell,
  file: string | undefined,
): Promise<{ readonly path: string; readonly text: string } | ExitCode> {
  if (file === undefined) {
    const read = await readConf(shell);
    return read.ok ? read.value : refuse(shell, read.fault, NO_INPUT);
  }
  try {
    return { path: file, text: await shell.io.readFile(file) };
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    return refuse(shell, `${file} cannot be read: ${words}`, NO_INPUT);
  }
}

/** Names that do not resolve here, and a key that is not there. */
async function outsideFaults(shell: Shell, conf: CorosyncConf): Promise<readonly string[]> {
  const { names, key } = outsideOf(conf);
  const faults: string[] = [];
  for (const { name, line } of names) {
    if (await shell.io.resolves(name)) continue;
    faults.push(
      `${conf.file}:${line}: nodelist.node "${name}" is no address and resolves to none; write the IP address.`,
    );
  }
  if (key === undefined || key.inline) return faults;
  const places = key.path === undefined ? KEY_PLACES : [key.path];
  if (!(await isThere(shell, places))) {
    const where = places.join(' nor ');
    faults.push(
      `${conf.file}: datagrams are to be sealed, and there is ${places.length > 1 ? 'neither' : 'no'} ${where} to seal them with; make a key, the same on every node.`,
    );
  }
  return faults;
}

async function isThere(shell: Shell, places: readonly string[]): Promise<boolean> {
  for (const place of places) {
    try {
      await shell.io.readFile(join(shell.options.root, place));
      return true;
    } catch {
      continue;
    }
  }
  return false;
}

function rulesOf(conf: CorosyncConf): readonly string[] {
  const [first] = conf.nodes;
  const effective = first === undefined ? undefined : effectiveQuorum(conf, first.id);
  return effective?.ok === true ? describeRules(conf.nodes, effective.value) : [];
}

/** Where a daemon runs here, what a reload would change is told too; without one, nothing is. */
async function compareWithRunning(shell: Shell): Promise<void> {
  const answer = await ask(shell, 'corosync.reload', { dry: true, user: shell.options.user });
  if (!answer.ok) {
    if (answer.fault.code !== 'unreachable') report(shell, answer.fault);
    return;
  }
  const count = answer.value.changes.length;
  if (count === 0) shell.io.out('the daemon here runs with this file\n');
  else
    shell.io.out(
      `the daemon here runs with another version: ${count} difference${count === 1 ? '' : 's'} (crm corosync reload --dry-run)\n`,
    );
}
