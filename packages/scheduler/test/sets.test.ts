import { type Behaviour, primitive, proveAll, STOPPED } from './support/cluster.js';

const three = primitive('a') + primitive('b') + primitive('c');
const looked = { a: STOPPED, b: STOPPED, c: STOPPED };
const nodes = {
  haone: { is: 'online', has: looked },
  hatwo: { is: 'online', has: looked },
} as const;

function set(id: string, resources: string, options = ''): string {
  const members = resources
    .split(' ')
    .map((name) => `<resource_ref id="${name}"/>`)
    .join('');
  return `<resource_set id="${id}" ${options}>${members}</resource_set>`;
}

const toTwo = (resource: string): string =>
  `<rsc_location id="l" rsc="${resource}" node="hatwo" score="10"/>`;

const behaviours: readonly Behaviour[] = [
  {
    why: 'a set follows its first member',
    shape: {
      resources: three,
      constraints: `<rsc_colocation id="x" score="INFINITY">${set('s', 'a b c')}</rsc_colocation>${toTwo('a')}`,
      nodes,
    },
    decided: ['start a on hatwo', 'start b on hatwo', 'start c on hatwo'],
  },
  {
    why: 'the earlier set goes where the later set is, each of its members for itself',
    shape: {
      resources: three,
      constraints: `<rsc_colocation id="x" score="INFINITY">${set('s', 'a b', 'sequential="false"')}${set('r', 'c')}</rsc_colocation>${toTwo('c')}`,
      nodes,
    },
    decided: ['start a on hatwo', 'start b on hatwo', 'start c on hatwo'],
  },
  {
    why: 'where the later set has no place, the earlier one has none',
    shape: {
      resources: three,
      constraints: `<rsc_colocation id="x" score="INFINITY">${set('s', 'a b', 'sequential="false"')}${set('r', 'c')}</rsc_colocation><rsc_location id="l" rsc="c" node="haone" score="-INFINITY"/><rsc_location id="m" rsc="c" node="hatwo" score="-INFINITY"/>`,
      nodes,
    },
    decided: [],
  },
  {
    why: 'members of a set that must be apart are all apart from each other',
    shape: {
      resources: three,
      constraints: `<rsc_colocation id="x" score="-INFINITY">${set('s', 'a b c')}</rsc_colocation>`,
      nodes,
    },
    decided: ['start a on haone', 'start b on hatwo'],
  },
  {
    why: 'sets are started one after another, what is in one that is not sequential together',
    shape: {
      resources: three,
      constraints: `<rsc_order id="o" kind="Mandatory">${set('s', 'a b', 'sequential="false"')}${set('r', 'c')}</rsc_order>`,
      nodes: { haone: { is: 'online', has: looked } },
    },
    decided: [
      'start a on haone',
      'start b on haone',
      'start c on haone after start a on haone, start b on haone',
    ],
  },
];

proveAll(behaviours);
