/** The level `resource`: start, stop, move, clean up, and where things run. */
import { parseDuration, type Result } from '@holdfast/base';
import type { XmlElement } from '@holdfast/cib';
import { everyResourceElement, pairOf, findResource } from '../draft/places.ts';
import { isSecret } from '../shell/secrets.ts';
import { acknowledged, changeCib, nodeNames, readCibText } from '../shell/change.ts';
import { ask, DONE, type ExitCode, inform, refuse, report, type Shell } from '../shell/shell.ts';
import { MASK } from '../language/show-parts.ts';
import { hint } from '../language/cursor.ts';
import { ANY, command, type Command, type Level } from './level.ts';
import {
  banNode,
  clearMoves,
  known,
  movable,
  preferNode,
  setMeta,
  setResourcePair,
  setTrace,
} from './resource-edits.ts';
import { runningOn } from './running.ts';
import { restart, status } from './resource-status.ts';

export const level: Level = {
  name: 'resource',
  commands: [
    command('status show list', 'status [RESOURCE …]', 'Says where resources run.', {
      arity: [0, ANY],
      run: status,
    }),
    command('locate', 'locate [RESOURCE …]', 'Says where resources run.', {
      arity: [0, ANY],
      run: status,
    }),
    metaCommand('start', 'target-role', 'Started', 'Has resources started.'),
    metaCommand('stop', 'target-role', 'Stopped', 'Has resources stopped.'),
    metaCommand('promote', 'target-role', 'Promoted', 'Has a promotable clone promoted.'),
    metaCommand(
      'demote',
      'target-role',
      'Unpromoted',
      'Keeps a promotable clone from being promoted.',
    ),
    metaCommand('manage', 'is-managed', 'true', 'Lets the cluster start and stop resources again.'),
    metaCommand(
      'unmanage',
      'is-managed',
      'false',
      'Keeps the cluster from starting and stopping resources.',
    ),
    command('restart', 'restart RESOURCE …', 'Stops resources, waits, and starts them again.', {
      arity: [1, ANY],
      run: restart,
    }),
    command('maintenance', 'maintenance RESOURCE [on|off]', 'Leaves a resource alone.', {
      arity: [1, 2],
      run: maintenance,
    }),
    command(
      'move migrate',
      'move RESOURCE [NODE] [LIFETIME] [force]',
      'Moves a resource and keeps it there until "clear".',
      {
        arity: [1, 4],
        run: move,
      },
    ),
    command(
      'ban',
      'ban RESOURCE [NODE] [LIFETIME] [force]',
      'Keeps a resource away from a node until "clear".',
      {
        arity: [1, 4],
        run: ban,
      },
    ),
    command(
      'clear unmove unmigrate unban',
      'clear RESOURCE [NODE]',
      'Takes back what move and ban said.',
      { arity: [1, 2], run: clear },
    ),
    command('cleanup', 'cleanup [RESOURCE] [NODE] [force]', 'Forgets failures and looks again.', {
      arity: [0, 3],
      run: cleanup,
    }),
    command(
      'refresh reprobe',
      'refresh [RESOURCE] [NODE] [force]',
      'Forgets everything known and looks again.',
      { arity: [0, 3], run: cleanup },
    ),
    pairCommand('param', 'instance_attributes', 'A parameter of a resource.'),
    pairCommand('meta', 'meta_attributes', 'A meta-attribute of a resource.'),
    pairCommand('utilization', 'utilization', 'What a resource needs.'),
    command(
      'trace',
      'trace RESOURCE [OP] [INTERVAL] [DIRECTORY]',
      'Has the agent write down what it does.',
      {
        arity: [1, 4],
        run: (shell, words) => trace(shell, words, true),
      },
    ),
    command('untrace', 'untrace RESOURCE [OP] [INTERVAL]', 'Ends a trace.', {
      arity: [1, 3],
      run: (shell, words) => trace(shell, words, false),
    }),
  ],
};

function metaCommand(verb: string, name: string, value: string, help: string): Command {
  return command(verb, `${verb} RESOURCE …`, help, {
    arity: [1, ANY],
    run: (shell, ids) => changeCib(shell, (cib) => setAll(shell, cib, ids, { name, value })),
  });
}

/** All of them or none: the first unknown resource stops the whole change. */
function setAll(
  shell: Shell,
  cib: XmlElement,
  ids: readonly string[],
  pair: { readonly name: string; readonly value: string },
): Result<XmlElement, string> {
  let next: Result<XmlElement, string> = { ok: true, value: cib };
  for (const id of ids) {
    if (!next.ok) return next;
    next = setMeta(next.value, id, { ...pair, managesChildren: shell.managesChildren });
  }
  return next;
}

function maintenance(shell: Shell, [id = '', state = 'on']: readonly string[]): Promise<ExitCode> {
  if (!/^(on|off|true|false)$/.test(state)) {
    return Promise.resolve(refuse(shell, `expected on or off, found "${state}"`));
  }
  const value = state === 'on' || state === 'true' ? 'true' : 'false';
  return changeCib(shell, (cib) =>
    setMeta(cib, id, { name: 'maintenance', value, managesChildren: shell.managesChildren }),
  );
}

function pairCommand(word: string, tag: string, help: string): Command {
  return command(word, `${word} RESOURCE (set NAME VALUE | show NAME | delete NAME)`, help, {
    arity: [3, 4],
    run: (shell, words) => pairs(shell, words, tag),
  });
}

