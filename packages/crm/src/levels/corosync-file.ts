/** corosync.conf on this node: where it is, what is wrong with it, and how it is written. */
import { join } from 'node:path';
import { fail, ok, type Result } from '@holdfast/base';
import { describe, parseCorosyncConf } from '@holdfast/corosync-conf';
import { DONE, type ExitCode, inform, refuse, type Shell, warn } from '../shell/shell.ts';

/** The exit codes of sysexits(3) for a file that is not there, and for one that is wrong. */
export const NO_INPUT: ExitCode = 66;
export const BAD_CONFIGURATION: ExitCode = 78;

const PLACES = ['etc/holdfast/corosync.conf', 'etc/corosync/corosync.conf'];

export type ConfText = { readonly path: string; readonly text: string };

/** The file the daemon reads: the first of its two places that there is. */
export async function readConf(shell: Shell): Promise<Result<ConfText, string>> {
  for (const place of PLACES) {
    const path = join(shell.options.root, place);
    try {
      return ok({ path, text: await shell.io.readFile(path) });
    } catch {
      continue;
    }
  }
  return fail(`there is neither ${PLACES.join(' nor ')} under ${shell.options.root}`);
}

/**
 * Writes `text` over the file, if a daemon would start with it. What it warned of before is not told
 * again.
 */
export async function writeConf(
  shell: Shell,
  { path, text: before }: ConfText,
  text: string,
): Promise<ExitCode> {
  const parsed = parseCorosyncConf(text, path);
  const faults = parsed.ok ? parsed.value.refusals : parsed.fault;
  if (!parsed.ok || faults.length > 0) {
    refuse(shell, 'nothing was written: with this change the daemon would not start');
    for (const fault of faults) refuse(shell, describe(fault));
    return BAD_CONFIGURATION;
  }
  const old = parseCorosyncConf(before, path);
  const known = new Set(old.ok ? old.value.warnings.map(({ key, what }) => `${key} ${what}`) : []);
  for (const warning of parsed.value.warnings) {
    if (!known.has(`${warning.key} ${warning.what}`)) warn(shell, describe(warning));
  }
  try {
    await shell.io.replaceFile(path, text);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    return refuse(shell, `${path} cannot be written: ${words}`);
  }
  inform(
    shell,
    `written to ${path} on this node; make it the same on the others, then crm corosync reload`,
  );
  return DONE;
}
