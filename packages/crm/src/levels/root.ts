/** The top of the shell: status, verify, explain, options; everything else is a level below. */
import { describeFault, verify } from '@holdfast/cib';
import { readCibText } from '../shell/change.ts';
import {
  ask,
  DONE,
  type ExitCode,
  FAILED,
  refuse,
  report,
  type Shell,
  warn,
} from '../shell/shell.ts';
import { ANY, command, type Level } from './level.ts';
import { status } from './status.ts';

export const level: Level = {
  name: 'root',
  commands: [
    command(
      'status',
      'status [simple|bynode|inactive|full] [--json]',
      'Shows how the cluster is.',
      { arity: [0, ANY], run: status },
    ),
    command('verify', 'verify', 'Says what is wrong with the configuration.', {
      arity: [0, 1],
      run: verifyLive,
    }),
    command(
      'simulate',
      'simulate [--xml-file FILE] [--date D] [--format summary|dot|scores|graph|json] [--explain RESOURCE] [--node-up|-down|-fail N] [--op-inject|--op-fail OP] [--quorum yes|no] [--ticket-grant|-revoke|-standby|-activate T] [--save-input|-output|-dot FILE]',
      'Says what would be decided, and what would be then.',
      { arity: [0, ANY], run: runSimulate },
    ),
    command('explain', 'explain RESOURCE|NODE', 'Says why it is where it is.', {
      arity: [1, 1],
      run: explain,
    }),
    command('options', 'options manage-children always|never|ask', 'How this session behaves.', {
      arity: [2, 2],
      run: options,
    }),
  ],
};

/** The scheduler is loaded when it is asked, not before every `crm status`. */
async function runSimulate(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const { simulate } = await import('./simulate.ts');
  return simulate(shell, words);
}

/** Errors and warnings have different exit codes: 78 and 0. */
async function verifyLive(shell: Shell): Promise<ExitCode> {
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const status = await ask(shell, 'cluster.status', {});
  if (!status.ok) return report(shell, status.fault);
  const faults = verify(read.value.cib, { ringAddresses: status.value.ring.addresses });
  for (const fault of faults) {
    if (fault.severity === 'error') refuse(shell, describeFault(fault));
    else warn(shell, describeFault(fault));
  }
  return faults.some(({ severity }) => severity === 'error') ? 78 : DONE;
}

async function explain(shell: Shell, [subject = '']: readonly string[]): Promise<ExitCode> {
  const answer = await ask(shell, 'explain', { subject });
  if (!answer.ok) return report(shell, answer.fault);
  for (const line of answer.value.lines) shell.io.out(`${line}\n`);
  return DONE;
}

function options(shell: Shell, [name = '', value = '']: readonly string[]): Promise<ExitCode> {
  if (name !== 'manage-children' || !/^(always|never|ask)$/.test(value)) {
    refuse(shell, `there is no option ${name} ${value}; there is manage-children always|never|ask`);
    return Promise.resolve(FAILED);
  }
  shell.managesChildren = value !== 'never';
  return Promise.resolve(DONE);
}
