import {
  type Behaviour,
  group,
  meta,
  type NodeShape,
  primitive,
  proveAll,
  RUNS,
  STOPPED,
} from './support/cluster.js';

const UP: NodeShape = { is: 'online' };
const web = primitive('web');
const looked: NodeShape = { is: 'online', has: { web: STOPPED } };

const behaviours: readonly Behaviour[] = [
  {
    why: 'in a fresh cluster everybody looks first, and it starts behind all the looking',
    shape: { resources: web, nodes: { haone: UP, hatwo: UP } },
    decided: [
      'probe web on haone',
      'probe web on hatwo',
      'start web on haone after probe web on haone, probe web on hatwo',
    ],
  },
  {
    why: 'it starts where its location constraint prefers it',
    shape: {
      resources: web,
      constraints: '<rsc_location id="l" rsc="web" node="hatwo" score="50"/>',
      nodes: { haone: looked, hatwo: looked },
    },
    decided: ['start web on hatwo'],
  },
  {
    why: 'resources without a preference are spread over the nodes',
    shape: {
      resources: web + primitive('db'),
      nodes: {
        haone: { is: 'online', has: { web: STOPPED, db: STOPPED } },
        hatwo: { is: 'online', has: { web: STOPPED, db: STOPPED } },
      },
    },
    decided: ['start web on haone', 'start db on hatwo'],
  },
  {
    why: 'stickiness keeps it where it went, though the preferred node is back',
    shape: {
      resources: primitive('web', meta('web', { 'resource-stickiness': '100' })),
      constraints: '<rsc_location id="l" rsc="web" node="haone" score="50"/>',
      nodes: { haone: looked, hatwo: { is: 'online', has: { web: RUNS } } },
    },
    decided: [],
  },
  {
    why: 'a preference stronger than stickiness brings it back',
    shape: {
      resources: primitive('web', meta('web', { 'resource-stickiness': '100' })),
      constraints: '<rsc_location id="l" rsc="web" node="haone" score="101"/>',
      nodes: { haone: looked, hatwo: { is: 'online', has: { web: RUNS } } },
    },
    decided: ['stop web on hatwo', 'start web on haone after stop web on hatwo'],
  },
  {
    why: 'standby moves it away',
    shape: {
      resources: web,
      nodes: {
        haone: { is: 'online', attributes: { standby: 'on' }, has: { web: RUNS } },
        hatwo: looked,
      },
    },
    decided: ['stop web on haone', 'start web on hatwo after stop web on haone'],
  },
  {
    why: 'a node that ends its standby gets nothing back',
    shape: {
      resources: web,
      nodes: {
        haone: { is: 'online', attributes: { standby: 'off' }, has: { web: STOPPED } },
        hatwo: { is: 'online', has: { web: RUNS } },
      },
    },
    decided: [],
  },
  {
    why: 'a group starts one member after another, on one node',
    shape: {
      resources: group('g', ['ip', 'web']),
      nodes: { haone: { is: 'online', has: { ip: STOPPED, web: STOPPED } } },
    },
    decided: ['start ip on haone', 'start web on haone after start ip on haone'],
  },
  {
    why: 'a group that moves stops backwards, then starts forwards',
    shape: {
      resources: group('g', ['ip', 'web']),
      nodes: {
        haone: {
          is: 'online',
          attributes: { standby: 'on' },
          has: { ip: RUNS, web: RUNS },
        },
        hatwo: { is: 'online', has: { ip: STOPPED, web: STOPPED } },
      },
    },
    decided: [
      'stop web on haone',
      'stop ip on haone after stop web on haone',
      'start ip on hatwo after stop ip on haone, stop web on haone',
      'start web on hatwo after start ip on hatwo, stop ip on haone, stop web on haone',
    ],
  },
  {
    why: "a group's preference counts once, however many members it has",
    shape: {
      resources: group('g', ['a', 'b', 'c']),
      constraints:
        '<rsc_location id="l" rsc="g" node="haone" score="40"/><rsc_location id="m" rsc="a" node="hatwo" score="50"/>',
      nodes: {
        haone: { is: 'online', has: { a: STOPPED, b: STOPPED, c: STOPPED } },
        hatwo: { is: 'online', has: { a: STOPPED, b: STOPPED, c: STOPPED } },
      },
    },
    decided: [
      'start a on hatwo',
      'start b on hatwo after start a on hatwo',
      'start c on hatwo after start b on hatwo',
    ],
  },
  {
    why: "members' stickiness adds up against the group's preference",
    shape: {
      properties: {},
      resources: group('g', ['a', 'b'], meta('g', { 'resource-stickiness': '30' })),
      constraints: '<rsc_location id="l" rsc="g" node="hatwo" score="50"/>',
      nodes: {
        haone: { is: 'online', has: { a: RUNS, b: RUNS } },
        hatwo: { is: 'online', has: { a: STOPPED, b: STOPPED } },
      },
    },
    decided: [],
  },
  {
    why: 'where nothing takes the last member, those before it run all the same',
    shape: {
      resources: group('g', ['a', 'b']),
      constraints: '<rsc_location id="l" rsc="b" node="haone" score="-INFINITY"/>',
      nodes: { haone: { is: 'online', has: { a: STOPPED, b: STOPPED } } },
    },
    decided: ['start a on haone'],
  },
  {
    why: 'colocated and ordered, it goes where the other goes, and starts behind it',
    shape: {
      resources: web + primitive('db'),
      constraints:
        '<rsc_colocation id="c" rsc="web" with-rsc="db" score="INFINITY"/><rsc_order id="o" first="db" then="web" kind="Mandatory"/><rsc_location id="l" rsc="db" node="hatwo" score="10"/>',
      nodes: {
        haone: { is: 'online', has: { web: STOPPED, db: STOPPED } },
        hatwo: { is: 'online', has: { web: STOPPED, db: STOPPED } },
      },
    },
    decided: ['start db on hatwo', 'start web on hatwo after start db on hatwo'],
  },
  {
    why: 'what must be apart is apart, and the one that finds no place stays stopped',
    shape: {
      resources: web + primitive('db'),
      constraints: '<rsc_colocation id="c" rsc="db" with-rsc="web" score="-INFINITY"/>',
      nodes: { haone: { is: 'online', has: { web: STOPPED, db: STOPPED } } },
    },
    decided: ['start web on haone'],
  },
  {
    why: 'what would rather be apart is together on the last node',
    shape: {
      resources: web + primitive('db'),
      constraints: '<rsc_colocation id="c" rsc="db" with-rsc="web" score="-500"/>',
      nodes: { haone: { is: 'online', has: { web: STOPPED, db: STOPPED } } },
    },
    decided: ['start web on haone', 'start db on haone'],
  },
  {
    why: 'what must run with a group waits for its last member to have a place',
    shape: {
      resources: group('g', ['a', 'b']) + web,
      constraints:
        '<rsc_colocation id="c" rsc="web" with-rsc="g" score="INFINITY"/><rsc_location id="l" rsc="b" node="haone" score="-INFINITY"/>',
      nodes: { haone: { is: 'online', has: { a: STOPPED, b: STOPPED, web: STOPPED } } },
    },
    decided: ['start a on haone'],
  },
  {
    why: 'in a cluster that is not symmetric it runs only where it is listed',
    shape: {
      properties: { 'symmetric-cluster': 'false' },
      resources: web + primitive('db'),
      constraints: '<rsc_location id="l" rsc="web" node="hatwo" score="0"/>',
      nodes: {
        haone: { is: 'online', has: { web: STOPPED, db: STOPPED } },
        hatwo: { is: 'online', has: { web: STOPPED, db: STOPPED } },
      },
    },
    decided: ['start web on hatwo'],
  },
  {
    why: 'a constraint for promoted instances says nothing about where something starts',
    shape: {
      resources: web,
      constraints: '<rsc_location id="l" rsc="web" role="Promoted" node="hatwo" score="50"/>',
      nodes: { haone: looked, hatwo: looked },
    },
    decided: ['start web on haone'],
  },
  {
    why: 'a rule sees the attributes of the node',
    shape: {
      resources: web,
      constraints:
        '<rsc_location id="l" rsc="web"><rule id="l-r" score="100"><expression id="l-e" attribute="site" operation="eq" value="b"/></rule></rsc_location>',
      nodes: { haone: looked, hatwo: { ...looked, attributes: { site: 'b' } } },
    },
    decided: ['start web on hatwo'],
  },
  {
    why: 'a clone runs on every node',
    shape: {
      resources: `<clone id="c">${primitive('ping')}</clone>`,
      nodes: {
        haone: { is: 'online', has: { ping: STOPPED } },
        hatwo: { is: 'online', has: { ping: STOPPED } },
      },
    },
    decided: ['start ping on haone', 'start ping on hatwo'],
  },
  {
    why: 'what is told to stop is stopped, in a group with everything behind it',
    shape: {
      resources: `<group id="g">${primitive('a')}${primitive('b', meta('b', { 'target-role': 'Stopped' }))}${primitive('c')}</group>`,
      nodes: { haone: { is: 'online', has: { a: RUNS, b: RUNS, c: RUNS } } },
    },
    decided: ['stop c on haone', 'stop b on haone after stop c on haone'],
  },
  {
    why: 'stop-all-resources stops everything',
    shape: {
      properties: { 'stop-all-resources': 'yes' },
      resources: web,
      nodes: { haone: { is: 'online', has: { web: RUNS } } },
    },
    decided: ['stop web on haone'],
  },
  {
    why: 'of orders that contradict each other nothing is done',
    shape: {
      resources: web + primitive('db'),
      constraints:
        '<rsc_order id="o" first="db" then="web"/><rsc_order id="p" first="web" then="db"/>',
      nodes: { haone: { is: 'online', has: { web: STOPPED, db: STOPPED } } },
    },
    decided: [],
  },
  {
    why: 'an order from a stop to a start concerns just these two',
    shape: {
      resources: primitive('old', meta('old', { 'target-role': 'Stopped' })) + primitive('new'),
      constraints:
        '<rsc_order id="o" first="old" first-action="stop" then="new" then-action="start" symmetrical="false"/>',
      nodes: { haone: { is: 'online', has: { old: RUNS, new: STOPPED } } },
    },
    decided: ['stop old on haone', 'start new on haone after stop old on haone'],
  },
];

proveAll(behaviours);
