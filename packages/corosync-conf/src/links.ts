/** The interface sections: ports, priorities and heartbeats of the links (rules T4.2 to T4.5, T6.11). */
import { type Milliseconds, milliseconds } from '@holdfast/base';
import type { Block, Read } from './check.ts';
import { addFault, addWarning, type Findings } from './fault.ts';
import type { LinkConf, TotemConf } from './model.ts';

export const PORT_DEFAULT = 5405;
const PRIORITY_DEFAULT = 1;
const PONGS_DEFAULT = 2;
const PRECISION_DEFAULT = 2048;

export type LinkRules = {
  /** Addresses of each node. */
  readonly links: number;
  /** The effective token timeout: heartbeats are derived from it. */
  readonly tokenMs: Milliseconds;
  readonly transport: TotemConf['transport'];
};

/** Every link the nodes have addresses for; what an interface section leaves out is derived. */
export function readLinks(
  totem: Block | undefined,
  rules: LinkRules,
  found: Findings,
): readonly LinkConf[] {
  const given = new Map<number, Block>();
  for (const block of totem?.blocks ?? []) {
    if (block.name !== 'interface') continue;
    const link = block.integers.get('linknumber')?.value ?? 0;
    const earlier = given.get(link);
    given.set(link, earlier === undefined ? block : over(earlier, block));
    checkInterface(block, link, rules, found);
  }
  const base = nonZero(given.get(0)?.integers.get('mcastport')?.value) ?? PORT_DEFAULT;
  return Array.from({ length: Math.max(1, rules.links) }, (_, link) =>
    readLink(given.get(link), link, { ...rules, base }),
  );
}

/** Of a key given for one link twice, the last one counts. */
function over(earlier: Block, later: Block): Block {
  return {
    ...later,
    integers: new Map([...earlier.integers, ...later.integers]),
    texts: new Map([...earlier.texts, ...later.texts]),
  };
}

/** Link i listens on mcastport + i, unless its own interface section says otherwise. */
function readLink(
  block: Block | undefined,
  link: number,
  { tokenMs, base }: LinkRules & { readonly base: number },
): LinkConf {
  const number = (key: string): number | undefined => block?.integers.get(key)?.value;
  const pongCount = nonZero(number('knet_pong_count')) ?? PONGS_DEFAULT;
  const timeout = nonZero(number('knet_ping_timeout')) ?? Math.floor(tokenMs / pongCount);
  const interval = nonZero(number('knet_ping_interval')) ?? Math.floor(tokenMs / (2 * pongCount));
  return {
    link,
    port: nonZero(number('mcastport')) ?? base + link,
    priority: number('knet_link_priority') ?? PRIORITY_DEFAULT,
    pingIntervalMs: milliseconds(interval),
    pingTimeoutMs: milliseconds(timeout),
    pingPrecision: nonZero(number('knet_ping_precision')) ?? PRECISION_DEFAULT,
    pongCount,
  };
}

function checkInterface(block: Block, link: number, rules: LinkRules, found: Findings): void {
  warnUnused(block, found);
  if (link >= Math.max(1, rules.links)) {
    const place = { ...placeOf(block, 'linknumber'), value: String(link) };
    const what = 'is a link that no node has an address for';
    addWarning(found, place, what, `add ring${link}_addr to every node, or remove the section`);
  }
  const priority = block.integers.get('knet_link_priority');
  if (priority !== undefined && priority.value !== PRIORITY_DEFAULT && rules.transport !== 'knet') {
    const place = { ...placeOf(block, 'knet_link_priority'), value: String(priority.value) };
    addFault(found, place, 'needs transport knet', 'set transport: knet, or remove it');
  }
  checkHeartbeat(block, rules, found);
}

function checkHeartbeat(block: Block, rules: LinkRules, found: Findings): void {
  const interval = nonZero(block.integers.get('knet_ping_interval')?.value);
  const timeout = nonZero(block.integers.get('knet_ping_timeout')?.value);
  if ((interval === undefined) !== (timeout === undefined)) {
    const key = interval === undefined ? 'knet_ping_timeout' : 'knet_ping_interval';
    const other = interval === undefined ? 'knet_ping_interval' : 'knet_ping_timeout';
    addWarning(found, placeOf(block, key), `is set without ${other}`, 'set both, or neither');
  } else if (interval !== undefined && timeout !== undefined && interval > timeout) {
    const what = `is longer than knet_ping_timeout (${timeout} ms): the link would never be up`;
    addWarning(
      found,
      { ...placeOf(block, 'knet_ping_interval'), value: String(interval) },
      what,
      'lower it',
    );
  }
  if (timeout !== undefined && timeout >= rules.tokenMs) {
    const place = { ...placeOf(block, 'knet_ping_timeout'), value: String(timeout) };
    const what = `is not below the token timeout (${rules.tokenMs} ms): a lost link parts the nodes before the other one takes over`;
    addWarning(found, place, what, `write ${Math.floor(rules.tokenMs / 2)}`);
  }
}

function placeOf(block: Block, key: string): { readonly line: number; readonly key: string } {
  return { line: block.integers.get(key)?.line ?? block.line, key: `totem.interface.${key}` };
}

function warnUnused(block: Block, found: Findings): void {
  const bind = block.texts.get('bindnetaddr');
  if (bind !== undefined) {
    const place = { ...bind, key: 'totem.interface.bindnetaddr' };
    addWarning(found, place, 'is not used: the addresses in nodelist are', 'remove the line');
  }
  const broadcast = block.texts.get('broadcast');
  if (broadcast?.value === 'yes') {
    const place = { ...broadcast, key: 'totem.interface.broadcast' };
    const what = 'is ignored: datagrams go to each node by its address';
    addWarning(found, place, what, 'remove the line');
  }
}

/** `link_mode`; with one link there is nothing to share. */
export function linkModeOf(
  read: Read<string> | undefined,
  links: number,
  found: Findings,
): TotemConf['linkMode'] {
  if (read === undefined) return 'passive';
  if (links <= 1) {
    const what = 'has nothing to choose between: every node has one link';
    addWarning(found, { ...read, key: 'totem.link_mode' }, what, 'add ring1_addr, or remove it');
  }
  return read.value === 'active' || read.value === 'rr' ? read.value : 'passive';
}

function nonZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}
