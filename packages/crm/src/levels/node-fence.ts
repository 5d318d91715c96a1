/** Fencing a node, and vouching that it is off. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import { booleanProperty, property, readConfiguration } from '@holdfast/cib';
import type { RpcFault } from '@holdfast/ipc';
import { nodeNames, readCibText } from '../shell/change.ts';
import {
  ask,
  DONE,
  type ExitCode,
  inform,
  isAgreed,
  refuse,
  report,
  type Shell,
  UNSAFE,
} from '../shell/shell.ts';

/** The node named, or the one this shell talks to; unknown ones are refused with a suggestion. */
export async function nodeOf(
  shell: Shell,
  name: string | undefined,
): Promise<Result<string, RpcFault>> {
  if (name === undefined) {
    const status = await ask(shell, 'cluster.status', {});
    return status.ok ? ok(status.value.node) : status;
  }
  const read = await readCibText(shell);
  if (!read.ok) return read;
  const known = nodeNames(read.value.cib);
  if (known.includes(name)) return ok(name);
  const near = nearest(name, known);
  const hint = near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${near}?`;
  return fail({ code: 'unknown-node', message: `there is no node ${name}. ${hint}` });
}

/** Reboot, or off where the cluster is told to switch off. */
export function fence(shell: Shell, [name = '']: readonly string[]): Promise<ExitCode> {
  return fenceAs(shell, name, undefined);
}

/** `undefined`: what the cluster itself would do. */
export async function fenceAs(
  shell: Shell,
  name: string,
  wanted: 'reboot' | 'off' | 'on' | undefined,
): Promise<ExitCode> {
  const known = await nodeOf(shell, name);
  if (!known.ok) return report(shell, known.fault);
  if (
    wanted !== 'on' &&
    !(await isAgreed(
      shell,
      `Fencing ${name} cuts its power now; what runs there is recovered elsewhere. Go on?`,
    ))
  ) {
    return refuse(
      shell,
      `${name} was not fenced: this cuts its power, and is done without a human only with --force`,
      UNSAFE,
    );
  }
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const { configuration } = readConfiguration(read.value.cib);
  const usual = property(configuration, 'stonith-action') === 'off' ? 'off' : 'reboot';
  const action = wanted ?? usual;
  if (!booleanProperty(configuration, 'stonith-enabled'))
    inform(shell, 'fencing is disabled in the configuration; a human asked, so it is tried');
  const answer = await ask(shell, 'fence.request', {
    node: name,
    action,
    user: shell.options.user,
  });
  if (!answer.ok) return report(shell, answer.fault);
  shell.io.out(`${answer.value.outcome}\n`);
  return DONE;
}

export async function confirmOff(shell: Shell, [name = '']: readonly string[]): Promise<ExitCode> {
  const known = await nodeOf(shell, name);
  if (!known.ok) return report(shell, known.fault);
  const question = `You vouch that ${name} is off and stays off until it is told to start. If it is not, data will be destroyed. Is it off?`;
  if (!(await isAgreed(shell, question))) {
    return refuse(
      shell,
      `nothing was confirmed: somebody must have seen that ${name} is off; then say so with --force`,
      UNSAFE,
    );
  }
  const answer = await ask(shell, 'fence.confirm', { node: name, user: shell.options.user });
  if (!answer.ok) return report(shell, answer.fault);
  shell.io.out(`${answer.value.outcome}\n`);
  return DONE;
}
