import {
  type Behaviour,
  group,
  meta,
  monitor,
  type NodeShape,
  primitive,
  proveAll,
  RUNS,
  STOPPED,
} from './support/cluster.js';

const web = primitive('web');
const looked: NodeShape = { is: 'online', has: { web: STOPPED } };
const runsWeb: NodeShape = { is: 'online', has: { web: RUNS } };
const NO_FENCING = { 'stonith-enabled': 'false' };
const together = group('g', ['ip', 'web']);

const behaviours: readonly Behaviour[] = [
  {
    why: 'a lost node is fenced before anything of it starts elsewhere',
    shape: { resources: web, nodes: { haone: looked, hatwo: { is: 'lost', has: { web: RUNS } } } },
    decided: [
      'fence hatwo',
      'stop of web on hatwo is implied after fence hatwo',
      'start web on haone after fence hatwo, stop of web on hatwo is implied',
    ],
  },
  {
    why: 'a node nobody has ever seen is fenced before anything starts',
    shape: { resources: web, nodes: { haone: looked, hatwo: { is: 'unseen' } } },
    decided: ['fence hatwo', 'start web on haone after fence hatwo'],
  },
  {
    why: 'a node that said goodbye is not fenced',
    shape: { resources: web, nodes: { haone: looked, hatwo: { ...looked, is: 'left' } } },
    decided: ['start web on haone'],
  },
  {
    why: 'a node that said goodbye and is on record as running something is fenced all the same',
    shape: { resources: web, nodes: { haone: looked, hatwo: { is: 'left', has: { web: RUNS } } } },
    decided: [
      'fence hatwo',
      'stop of web on hatwo is implied after fence hatwo',
      'start web on haone after fence hatwo, stop of web on hatwo is implied',
    ],
  },
  {
    why: 'without fencing the resources of a lost node start at once',
    shape: {
      properties: NO_FENCING,
      resources: web,
      nodes: { haone: looked, hatwo: { is: 'lost', has: { web: RUNS } } },
    },
    decided: ['start web on haone'],
  },
  {
    why: 'what is on its way back into the cluster may still run what it ran: nothing starts twice',
    shape: {
      resources: web,
      nodes: { haone: looked, hatwo: { is: 'joining', has: { web: RUNS } } },
    },
    decided: [],
  },
  {
    why: 'without quorum nothing starts and nobody is fenced',
    shape: { quorate: false, resources: web, nodes: { haone: looked, hatwo: { is: 'lost' } } },
    decided: [],
  },
  {
    why: 'without quorum everything is stopped',
    shape: { quorate: false, resources: web, nodes: { haone: runsWeb, hatwo: { is: 'lost' } } },
    decided: ['stop web on haone'],
  },
  {
    why: 'without quorum under the freeze policy what runs goes on, and nothing new starts',
    shape: {
      quorate: false,
      properties: { 'no-quorum-policy': 'freeze' },
      resources: web + primitive('db'),
      nodes: {
        haone: { is: 'online', has: { web: RUNS, db: STOPPED } },
        hatwo: { is: 'lost', has: { db: RUNS } },
      },
    },
    decided: [],
  },
  {
    why: 'a failed monitor restarts it where it is',
    shape: {
      resources: primitive('web', monitor('web')),
      nodes: {
        haone: { is: 'online', has: { web: ['start 0', 'monitor/10000 1'] } },
        hatwo: looked,
      },
    },
    decided: [
      'stop web on haone',
      'start web on haone after stop web on haone',
      'monitor web on haone after start web on haone',
    ],
  },
  {
    why: 'a monitor that finds it stopped restarts it too',
    shape: {
      resources: primitive('web', monitor('web')),
      nodes: { haone: { is: 'online', has: { web: ['start 0', 'monitor/10000 7'] } } },
    },
    decided: [
      'stop web on haone',
      'start web on haone after stop web on haone',
      'monitor web on haone after start web on haone',
    ],
  },
  {
    why: 'the failure of a member restarts those behind it, not those before it',
    shape: {
      resources: group('g', ['a', 'b', 'c']),
      nodes: {
        haone: {
          is: 'online',
          has: { a: RUNS, b: ['start 0', 'monitor/10000 1'], c: RUNS },
        },
      },
    },
    decided: [
      'stop c on haone',
      'stop b on haone after stop c on haone',
      'cancel monitor/10000 of b on haone after stop b on haone',
      'start b on haone after stop b on haone, stop c on haone',
      'start c on haone after start b on haone, stop b on haone, stop c on haone',
    ],
  },
  {
    why: 'a failed start bans the node, and it moves',
    shape: {
      resources: web,
      nodes: {
        haone: {
          is: 'online',
          transient: { 'fail-count-web#start_0': 'INFINITY' },
          has: { web: ['start 1'] },
        },
        hatwo: looked,
      },
    },
    decided: ['stop web on haone', 'start web on hatwo after stop web on haone'],
  },
  {
    why: 'at its migration-threshold it moves',
    shape: {
      resources: primitive('web', meta('web', { 'migration-threshold': '3' })),
      nodes: {
        haone: {
          is: 'online',
          transient: { 'fail-count-web#monitor_10000': '3' },
          has: { web: ['start 0', 'monitor/10000 1'] },
        },
        hatwo: looked,
      },
    },
    decided: [
      'stop web on haone',
      'cancel monitor/10000 of web on haone after stop web on haone',
      'forget failures of web on haone',
      'start web on hatwo after stop web on haone',
    ],
  },
  {
    why: 'below its migration-threshold it stays',
    shape: {
      resources: primitive('web', meta('web', { 'migration-threshold': '3' })),
      nodes: {
        haone: {
          is: 'online',
          transient: { 'fail-count-web#monitor_10000': '2' },
          has: { web: ['start 0', 'monitor/10000 1'] },
        },
        hatwo: looked,
      },
    },
    decided: [
      'stop web on haone',
      'cancel monitor/10000 of web on haone after stop web on haone',
      'forget failures of web on haone',
      'start web on haone after stop web on haone',
    ],
  },
  {
    why: 'a failed stop fences the node, and everything of it goes elsewhere behind the fence',
    shape: {
      resources: web + primitive('db', meta('db', { 'resource-stickiness': '1000' })),
      nodes: {
        haone: { is: 'online', has: { web: ['start 0', 'stop 1'], db: RUNS } },
        hatwo: { is: 'online', has: { web: STOPPED, db: STOPPED } },
      },
    },
    decided: [
      'fence haone',
      'stop of web on haone is implied after fence haone',
      'start web on hatwo after fence haone, stop of web on haone is implied',
      'stop of db on haone is implied after fence haone',
      'start db on hatwo after fence haone, stop of db on haone is implied',
    ],
  },
  {
    why: 'a failed stop without fencing leaves it and what is before it alone',
    shape: {
      properties: NO_FENCING,
      resources: together,
      nodes: {
        haone: {
          is: 'online',
          attributes: { standby: 'on' },
          has: { ip: RUNS, web: ['start 0', 'stop 1'] },
        },
        hatwo: { is: 'online', has: { ip: STOPPED, web: STOPPED } },
      },
    },
    decided: [],
  },
];

proveAll(behaviours);
