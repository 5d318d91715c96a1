#!/usr/bin/env node
/** The entry point of `crm`: options, then one command, a script from standard input, or a dialogue. */
import { lookup } from 'node:dns/promises';
import { chmod, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { buffer as readAllBytes, text as readAll } from 'node:stream/consumers';
import { socketPath } from '@holdfast/ipc';
import { Command } from 'commander';
import { levelNamed, openPlace, type Place, runLine, runOnce, runScript } from './shell/run.ts';
import {
  closeShell,
  DONE,
  type ExitCode,
  FAILED,
  type Io,
  openShell,
  type Shell,
} from './shell/shell.ts';

type Options = {
  readonly force?: boolean;
  readonly json?: boolean;
  readonly root?: string;
  readonly socket?: string;
  readonly file?: string;
};

/** Only the owner may read what `save` writes: it holds passwords. */
const FILE_MODE = 0o600;

const program = new Command('crm')
  .description('The shell of a Holdfast cluster.')
  .argument('[words...]', 'a command; without one, commands are read from standard input')
  .option('-F, --force', 'do it without asking')
  .option('-f, --file <path>', 'read commands from a file')
  .option('-H, --root <directory>', 'the cluster whose daemon has this root')
  .option('--socket <path>', 'the socket of the daemon')
  .option('--json', 'answer for machines where there is such an answer')
  .option('-w, --wait', 'accepted for compatibility')
  .option('-R, --regression-tests', 'accepted for compatibility')
  .option('-D, --display <type>', 'accepted for compatibility')
  .version('0.1.0')
  .passThroughOptions()
  .enablePositionalOptions()
  .helpCommand(false);

function openIo(): Io {
  const isAttended = process.stdin.isTTY && process.stdout.isTTY;
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    confirm: isAttended ? confirm : undefined,
    readFile: (path) => (path === '-' ? readAll(process.stdin) : readFile(path, 'utf8')),
    readBytes: (path) => (path === '-' ? readAllBytes(process.stdin) : readFile(path)),
    writeFile: (path, text) => writeFile(path, text, { mode: FILE_MODE }),
    replaceFile,
    resolves: (name) =>
      lookup(name).then(
        () => true,
        () => false,
      ),
    now: () => Date.now(),
  };
}

/** Beside it first, flushed, then renamed over it. */
async function replaceFile(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', FILE_MODE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(fresh, mode & 0o777);
  await rename(fresh, path);
}

async function confirm(question: string): Promise<boolean> {
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await dialogue.question(`${question} (y/n) `);
  dialogue.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function main(): Promise<ExitCode> {
  program.parse();
  const options = program.opts<Options>();
  const root = options.root ?? process.env['HOLDFAST_ROOT'] ?? '/';
  const shell = openShell(openIo(), {
    socket: socketPath(process.env, { root: options.root, socket: options.socket }),
    root,
    user: userInfo().username,
    isForced: options.force === true,
    isJson: options.json === true,
  });
  try {
    return await runShell(shell, options, program.args);
  } finally {
    closeShell(shell);
  }
}

async function runShell(
  shell: Shell,
  options: Options,
  words: readonly string[],
): Promise<ExitCode> {
  const place = await openPlace(shell);
  const [first = ''] = words;
  const below = words.length === 1 ? await levelNamed(first) : undefined;
  if (words.length > 0 && below === undefined) return runOnce(place, words);
  const start = below ?? place.root;
  if (options.file !== undefined)
    return runScript(place, await shell.io.readFile(options.file), start);
  if (!process.stdin.isTTY) return runScript(place, await readAll(process.stdin), start);
  place.level = start;
  return converse(place);
}

/** A plain dialogue: a prompt that says where we are, until `quit` or the end of input. */
async function converse(place: Place): Promise<ExitCode> {
  const dialogue = createInterface({ input: process.stdin, output: process.stdout });
  let last: ExitCode = DONE;
  const prompt = (): void => {
    dialogue.setPrompt(`crm(live)${place.level === place.root ? '' : place.level.name}# `);
    dialogue.prompt();
  };
  prompt();
  for await (const line of dialogue) {
    last = await runLine(place, line);
    if (place.isOver) break;
    prompt();
  }
  dialogue.close();
  const left = place.isOver ? DONE : await runOnce(place, ['up']);
  return left === DONE ? last : left;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `ERROR: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = FAILED;
  },
);
