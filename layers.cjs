// The layering of the house, as one table. A room is a package; it has one face, src/index.ts.
// A room may import the rooms named behind it, and nothing else.
const MAY_IMPORT = {
  // floor 1: words everybody uses
  base: [],
  // floor 2: documents, codecs, contracts, ports
  'corosync-conf': ['base'],
  cib: ['base'],
  agent: ['base'],
  transport: ['base'],
  quorum: ['base'],
  transition: ['base'],
  executor: ['base'],
  fencer: ['base'],
  ipmi: ['base'],
  // floor 3: machines and readings
  totem: ['base'],
  'cib-store': ['cib', 'base'],
  status: ['cib', 'base'],
  'transport-udp': ['transport', 'base'],
  // floor 4: what decides for the whole cluster; what carries it out
  scheduler: ['status', 'transition', 'cib', 'base'],
  controller: ['cib-store', 'transition', 'executor', 'fencer', 'status', 'cib', 'base'],
  runners: ['executor', 'fencer', 'agent', 'base'],
  ipc: ['cib', 'base'],
  // floor 5: one whole node, without the world; the shell
  node: [
    'totem',
    'quorum',
    'cib-store',
    'controller',
    'executor',
    'fencer',
    'transition',
    'scheduler',
    'status',
    'cib',
    'base',
  ],
  crm: ['ipc', 'scheduler', 'status', 'transition', 'cib', 'agent', 'corosync-conf', 'base'],
  // floor 6: a node in a world, real or drawn from a seed; worlds to show it in
  daemon: [
    'node',
    'controller',
    'totem',
    'quorum',
    'corosync-conf',
    'scheduler',
    'runners',
    'executor',
    'fencer',
    'transition',
    'agent',
    'ipc',
    'transport',
    'transport-udp',
    'cib',
    'cib-store',
    'status',
    'base',
  ],
  simulator: [
    'node',
    'controller',
    'totem',
    'quorum',
    'scheduler',
    'transition',
    'executor',
    'fencer',
    'cib',
    'cib-store',
    'status',
    'base',
  ],
  lab: ['ipmi', 'base'],
  demo: ['lab', 'ipc', 'base'],
};

// Rooms that decide and never touch the world: no node: module, no clock, no dice.
const PURE = [
  'base',
  'corosync-conf',
  'cib',
  'cib-store',
  'agent',
  'quorum',
  'executor',
  'totem',
  'status',
  'transition',
  'fencer',
  'scheduler',
  'controller',
  'node',
  'ipmi',
];

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Files import downward only.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'faces-only',
      severity: 'error',
      comment: 'Enter another room by its face.',
      from: { path: '^(packages|agents)/([^/]+)/src/' },
      to: {
        path: '^(packages|agents)/[^/]+/src/',
        pathNot: ['^$1/$2/', '^(packages|agents)/[^/]+/src/index\\.ts$'],
      },
    },
    {
      name: 'no-own-face',
      severity: 'error',
      comment: 'A face hands names out; nobody inside its room imports it.',
      from: { path: '^packages/([^/]+)/src/' },
      to: { path: '^packages/$1/src/index\\.ts$' },
    },
    {
      name: 'pure-rooms',
      severity: 'error',
      comment:
        'Only base/digest.ts and ipmi/crypto.ts may (node:crypto), and ipmi/udp.ts, a driver.',
      from: {
        path: `^packages/(${PURE.join('|')})/src/`,
        pathNot: '^packages/(base/src/digest|ipmi/src/(crypto|udp))\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-dead-files',
      severity: 'error',
      comment: 'Every file is imported, or is an entrance.',
      from: { orphan: true, path: '/src/', pathNot: ['(main|index|thread)\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
    ...Object.entries(MAY_IMPORT).map(([room, allowed]) => ({
      name: `layer-${room}`,
      severity: 'error',
      comment: `${room} may import: ${allowed.join(', ') || 'nothing'}`,
      from: { path: `^packages/${room}/src/` },
      to: { path: '^(packages|agents)/', pathNot: `^packages/(${[room, ...allowed].join('|')})/` },
    })),
    {
      name: 'layer-agents',
      severity: 'error',
      comment: 'Agents know the contract, never the cluster.',
      from: { path: '^agents/([^/]+)/src/' },
      to: { path: '^(packages|agents)/', pathNot: ['^packages/(agent|ipmi|base)/', '^agents/$1/'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|dist-test|node_modules)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@holdfast/source', 'import', 'default', 'types'],
    },
  },
};