async function pairs(shell: Shell, words: readonly string[], tag: string): Promise<ExitCode> {
  const [id = '', action = '', name = '', value] = words;
  switch (action) {
    case 'set':
      if (value === undefined) return refuse(shell, 'expected set NAME VALUE');
      return changeCib(shell, (cib) => setResourcePair(cib, id, tag, { name, value }));
    case 'delete':
      return changeCib(shell, (cib) => setResourcePair(cib, id, tag, { name, value: null }));
    case 'show': {
      const read = await readCibText(shell);
      if (!read.ok) return report(shell, read.fault);
      const found = known(read.value.cib, id);
      if (!found.ok) return refuse(shell, found.fault, 105);
      const shown = pairOf(found.value, tag, name);
      if (shown === undefined) return refuse(shell, `${id} has no ${name}`, 105);
      shell.io.out(`${isSecret(name) ? MASK : shown}\n`);
      return DONE;
    }
    default:
      return refuse(shell, `expected set, show or delete, found "${action}"`);
  }
}

type MoveWords = {
  readonly id: string;
  readonly node: string | undefined;
  /** When the constraint ends, ISO 8601 in UTC. */
  readonly until: string | undefined;
};

/** RESOURCE [NODE] [LIFETIME] [force]: a lifetime is what reads as one (`10m`, `PT1H`) and names no node. */
async function moveWords(shell: Shell, words: readonly string[]): Promise<MoveWords | ExitCode> {
  const [id = '', ...rest] = words.filter((word, index) => index === 0 || word !== 'force');
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const { cib } = read.value;
  const resource = known(cib, id);
  if (!resource.ok) return refuse(shell, resource.fault, 105);
  const nodes = nodeNames(cib);
  let node: string | undefined;
  let until: string | undefined;
  for (const word of rest) {
    const length = parseDuration(word);
    if (nodes.includes(word)) node = word;
    else if (length.ok)
      until = new Date(shell.io.now() + length.value).toISOString().replace(/\.\d+Z$/, 'Z');
    else return refuse(shell, `there is no node ${word}.${hint(word, nodes)}`, 105);
  }
  return { id: movable(cib, id), node, until };
}

/** Without a node it leaves the one it runs on. */
async function move(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const wish = await moveWords(shell, words);
  if (typeof wish === 'number') return wish;
  const { id, node, until } = wish;
  if (node === undefined) return leaveCurrent(shell, wish);
  const code = await changeCib(shell, (cib) => preferNode(cib, id, { node, until }));
  if (code !== DONE) return code;
  inform(shell, `Move constraint created for ${id} to ${node}`);
  inform(shell, `Use \`crm resource clear ${id}\` to remove this constraint`);
  return DONE;
}

async function ban(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const wish = await moveWords(shell, words);
  if (typeof wish === 'number') return wish;
  return wish.node === undefined ? leaveCurrent(shell, wish) : banFrom(shell, wish, wish.node);
}

async function leaveCurrent(shell: Shell, wish: MoveWords): Promise<ExitCode> {
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const places = runningOn(read.value.cib, wish.id);
  const [only] = places;
  if (only === undefined || places.length > 1) {
    return refuse(
      shell,
      `${wish.id} runs on ${places.length === 0 ? 'no node' : 'several nodes'}; name the node`,
    );
  }
  return banFrom(shell, wish, only.node);
}

async function banFrom(shell: Shell, { id, until }: MoveWords, node: string): Promise<ExitCode> {
  const code = await changeCib(shell, (cib) => banNode(cib, id, { node, until }));
  if (code !== DONE) return code;
  inform(shell, `Ban constraint created for ${id} on ${node}`);
  inform(shell, `Use \`crm resource clear ${id}\` to remove this constraint`);
  return DONE;
}

async function clear(shell: Shell, [id = '', node]: readonly string[]): Promise<ExitCode> {
  const code = await changeCib(shell, (cib) => clearMoves(cib, movable(cib, id), node));
  if (code === DONE) inform(shell, `Removed migration constraints for ${id}`);
  return code;
}

async function cleanup(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const [resource, node] = words.filter((word) => word !== 'force');
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const { cib } = read.value;
  if (resource !== undefined) {
    const found = known(cib, resource);
    if (!found.ok) return refuse(shell, found.fault, 105);
  }
  if (node !== undefined && !nodeNames(cib).includes(node)) {
    return refuse(shell, `there is no node ${node}.${hint(node, nodeNames(cib))}`, 105);
  }
  for (const each of primitivesOf(cib, resource)) {
    const params = {
      user: shell.options.user,
      ...(each === undefined ? {} : { resource: each }),
      ...(node === undefined ? {} : { node }),
    };
    const code = await acknowledged(shell, ask(shell, 'resource.cleanup', params));
    if (code !== DONE) return code;
  }
  return DONE;
}

/** A collection is cleaned up primitive by primitive; undefined: everything. */
function primitivesOf(cib: XmlElement, id: string | undefined): readonly (string | undefined)[] {
  if (id === undefined) return [undefined];
  const resource = findResource(cib, id);
  if (resource === undefined) return [];
  return everyResourceElement({
    kind: 'element',
    name: 'configuration',
    attributes: {},
    children: [{ kind: 'element', name: 'resources', attributes: {}, children: [resource] }],
  })
    .filter(({ name }) => name === 'primitive')
    .map(({ attributes }) => attributes['id'] ?? '');
}

const TRACE_DIRECTORY = '/var/lib/heartbeat/trace_ra';

function trace(shell: Shell, words: readonly string[], isOn: boolean): Promise<ExitCode> {
  const [id = '', named = 'monitor', interval, directory = TRACE_DIRECTORY] = words;
  const op = named === 'probe' ? 'monitor' : named;
  if (!/^\d+\w*$/.test(interval ?? '0')) {
    return Promise.resolve(refuse(shell, `expected an interval, found "${interval ?? ''}"`));
  }
  return changeCib(shell, (cib) =>
    setTrace(cib, id, { op, interval: interval ?? '0', isOn, directory }),
  );
}
