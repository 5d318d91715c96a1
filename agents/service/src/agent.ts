/** A resource that is one process: started, known for certain, and proven gone. */
import { type Context, defineAgent, OCF, failed } from '@holdfast/agent';
import { monitor, start, stop, type Service } from './service.ts';
import { splitWords } from './words.ts';

const PARAMETERS = {
  command: {
    type: 'string',
    required: true,
    shortdesc: 'What to run',
    longdesc:
      'The program and its arguments. Quotes and backslashes group words as in a shell, but no shell is run: no variables, no pipes. The process must stay in the foreground.',
  },
  pidfile: {
    type: 'string',
    unique: true,
    shortdesc: 'Where the process is written down',
    longdesc:
      'Its id and the time at which it began, so that another process with the same id is never taken for it. By default a file named after the resource, in the folder for run-time state.',
  },
  user: {
    type: 'string',
    pattern: '^[a-z_][a-z0-9_-]*$',
    shortdesc: 'Who runs it',
    longdesc: 'By default the user the cluster runs as.',
  },
  directory: { type: 'string', shortdesc: 'Its working directory' },
  env: {
    type: 'string',
    shortdesc: 'Its environment',
    longdesc: 'NAME=value words, quoted like the command, added to what it gets anyway.',
  },
  stop_signal: {
    type: 'string',
    default: 'TERM',
    values: ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2', 'KILL'],
    shortdesc: 'The signal that asks it to end',
  },
  stop_timeout: {
    type: 'duration',
    default: '10s',
    shortdesc: 'How long it may take to end before it is killed',
    longdesc: 'Keep it shorter than the timeout of the stop operation.',
  },
  monitor_command: {
    type: 'string',
    shortdesc: 'A question to the service itself',
    longdesc: 'Run by every monitor after the process was found; any exit code but 0 is a failure.',
  },
} as const;

export const agent = defineAgent({
  name: 'service',
  provider: 'holdfast',
  version: '1.0.0',
  shortdesc: 'Runs a process',
  longdesc: 'Starts a program, watches that very process, and stops it with proof that it is gone.',
  parameters: PARAMETERS,
  actions: {
    start: { timeout: '20s', run: (context) => withService(context, start) },
    stop: { timeout: '20s', run: (context) => withService(context, stop) },
    monitor: {
      timeout: '20s',
      interval: '10s',
      run: (context) => withService(context, monitor),
    },
    'validate-all': {
      timeout: '5s',
      run: (context) => withService(context, () => Promise.resolve({ code: OCF.ok, reason: '' })),
    },
  },
});

async function withService(
  context: Context<typeof PARAMETERS>,
  act: (context: Context<typeof PARAMETERS>, service: Service) => ReturnType<typeof start>,
): ReturnType<typeof start> {
  const { parameters, stateFolder, resource } = context;
  const words = splitWords(parameters.command);
  if (!words.ok) return failed(`command: ${words.fault}`, OCF.notConfigured);
  if (words.value.length === 0) return failed('command is empty', OCF.notConfigured);
  const question = splitWords(parameters.monitor_command ?? '');
  if (!question.ok) return failed(`monitor_command: ${question.fault}`, OCF.notConfigured);
  const env = splitWords(parameters.env ?? '');
  if (!env.ok) return failed(`env: ${env.fault}`, OCF.notConfigured);
  const wrong = env.value.find((word) => !/^[A-Za-z_]\w*=/.test(word));
  if (wrong !== undefined) return failed(`env: ${wrong} is not NAME=value`, OCF.notConfigured);
  return act(context, {
    command: words.value,
    monitorCommand: question.value,
    env: Object.fromEntries(
      env.value.map((word) => {
        const at = word.indexOf('=');
        return [word.slice(0, at), word.slice(at + 1)];
      }),
    ),
    pidFile: parameters.pidfile ?? `${stateFolder}/service-${resource}.pid`,
    directory: parameters.directory,
    user: parameters.user,
    stopSignal: `SIG${parameters.stop_signal}`,
    stopTimeoutMs: parameters.stop_timeout,
  });
}
