import {
  type Behaviour,
  group,
  meta,
  monitor,
  type NodeShape,
  parameters,
  primitive,
  proveAll,
  RUNS,
  STOPPED,
} from './support/cluster.js';

const web = primitive('web');
const looked: NodeShape = { is: 'online', has: { web: STOPPED } };
const runsWeb: NodeShape = { is: 'online', has: { web: RUNS } };
const together = group('g', ['ip', 'web']);

const behaviours: readonly Behaviour[] = [
  {
    why: 'what is not managed is left alone, though it failed',
    shape: {
      resources: primitive('web', meta('web', { 'is-managed': 'false' })),
      nodes: { haone: { is: 'online', has: { web: ['start 0', 'monitor/10000 1'] } } },
    },
    decided: ['cancel monitor/10000 of web on haone'],
  },
  {
    why: 'in maintenance nothing is started and nothing is stopped',
    shape: {
      properties: { 'maintenance-mode': 'true', 'stop-all-resources': 'true' },
      resources: web + primitive('db'),
      nodes: { haone: { is: 'online', has: { web: RUNS, db: STOPPED } } },
    },
    decided: [],
  },
  {
    why: 'a node in maintenance keeps what it runs and gets nothing',
    shape: {
      resources: web + primitive('db'),
      nodes: {
        haone: {
          is: 'online',
          attributes: { maintenance: 'true', standby: 'on' },
          has: { web: RUNS, db: STOPPED },
        },
        hatwo: { is: 'online', has: { web: STOPPED, db: STOPPED } },
      },
    },
    decided: ['start db on hatwo'],
  },
  {
    why: 'what is colocated with something not managed goes where that is',
    shape: {
      resources: primitive('db', meta('db', { 'is-managed': 'false' })) + web,
      constraints: '<rsc_colocation id="c" rsc="web" with-rsc="db" score="INFINITY"/>',
      nodes: {
        haone: { is: 'online', has: { web: STOPPED, db: STOPPED } },
        hatwo: { is: 'online', has: { web: STOPPED, db: RUNS } },
      },
    },
    decided: ['start web on hatwo'],
  },
  {
    why: 'changed parameters restart it',
    shape: {
      resources: primitive('web', parameters('web', { port: '81' })),
      nodes: {
        haone: { is: 'online', has: { web: ['start 0 4811efb7f40000000000000000000000'] } },
      },
    },
    decided: ['stop web on haone', 'start web on haone after stop web on haone'],
  },
  {
    why: 'a monitor that was removed from the configuration is cancelled',
    shape: {
      resources: web,
      nodes: { haone: { is: 'online', has: { web: ['start 0', 'monitor/10000 0'] } } },
    },
    decided: ['cancel monitor/10000 of web on haone'],
  },
  {
    why: 'a monitor that was added is begun without a restart',
    shape: {
      resources: primitive('web', monitor('web')),
      nodes: { haone: runsWeb },
    },
    decided: ['monitor web on haone'],
  },
  {
    why: 'what runs twice is stopped everywhere, then started once',
    shape: { resources: web, nodes: { haone: runsWeb, hatwo: runsWeb } },
    decided: [
      'stop web on haone',
      'stop web on hatwo',
      'start web on haone after stop web on haone, stop web on hatwo',
    ],
  },
  {
    why: 'a start that is under way is asked for again, on the same node, and what follows waits',
    shape: {
      resources: together,
      nodes: { haone: { is: 'online', has: { ip: ['start pending'], web: STOPPED } } },
    },
    decided: ['start ip on haone', 'start web on haone after start ip on haone'],
  },
  {
    why: 'what is stopped behind a stop that is under way waits for it',
    shape: {
      resources: together,
      nodes: {
        haone: {
          is: 'online',
          attributes: { standby: 'on' },
          has: { ip: RUNS, web: ['start 0', 'stop pending'] },
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
    why: 'a node that wants to leave gives away what it runs, and then goes',
    shape: {
      resources: web,
      nodes: {
        haone: { ...runsWeb, transient: { shutdown: '1700000000' } },
        hatwo: looked,
      },
    },
    decided: [
      'stop web on haone',
      'start web on hatwo after stop web on haone',
      'let haone go after stop web on haone',
    ],
  },
  {
    why: 'a node that wants to leave stays while an operation is under way there',
    shape: {
      resources: web,
      nodes: {
        haone: {
          is: 'online',
          transient: { shutdown: '1700000000' },
          has: { web: ['start pending'] },
        },
        hatwo: looked,
      },
    },
    decided: ['stop web on haone', 'start web on hatwo after stop web on haone'],
  },
  {
    why: 'what is no longer configured is stopped, also through a restart of the cluster',
    shape: { nodes: { haone: { is: 'online', has: { old: RUNS } }, hatwo: { is: 'online' } } },
    decided: ['stop old on haone', 'forget history of old on haone after stop old on haone'],
  },
  {
    why: 'what is no longer configured and has stopped is forgotten',
    shape: { nodes: { haone: { is: 'online', has: { old: ['start 0', 'stop 0'] } } } },
    decided: ['forget history of old on haone'],
  },
  {
    why: 'what is no longer configured is left alone where the operator wants it so',
    shape: {
      properties: { 'stop-orphan-resources': 'false' },
      nodes: { haone: { is: 'online', has: { old: RUNS } } },
    },
    decided: [],
  },
  {
    why: 'what runs behind something lost is stopped, and starts again behind it',
    shape: {
      resources: web + primitive('db'),
      constraints: '<rsc_order id="o" first="db" then="web" kind="Mandatory"/>',
      nodes: {
        haone: { is: 'online', has: { web: RUNS, db: STOPPED } },
        hatwo: { is: 'lost', has: { web: STOPPED, db: RUNS } },
      },
    },
    decided: [
      'fence hatwo',
      'stop web on haone',
      'stop of db on hatwo is implied after fence hatwo, stop web on haone',
      'start db on haone after fence hatwo, stop of db on hatwo is implied',
      'start web on haone after fence hatwo, start db on haone, stop web on haone',
    ],
  },
];

proveAll(behaviours);
