#!/usr/bin/env node
/** `holdfast lab FILE`: runs a scenario and shows it; with words behind FILE, asks the lab that runs it. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '@holdfast/base';
import { askControl } from './control.ts';
import type { PduEvent } from './event-log.ts';
import { Lab, type LabStatus } from './lab.ts';
import { readScenario, type Scenario } from './scenario.ts';
import { describeEvent, drawLab } from './view.ts';

const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const EXIT_CONFIG = 78;
const REDRAW_MS = 500;

const USAGE = `usage: holdfast lab FILE                                   run the scenario, show it until Ctrl-C
       holdfast lab FILE status                            what is on, once
       holdfast lab FILE events                            what happened so far
       holdfast lab FILE fault DEVICE NAME=VALUE ...       plant faults; values are JSON
       holdfast lab FILE switch DEVICE OUTLET on|off|reboot
       holdfast lab FILE press MACHINE on|off|reset`;

async function main(argv: readonly string[]): Promise<number> {
  const words = argv[0] === 'lab' ? argv.slice(1) : argv;
  const [file, verb, ...rest] = words;
  if (file === undefined || file.startsWith('-')) return complain(USAGE, EXIT_USAGE);
  const scenario = load(file);
  if (!scenario.ok) return complain(`${file}: ${scenario.fault}`, EXIT_CONFIG);
  if (verb === undefined) return run(scenario.value);
  const request = readRequest(verb, rest);
  if (!request.ok) return complain(request.fault, EXIT_USAGE);
  try {
    const path = join(scenario.value.folder, 'control.sock');
    show(verb, await askControl(path, request.value, 30_000));
    return 0;
  } catch (cause) {
    return complain(cause instanceof Error ? cause.message : String(cause), EXIT_UNAVAILABLE);
  }
}

/** Folders and files of a scenario are relative to its file. */
function load(file: string): Result<Scenario, string> {
  let json;
  try {
    json = readFileSync(file, 'utf8');
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause));
  }
  const read = readScenario(json);
  if (!read.ok) return read;
  const base = dirname(resolve(file));
  return ok({
    ...read.value,
    folder: resolve(base, read.value.folder),
    machines: read.value.machines.map((machine) => ({
      ...machine,
      ...(machine.stateFile === undefined ? {} : { stateFile: resolve(base, machine.stateFile) }),
    })),
  });
}

async function run(scenario: Scenario): Promise<number> {
  const isTerminal = process.stdout.isTTY;
  const tell = (event: PduEvent): void => {
    if (!isTerminal && event.kind !== 'get') process.stdout.write(`${describeEvent(event)}\n`);
  };
  let lab: Lab;
  try {
    lab = await Lab.start(scenario, tell);
  } catch (cause) {
    return complain(`the lab cannot start: ${String(cause)}`, EXIT_UNAVAILABLE);
  }
  process.stdout.on('error', () => undefined);
  if (!isTerminal) process.stdout.write(`ready: ${lab.controlPath}\n`);
  const redraw = setInterval(() => {
    if (!isTerminal) return;
    const lines = drawLab(lab.status(), lab.events());
    process.stdout.write(`\x1b[H\x1b[2J${lines.join('\n')}\n`);
  }, REDRAW_MS);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        done();
      });
    }
  });
  clearInterval(redraw);
  await lab.close();
  return 0;
}

function readRequest(verb: string, words: readonly string[]): Result<object, string> {
  const [first = '', second = '', third = ''] = words;
  switch (verb) {
    case 'status':
    case 'events':
      return ok({ do: verb });
    case 'switch':
      return ok({ do: verb, device: first, outlet: Number(second), command: third });
    case 'press':
      return ok({ do: verb, machine: first, button: second });
    case 'fault':
      return readFaultWords(first, words.slice(1));
    default:
      return fail(`there is no command ${verb}\n${USAGE}`);
  }
}

function readFaultWords(device: string, words: readonly string[]): Result<object, string> {
  const faults: Record<string, unknown> = {};
  for (const word of words) {
    const [, name = '', value = 'true'] = /^(\w+)(?:=(.*))?$/.exec(word) ?? [];
    if (name === '') return fail(`${word} is no NAME=VALUE`);
    faults[name] = valueOf(value);
  }
  return ok({ ...faults, do: 'fault', device });
}

/** JSON where it is some, else the word itself: `silent=true`, `says=off`, `stuck=[1]`. */
function valueOf(word: string): unknown {
  try {
    return JSON.parse(word) as unknown;
  } catch {
    return word;
  }
}

function show(verb: string, answer: unknown): void {
  if (verb === 'status') {
    process.stdout.write(
      `${drawLab(answer as LabStatus, [])
        .slice(0, -2)
        .join('\n')}\n`,
    );
  } else if (verb === 'events') {
    const { events } = answer as { events: PduEvent[] };
    for (const event of events) process.stdout.write(`${describeEvent(event)}\n`);
  } else {
    process.stdout.write('done\n');
  }
}

function complain(sentence: string, code: number): number {
  process.stderr.write(`${sentence}\n`);
  return code;
}

process.exit(await main(process.argv.slice(2)));
