/** The level `corosync`: the ring and its file, corosync.conf. */
import { getValues, setValue } from '@holdfast/corosync-conf';
import type { ConfChangeRecord } from '@holdfast/ipc';
import {
  ask,
  DONE,
  type ExitCode,
  refuse,
  report,
  type Shell,
  USAGE,
  warn,
} from '../shell/shell.ts';
import { lines, ringLines, status as wholeStatus } from './cluster.ts';
import { NO_INPUT, readConf, writeConf } from './corosync-file.ts';
import { link, LINK_USAGE } from './corosync-link.ts';
import { verify } from './corosync-verify.ts';
import { ANY, command, type Level } from './level.ts';
import { status as quorumStatus } from './quorum.ts';

export const level: Level = {
  name: 'corosync',
  commands: [
    command('status', 'status [ring|quorum] [--json]', 'Ring and votes.', {
      arity: [0, 2],
      run: status,
    }),
    command('show', 'show', 'Shows corosync.conf as it is on this node.', {
      arity: [0, 0],
      run: show,
    }),
    command('get', 'get PATH', 'Shows a value of corosync.conf: get totem.token.', {
      arity: [1, 1],
      run: get,
    }),
    command('set', 'set PATH VALUE [INDEX]', 'Changes a value in corosync.conf on this node.', {
      arity: [2, 3],
      run: set,
    }),
    command('link', LINK_USAGE, 'Shows and changes the links between the nodes.', {
      arity: [0, ANY],
      run: link,
    }),
    command('reload', 'reload [--dry-run]', 'Lets all members take over what their files say.', {
      arity: [0, 1],
      run: reload,
    }),
    command(
      'verify',
      'verify [FILE]',
      'Says what is wrong with corosync.conf, and what it means.',
      {
        arity: [0, 1],
        run: verify,
      },
    ),
  ],
};

async function status(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const [what = ''] = words.filter((word) => word !== '--json');
  switch (what) {
    case '':
      return wholeStatus(shell, words);
    case 'quorum':
      return quorumStatus(shell, words);
    case 'ring':
      return ringStatus(shell, words);
    default:
      return refuse(shell, `there is no status of "${what}"; there is ring, and quorum`, USAGE);
  }
}

async function ringStatus(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const answer = await ask(shell, 'cluster.status', {});
  if (!answer.ok) return report(shell, answer.fault);
  const { ring, counters } = answer.value;
  const isJson = shell.options.isJson || words.includes('--json');
  const counts = Object.entries(counters).map(([name, count]) => `  ${name}: ${count}`);
  shell.io.out(
    isJson
      ? `${JSON.stringify({ ...ring, counters }, undefined, 2)}\n`
      : lines([...ringLines(answer.value), ...counts]),
  );
  return DONE;
}

async function show(shell: Shell): Promise<ExitCode> {
  const read = await readConf(shell);
  if (!read.ok) return refuse(shell, read.fault, NO_INPUT);
  shell.io.out(read.value.text);
  return DONE;
}

async function get(shell: Shell, [path = '']: readonly string[]): Promise<ExitCode> {
  const read = await readConf(shell);
  if (!read.ok) return refuse(shell, read.fault, NO_INPUT);
  const values = getValues(read.value.text, path);
  if (!values.ok) return refuse(shell, values.fault);
  shell.io.out(lines(values.value));
  return DONE;
}

async function set(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const [path = '', value = '', index] = words;
  if (index !== undefined && !/^\d{1,3}$/.test(index)) {
    return refuse(shell, `"${index}" is no index; count the sections from 0`, USAGE);
  }
  const read = await readConf(shell);
  if (!read.ok) return refuse(shell, read.fault, NO_INPUT);
  const edited = setValue(
    read.value.text,
    path,
    value,
    index === undefined ? undefined : Number(index),
  );
  return edited.ok ? writeConf(shell, read.value, edited.value.text) : refuse(shell, edited.fault);
}

async function reload(shell: Shell, [word]: readonly string[]): Promise<ExitCode> {
  if (word !== undefined && word !== '--dry-run') {
    return refuse(shell, `usage: reload [--dry-run]`, USAGE);
  }
  const dry = word !== undefined;
  const answer = await ask(shell, 'corosync.reload', { dry, user: shell.options.user });
  if (!answer.ok) return report(shell, answer.fault);
  const { outcome, changes, warnings } = answer.value;
  if (shell.options.isJson) {
    shell.io.out(`${JSON.stringify(answer.value, undefined, 2)}\n`);
    return DONE;
  }
  for (const warning of warnings) warn(shell, warning);
  shell.io.out(lines([outcome, ...changeLines(changes)]));
  return DONE;
}

/** What is in force now stands before what waits for a restart. */
function changeLines(changes: readonly ConfChangeRecord[]): readonly string[] {
  if (changes.length === 0) return ['Nothing differs from what runs.'];
  const said = ({ key, from, to }: ConfChangeRecord): string =>
    `  ${key}: ${from === '' ? '(none)' : from} → ${to === '' ? '(none)' : to}`;
  const now = changes.filter(({ effect }) => effect === 'now').map(said);
  const later = changes.filter(({ effect }) => effect === 'restart').map(said);
  return [
    ...(now.length === 0 ? [] : ['In force at once:', ...now]),
    ...(later.length === 0 ? [] : ['After a restart of holdfastd on every node:', ...later]),
  ];
}
