/** The nodelist section: who the members are (rule T6.12). */
import { type NodeId, nodeId, nodeName } from '@holdfast/base';
import { addressKind, ipv4Number } from './address.ts';
import { type Block, merged, type Read } from './check.ts';
import { addFault, addRefusal, addWarning, type Findings } from './fault.ts';
import type { ConfNode, TotemConf } from './model.ts';

/** Links a node can have: ring0_addr to ring7_addr. */
const LINKS_MAX = 8;
/** Members a ring can have (the reference's own limit for membership lists). */
const NODES_MAX = 384;

export type NodeRules = {
  readonly transport: TotemConf['transport'];
  readonly clearHighBit: boolean;
  /** Votes of a node that says nothing: `quorum.votes`. */
  readonly votes: number;
  /** Where to point when there is no nodelist at all. */
  readonly lastLine: number;
};

export function readNodes(root: Block, options: NodeRules, found: Findings): ConfNode[] {
  const list = merged(root, 'nodelist');
  const blocks = list?.blocks ?? [];
  if (list === undefined || blocks.length === 0) {
    const place = { line: list?.line ?? options.lastLine, key: 'nodelist' };
    const what = list === undefined ? 'section is missing' : 'has no node in it';
    addFault(found, place, what, 'list every member as node { ring0_addr: … name: … nodeid: … }');
    return [];
  }
  if (blocks.length > NODES_MAX) {
    const place = { line: list.line, key: 'nodelist' };
    addFault(found, place, `lists more than ${NODES_MAX} nodes`, 'make two clusters of it');
    return [];
  }
  const drafts = blocks.map((block) => readNode(block, options, found));
  checkUnique(drafts, found);
  checkLinks(drafts, options, found);
  const nodes = drafts.flatMap(({ id, ...rest }) => (id === undefined ? [] : [{ ...rest, id }]));
  return nodes.sort((a, b) => a.id - b.id);
}

type Draft = Omit<ConfNode, 'id'> & {
  readonly id: NodeId | undefined;
  readonly named: boolean;
  readonly places: readonly Read<string>[];
};

function readNode(block: Block, options: NodeRules, found: Findings): Draft {
  const places = readAddresses(block, found);
  const addresses = places.map(({ value }) => value);
  const name = block.texts.get('name');
  checkName(block, name, found);
  const votes = block.integers.get('quorum_votes');
  return {
    id: readId(block, addresses, options, found),
    name: nodeName(plain(name?.value) ?? plain(addresses[0]) ?? '?'),
    named: name !== undefined,
    addresses,
    places,
    votes: votes === undefined ? options.votes : votes.value,
    line: block.line,
  };
}

function readAddresses(block: Block, found: Findings): Read<string>[] {
  const places: Read<string>[] = [];
  for (let link = 0; link < LINKS_MAX; link += 1) {
    const address = block.texts.get(`ring${link}_addr`);
    if (address === undefined) continue;
    const place = { ...address, key: `nodelist.node.ring${link}_addr` };
    if (places.length < link) {
      const what = `is given, but ring${places.length}_addr is not`;
      addFault(found, place, what, 'number the links from 0 without a gap');
    }
    if (addressKind(address.value) === 'malformed') {
      const what = address.value === '' ? 'is empty' : 'is neither an IP address nor a host name';
      addFault(found, place, what, 'write the address of this node');
    }
    places.push(address);
  }
  if (places.length === 0) {
    const place = { line: block.line, key: 'nodelist.node' };
    addFault(found, place, 'has no address', 'add ring0_addr: with the address of this node');
  }
  return places;
}

function checkName(block: Block, name: Read<string> | undefined, found: Findings): void {
  if (name === undefined) {
    const place = { line: block.line, key: 'nodelist.node' };
    addWarning(found, place, 'has no name, so it is called by its address', 'add name: to it');
  } else if (!/^[A-Za-z0-9][\w.-]*$/.test(name.value)) {
    const place = { ...name, key: 'nodelist.node.name' };
    addFault(found, place, 'is not a node name', 'use letters, digits, dots and dashes');
  }
}

