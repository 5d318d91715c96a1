#!/usr/bin/env node
/** `holdfast`: what is done to a node before its daemon runs. Today: making the shared key. */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeKeyFault, readKeyFile, writeKeyFile } from '@holdfast/sealing';
import { EXIT } from './exit.ts';
import { pathsUnder } from './paths.ts';

const USAGE = `holdfast: prepare a node

  holdfast keygen [--root DIR] [--file FILE]

  keygen         make a new random key that only its owner can read (mode 0400), for
                 secauth: on; copy it to the same place on every node
  --root DIR     use the /etc under DIR
  --file FILE    write it to FILE (default: authkey beside the corosync.conf in use)
`;

function say(sentence: string): void {
  process.stderr.write(`holdfast: ${sentence}\n`);
}

type Options = { readonly root: string; readonly file: string | undefined };

/** The words and options given; a sentence where they make no sense. */
function read(
  argv: readonly string[],
): { readonly words: readonly string[]; readonly options: Options; isHelp: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        root: { type: 'string' },
        file: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const root = values.root ?? process.env['HOLDFAST_ROOT'] ?? '/';
    const isHelp = values.help === true;
    return { words: positionals, options: { root, file: values.file }, isHelp };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function keygen({ root, file }: Options): number {
  const path = file ?? join(dirname(pathsUnder(root, undefined).configuration), 'authkey');
  const written = writeKeyFile(path);
  if (written.ok) {
    process.stdout.write(`${path}: a new key; copy it to the same place on every node\n`);
    return EXIT.ok;
  }
  say(describeKeyFault(written.fault));
  if (written.fault.kind === 'exists') {
    const there = readKeyFile(path);
    if (!there.ok) say(describeKeyFault(there.fault));
  }
  switch (written.fault.kind) {
    case 'exists':
      return EXIT.exists;
    case 'forbidden':
      return EXIT.permission;
    case 'absent':
    case 'disk':
    case 'readable-by-others':
    case 'wrong-length':
      return EXIT.io;
  }
}

function main(): number {
  const given = read(process.argv.slice(2));
  if (typeof given === 'string') {
    say(`${given} (holdfast --help tells the commands)`);
    return EXIT.usage;
  }
  if (given.isHelp) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const [command = '', ...more] = given.words;
  if (command === 'keygen' && more.length === 0) return keygen(given.options);
  const problem =
    command === '' ? 'there is no command' : `there is no command "${given.words.join(' ')}"`;
  say(`${problem}; the one there is: holdfast keygen (holdfast --help)`);
  return EXIT.usage;
}

process.exitCode = main();
