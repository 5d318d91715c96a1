/** The level `node`: standby, maintenance, attributes, fencing, and what nodes there are. */
import { fail, ok } from '@holdfast/base';
import { readStatus, setPair, type XmlElement } from '@holdfast/cib';
import { pairOf, replaceAnywhere, section } from '../draft/places.ts';
import { showNode } from '../language/show-objects.ts';
import { acknowledged, changeCib, nodeNames, readCibText } from '../shell/change.ts';
import { isSecret } from '../shell/secrets.ts';
import { ask, DONE, type ExitCode, refuse, report, type Shell, UNSAFE } from '../shell/shell.ts';
import { ANY, command, type Level } from './level.ts';
import { confirmOff, fence, nodeOf } from './node-fence.ts';

export const level: Level = {
  name: 'node',
  commands: [
    command(
      'standby',
      'standby [NODE] [reboot|forever]',
      'Moves everything away from a node, and keeps it away.',
      {
        arity: [0, 2],
        run: standby,
      },
    ),
    command('online', 'online [NODE]', 'Lets a node run resources again.', {
      arity: [0, 1],
      run: online,
    }),
    command('maintenance', 'maintenance [NODE]', 'Leaves what runs on a node alone.', {
      arity: [0, 1],
      run: (shell, [node]) =>
        setAttribute(shell, node, { name: 'maintenance', value: 'true', lifetime: 'forever' }),
    }),
    command('ready', 'ready [NODE]', 'Ends the maintenance of a node.', {
      arity: [0, 1],
      run: (shell, [node]) =>
        setAttribute(shell, node, { name: 'maintenance', value: 'false', lifetime: 'forever' }),
    }),
    command(
      'attribute',
      'attribute NODE (set NAME VALUE | show NAME | delete NAME)',
      'A lasting attribute of a node.',
      {
        arity: [3, 4],
        run: (shell, words) => attribute(shell, words, 'forever'),
      },
    ),
    command(
      'status-attr',
      'status-attr NODE (set NAME VALUE | show NAME | delete NAME)',
      'An attribute that goes when the node leaves.',
      {
        arity: [3, 4],
        run: (shell, words) => attribute(shell, words, 'reboot'),
      },
    ),
    command(
      'utilization',
      'utilization NODE (set NAME VALUE | show NAME | delete NAME)',
      'What a node has to offer.',
      {
        arity: [3, 4],
        run: utilization,
      },
    ),
    command(
      'fence',
      'fence NODE (with --force where nobody can be asked)',
      'Has a node switched off and proven off.',
      {
        arity: [1, 1],
        run: fence,
      },
    ),
    command('clearstate', 'clearstate NODE', 'Vouches that a lost node is off. Be sure.', {
      arity: [1, 1],
      run: confirmOff,
    }),
    command('delete', 'delete NODE', 'Forgets a node that is gone.', {
      arity: [1, 1],
      run: deleteNode,
    }),
    command('show list', 'show [NODE]', 'Shows nodes as they are configured.', {
      arity: [0, 1],
      run: show,
    }),
    command('status', 'status', 'Shows the nodes as XML.', { arity: [0, ANY], run: statusXml }),
    command('server', 'server [NODE …]', 'Lists the names of nodes.', {
      arity: [0, ANY],
      run: server,
    }),
  ],
};

type Lifetime = 'forever' | 'reboot';

async function setAttribute(
  shell: Shell,
  node: string | undefined,
  what: { readonly name: string; readonly value: string | null; readonly lifetime: Lifetime },
): Promise<ExitCode> {
  const known = await nodeOf(shell, node);
  if (!known.ok) return report(shell, known.fault);
  return acknowledged(
    shell,
    ask(shell, 'node.attribute', { ...what, node: known.value, user: shell.options.user }),
  );
}

async function standby(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const lifetime = words.find((word) => word === 'reboot' || word === 'forever') ?? 'forever';
  const node = words.find((word) => word !== 'reboot' && word !== 'forever');
  const kept: Lifetime = lifetime === 'reboot' ? 'reboot' : 'forever';
  return setAttribute(shell, node, { name: 'standby', value: 'on', lifetime: kept });
}

/** Both kinds of standby end, the lasting one and the one until reboot. */
async function online(shell: Shell, [name]: readonly string[]): Promise<ExitCode> {
  const known = await nodeOf(shell, name);
  if (!known.ok) return report(shell, known.fault);
  const node = known.value;
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const state = readStatus(read.value.cib).nodes.find((each) => each.name === node);
  if (state?.transientAttributes['standby'] !== undefined) {
    const code = await setAttribute(shell, node, {
      name: 'standby',
      value: null,
      lifetime: 'reboot',
    });
    if (code !== DONE) return code;
  }
  return setAttribute(shell, node, { name: 'standby', value: 'off', lifetime: 'forever' });
}