/** Absent or 0, the id is the IPv4 address of link 0 as a number; knet wants it written. */
function readId(
  block: Block,
  addresses: readonly string[],
  options: NodeRules,
  found: Findings,
): NodeId | undefined {
  const given = block.integers.get('nodeid');
  if (given !== undefined && given.value > 0) return nodeId(given.value);
  const place = { line: given?.line ?? block.line, key: 'nodelist.node.nodeid' };
  const state = given === undefined ? 'is missing' : 'is 0, which stands for none';
  if (options.transport === 'knet') {
    const what = `${state}, and transport knet cannot do without`;
    addFault(found, place, what, 'give every node a number of its own, from 1');
    return undefined;
  }
  const number = ipv4Number(addresses[0] ?? '');
  const derived = options.clearHighBit && number !== undefined ? number % 0x8000_0000 : number;
  if (derived === undefined || derived === 0) {
    const what = `${state}, and only an IPv4 ring0_addr could stand in for it`;
    addFault(found, place, what, 'give every node a number of its own, from 1');
    return undefined;
  }
  const what = `${state}: the address makes it ${derived}, and a new address a new member`;
  addWarning(found, place, what, 'give every node a number of its own');
  return nodeId(derived);
}

function checkUnique(drafts: readonly Draft[], found: Findings): void {
  const owners = new Map<string, number>();
  for (const { id, name, named, places, line } of drafts) {
    const claim = (key: string, value: string, at: number): void => {
      const what = `${key.startsWith('ring') ? 'address' : key} ${value}`;
      const owner = owners.get(what);
      if (owner === undefined) owners.set(what, line);
      else {
        const place = { line: at, key: `nodelist.node.${key}`, value };
        const wayOut = 'give every node its own';
        // The reference looks at ids alone; two nodes with one name or address it starts with.
        const add = key === 'nodeid' ? addFault : addRefusal;
        add(found, place, `is used already by the node in line ${owner}`, wayOut);
      }
    };
    if (id !== undefined) claim('nodeid', String(id), line);
    if (named) claim('name', name, line);
    for (const [link, { value, line: at }] of places.entries()) {
      if (value !== '') claim(`ring${link}_addr`, value, at);
    }
  }
}

/** Rules T4.1 and T3.2: all nodes have the same links, one family on each. */
function checkLinks(drafts: readonly Draft[], options: NodeRules, found: Findings): void {
  const most = Math.max(...drafts.map(({ addresses }) => addresses.length));
  for (const { addresses, named, line } of drafts) {
    const place = { line, key: 'nodelist.node' };
    if (addresses.length < most && addresses.length > 0) {
      const what = `has ${addresses.length} of the ${most} links that another node has`;
      addFault(
        found,
        place,
        what,
        `add ring${addresses.length}_addr, or remove it from the others`,
      );
    }
    if (most > 1 && !named) {
      const what = 'has no name, which several links make necessary';
      addFault(found, place, what, 'add name: to it');
    }
  }
  checkLinkCount(drafts, most, options, found);
}

function checkLinkCount(
  drafts: readonly Draft[],
  most: number,
  options: NodeRules,
  found: Findings,
): void {
  const line = drafts[0]?.line ?? 1;
  if (most > 1 && options.transport !== 'knet') {
    const place = { line, key: 'totem.transport', value: options.transport };
    addFault(found, place, `allows one link, and the nodes have ${most}`, 'set transport: knet');
  }
  for (let link = 0; link < most; link += 1) {
    const families = new Set(drafts.map(({ addresses }) => addressKind(addresses[link] ?? '?')));
    if (families.has('ipv4') && families.has('ipv6')) {
      const place = { line, key: `nodelist.node.ring${link}_addr` };
      addFault(found, place, 'mixes IPv4 and IPv6 on one link', 'use one family for each link');
    }
  }
  if (most === 1 && drafts.length > 1) {
    const what = 'has a single link: one cut cable parts the nodes';
    addWarning(found, { line, key: 'nodelist' }, what, 'consider a second one');
  }
}

function plain(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
