/** What `configure` works on: a copy of the configuration, and the version it was read at. */
import type { Result } from '@holdfast/base';
import { describeFault, firstChild, sameXml, verify, type CibFault } from '@holdfast/cib';
import type { RpcFault } from '@holdfast/ipc';
import { ok } from '@holdfast/base';
import { mergeConfigurations } from '../draft/merge.ts';
import { acknowledge, readCibText, replaceCib, sameConfiguration } from '../shell/change.ts';
import {
  type ConfigureDraft,
  DONE,
  type ExitCode,
  inform,
  refuse,
  report,
  type Shell,
  warn,
} from '../shell/shell.ts';

/** The draft of this session; read from the cluster when it is first needed. */
export async function currentDraft(shell: Shell): Promise<Result<ConfigureDraft, RpcFault>> {
  if (shell.draft !== undefined) return ok(shell.draft);
  const read = await readCibText(shell);
  if (!read.ok) return read;
  const { cib, version } = read.value;
  shell.draft = { base: version, before: cib, cib };
  return ok(shell.draft);
}

/** Runs `use` with the draft, or reports why there is none. */
export async function withDraft(
  shell: Shell,
  use: (draft: ConfigureDraft) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const draft = await currentDraft(shell);
  return draft.ok ? use(draft.value) : report(shell, draft.fault);
}

export function isChanged({ before, cib }: ConfigureDraft): boolean {
  return !sameConfiguration(before, cib);
}

/** Sends what was changed. Refused whole where it is wrong or somebody else was faster. */
export async function commit(shell: Shell, isForced: boolean): Promise<ExitCode> {
  const { draft } = shell;
  if (draft === undefined || !isChanged(draft)) return DONE;
  const wrong = verifyDraft(shell, draft, isForced);
  if (wrong !== DONE) return wrong;
  const answer = await replaceCib(shell, draft.base, draft.cib);
  if (answer.ok) {
    shell.draft = undefined;
    return acknowledge(shell, answer.value);
  }
  if (answer.fault.code !== 'stale') return report(shell, answer.fault);
  return commitAfterOthers(shell, draft, isForced);
}

/** Says what is wrong. Faults that were there before do not stop a change that is not about them. */
export function verifyDraft(shell: Shell, draft: ConfigureDraft, isForced: boolean): ExitCode {
  const known = new Set(verify(draft.before).map(describeFault));
  const faults = verify(draft.cib).filter((fault) => !known.has(describeFault(fault)));
  const stopping = faults.filter(isStopping);
  for (const fault of faults) {
    if (isStopping(fault)) refuse(shell, describeFault(fault));
    else warn(shell, describeFault(fault));
  }
  if (stopping.length === 0) return DONE;
  if (isForced) {
    inform(shell, 'committed all the same, as asked (force)');
    return DONE;
  }
  return refuse(shell, 'nothing was committed');
}

/** That nothing would be recovered yet is worth a warning; a step towards the fence device must be possible. */
function isStopping(fault: CibFault): boolean {
  return fault.severity === 'error' && !(fault.element === 'resources' && fault.attribute === '');
}

/**
 * Somebody changed the CIB since it was read. Where the configuration is the same after all (only the
 * status moved), or force was given, our changes are made again on top; else the user decides.
 */
async function commitAfterOthers(
  shell: Shell,
  draft: ConfigureDraft,
  isForced: boolean,
): Promise<ExitCode> {
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const { cib, version } = read.value;
  const theirs = firstChild(cib, 'configuration');
  const before = firstChild(draft.before, 'configuration');
  const ours = firstChild(draft.cib, 'configuration');
  if (theirs === undefined || before === undefined || ours === undefined) {
    return refuse(shell, 'the CIB has no configuration');
  }
  if (!isForced && !sameXml(theirs, before)) {
    return refuse(
      shell,
      `somebody else changed the configuration (it is now ${version}, yours was made from ${draft.base}); nothing was committed. "refresh" and repeat the changes, or "commit force" to make them on top`,
      103,
    );
  }
  const merged = mergeConfigurations(before, ours, theirs);
  if (!merged.ok) return refuse(shell, `${merged.fault}; "refresh" and repeat the changes`, 103);
  const answer = await replaceCib(shell, version, merged.value);
  if (!answer.ok) return report(shell, answer.fault);
  shell.draft = undefined;
  return acknowledge(shell, answer.value);
}