async function attribute(
  shell: Shell,
  words: readonly string[],
  lifetime: Lifetime,
): Promise<ExitCode> {
  const [node = '', action = '', name = '', value] = words;
  switch (action) {
    case 'set':
      if (value === undefined) return refuse(shell, 'expected set NAME VALUE');
      return setAttribute(shell, node, { name, value, lifetime });
    case 'delete':
      return setAttribute(shell, node, { name, value: null, lifetime });
    case 'show':
      return showAttribute(shell, node, name, lifetime);
    default:
      return refuse(shell, `expected set, show or delete, found "${action}"`);
  }
}

async function showAttribute(
  shell: Shell,
  name: string,
  wanted: string,
  lifetime: Lifetime,
): Promise<ExitCode> {
  const known = await nodeOf(shell, name);
  if (!known.ok) return report(shell, known.fault);
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const { cib } = read.value;
  const entry = nodeElement(cib, name);
  const value =
    lifetime === 'reboot'
      ? readStatus(cib).nodes.find((each) => each.name === name)?.transientAttributes[wanted]
      : entry && pairOf(entry, 'instance_attributes', wanted);
  if (value === undefined) return refuse(shell, `${name} has no attribute ${wanted}`, 105);
  shell.io.out(
    `scope=${lifetime === 'reboot' ? 'status' : 'nodes'}  name=${wanted} value=${value}\n`,
  );
  return DONE;
}

function nodeElement(cib: XmlElement, name: string): XmlElement | undefined {
  return section(cib, 'nodes').find(({ attributes }) => attributes['uname'] === name);
}

async function utilization(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const [name = '', action = '', key = '', value = ''] = words;
  const known = await nodeOf(shell, name);
  if (!known.ok) return report(shell, known.fault);
  switch (action) {
    case 'show':
      return showUtilization(shell, name, key);
    case 'delete':
      return setUtilization(shell, name, key, null);
    case 'set':
      if (!/^\d+$/.test(value)) return refuse(shell, `expected a whole number, found "${value}"`);
      return setUtilization(shell, name, key, value);
    default:
      return refuse(shell, `expected set, show or delete, found "${action}"`);
  }
}

async function showUtilization(shell: Shell, name: string, key: string): Promise<ExitCode> {
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  const entry = nodeElement(read.value.cib, name);
  const found = entry && pairOf(entry, 'utilization', key);
  if (found === undefined) return refuse(shell, `${name} has no utilization ${key}`, 105);
  shell.io.out(`${found}\n`);
  return DONE;
}

function setUtilization(
  shell: Shell,
  name: string,
  key: string,
  value: string | null,
): Promise<ExitCode> {
  return changeCib(shell, (cib) => {
    const entry = nodeElement(cib, name);
    if (entry === undefined) return fail(`there is no node ${name}`);
    const setId = `nodes-${entry.attributes['id'] ?? name}-utilization`;
    return ok(
      replaceAnywhere(cib, entry, setPair(entry, 'utilization', setId, { name: key, value })),
    );
  });
}

async function deleteNode(shell: Shell, [name = '']: readonly string[]): Promise<ExitCode> {
  const known = await nodeOf(shell, name);
  if (!known.ok) return report(shell, known.fault);
  const status = await ask(shell, 'cluster.status', {});
  if (!status.ok) return report(shell, status.fault);
  if (status.value.ring.members.includes(name)) {
    return refuse(
      shell,
      `${name} is online; stop it there first (crm cluster stop), then delete it`,
      UNSAFE,
    );
  }
  return changeCib(shell, (cib) => {
    const entry = nodeElement(cib, name);
    if (entry === undefined) return fail(`there is no node ${name}`);
    return ok(replaceAnywhere(cib, entry, undefined));
  });
}

async function show(shell: Shell, [name]: readonly string[]): Promise<ExitCode> {
  const known = name === undefined ? ok('') : await nodeOf(shell, name);
  if (!known.ok) return report(shell, known.fault);
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  for (const node of section(read.value.cib, 'nodes')) {
    const { uname = '', id = '', type = 'member' } = node.attributes;
    if (name !== undefined && uname !== name) continue;
    const [, ...rest] = showNode(node, { isMasked: isSecret, referenced: new Set() });
    shell.io.out([`${uname}(${id}): ${type}`, ...rest].join('\n\t').concat('\n'));
  }
  return DONE;
}

async function statusXml(shell: Shell): Promise<ExitCode> {
  const answer = await ask(shell, 'cib.query', { section: 'nodes' });
  if (!answer.ok) return report(shell, answer.fault);
  shell.io.out(answer.value.xml);
  return DONE;
}

async function server(shell: Shell): Promise<ExitCode> {
  const read = await readCibText(shell);
  if (!read.ok) return report(shell, read.fault);
  for (const name of nodeNames(read.value.cib)) shell.io.out(`${name}\n`);
  return DONE;
}
