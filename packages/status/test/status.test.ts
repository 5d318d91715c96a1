import t from 'tap';
import { assert, epochMs, nodeName } from '@holdfast/base';
import { type Cib, type HistoryEntry, readCib, type ResourceHistory } from '@holdfast/cib';
import { quorumPolicy, readActivity, readFailures, readNodes } from '@holdfast/status';

/** `start 0`: task, interval where there is one, exit code; `pending`, `cancelled`, `timeout`. */
function history(...done: readonly string[]): ResourceHistory {
  return {
    resource: 'web',
    agent: { class: 'ocf', provider: 'heartbeat', type: 'Dummy' },
    container: undefined,
    ops: done.map(entry),
  };
}

const STATUS: Readonly<Record<string, number>> = { pending: -1, cancelled: 1, timeout: 2 };

function entry(what: string, index: number): HistoryEntry {
  const [name = '', end = ''] = what.split(' ');
  const [task = '', interval = '0'] = name.replace('probe', 'monitor').split('/');
  const status = STATUS[end];
  return {
    id: `web_${task}_${interval}`,
    task,
    intervalMs: Number(interval),
    operationKey: `web_${task}_${interval}`,
    callId: end === 'pending' ? -1 : index + 1,
    rc: status === undefined ? Number(end) : 1,
    opStatus: status ?? 0,
    targetRc: 0,
    transitionKey: '',
    exitReason: end === '1' ? 'no such file' : '',
    lastRcChange: 0,
    lastRun: undefined,
    execMs: 0,
    queueMs: 0,
    opDigest: task === 'start' ? 'd' : undefined,
    opForceRestart: undefined,
    opRestartDigest: undefined,
    opSecureParams: undefined,
    opSecureDigest: undefined,
    onNode: undefined,
    migrateSource: undefined,
    migrateTarget: undefined,
  };
}

const activities: readonly (readonly [why: string, done: readonly string[], found: string])[] = [
  ['nobody has looked', [], 'unknown'],
  ['a probe found nothing', ['probe 7'], 'stopped'],
  ['a probe found it running', ['probe 0'], 'active'],
  ['a probe found it broken', ['probe 1'], 'active failed'],
  ['a probe found it promoted', ['probe 190'], 'active'],
  ['it was started', ['probe 7', 'start 0'], 'active'],
  ['its start failed: it may be half there', ['probe 7', 'start 1'], 'active failed'],
  ['its start took too long', ['start timeout'], 'active failed'],
  ['it was stopped', ['start 0', 'stop 0'], 'stopped'],
  [
    'its stop failed: only the end of the node is sure',
    ['start 0', 'stop 1'],
    'active failed stuck',
  ],
  ['a stop that worked in the end', ['start 0', 'stop 1', 'stop 0'], 'stopped'],
  ['its monitor found it well', ['start 0', 'monitor/10000 0'], 'active monitored'],
  ['its monitor failed', ['start 0', 'monitor/10000 1'], 'active failed'],
  ['its monitor found it stopped', ['start 0', 'monitor/10000 7'], 'active failed'],
  ['it was restarted after a failure', ['monitor/10000 1', 'stop 0', 'start 0'], 'active'],
  ['a start is under way', ['probe 7', 'start pending'], 'busy'],
  ['what is under way counts last, wherever it stands', ['stop pending', 'start 0'], 'busy'],
  ['a cancelled monitor says nothing', ['start 0', 'monitor/10000 cancelled'], 'active'],
  ['a restart forgets the monitors of before', ['monitor/10000 0', 'stop 0', 'start 0'], 'active'],
];

for (const [why, done, found] of activities) {
  void t.test(why, (t) => {
    const { standing, hasFailed, isStuck, recurring } = readActivity(history(...done));
    const words = [standing];
    const said = [
      ...words,
      ...(hasFailed ? ['failed'] : []),
      ...(isStuck ? ['stuck'] : []),
      ...(recurring.size > 0 ? ['monitored'] : []),
    ];
    t.equal(said.join(' '), found);
    t.end();
  });
}

void t.test('a failure is told in the words of the agent', (t) => {
  t.equal(readActivity(history('start 1')).why, 'its start failed (no such file)');
  t.equal(readActivity(history('start 5')).why, 'its start failed (exit code 5)');
  t.end();
});

function cib(properties: string, nodes: string, state: string, quorate = '1'): Cib {
  const read = readCib(
    `<cib have-quorum="${quorate}"><configuration><crm_config><cluster_property_set id="p">${properties}</cluster_property_set></crm_config><nodes>${nodes}</nodes><resources/><constraints/></configuration><status>${state}</status></cib>`,
  );
  assert(read.ok, 'the CIB of a test is one');
  return read.value.cib;
}

const ENTRY = '<node id="1" uname="haone"/>';
const NO_FENCING = '<nvpair id="f" name="stonith-enabled" value="false"/>';
const NO_STARTUP = '<nvpair id="s" name="startup-fencing" value="false"/>';
const state = (words: string): string => `<node_state id="1" uname="haone" ${words}/>`;

const nodes: readonly (readonly [why: string, properties: string, state: string, is: string])[] = [
  [
    'a full member is online',
    '',
    'in_ccm="true" crmd="online" join="member" expected="member"',
    'online',
  ],
  [
    'who is joining takes no orders yet',
    '',
    'in_ccm="true" crmd="online" join="pending" expected="member"',
    '',
  ],
  [
    'who is gone without a word is unclean',
    '',
    'in_ccm="false" crmd="offline" join="member" expected="member"',
    'unclean',
  ],
  ['who said goodbye is not', '', 'in_ccm="false" crmd="offline" join="down" expected="down"', ''],
  [
    'whose daemon is gone takes no orders',
    '',
    'in_ccm="true" crmd="offline" join="member" expected="down"',
    '',
  ],
  [
    'times instead of yes and no',
    '',
    'in_ccm="1700000000" crmd="1700000000" join="member" expected="member"',
    'online',
  ],
  [
    'without fencing nobody is unclean',
    NO_FENCING,
    'in_ccm="false" crmd="offline" join="member" expected="member"',
    '',
  ],
];

for (const [why, properties, words, is] of nodes) {
  void t.test(why, (t) => {
    const [node] = readNodes(cib(properties, ENTRY, state(words)));
    const said = [
      ...(node?.isOnline === true ? ['online'] : []),
      ...(node?.isUnclean === true ? ['unclean'] : []),
    ];
    t.equal(said.join(' '), is);
    t.end();
  });
}

void t.test('a node never seen is dangerous, unless the operator says it is not', (t) => {
  t.equal(readNodes(cib('', ENTRY, ''))[0]?.isUnclean, true);
  t.equal(readNodes(cib(NO_STARTUP, ENTRY, ''))[0]?.isUnclean, false);
  t.equal(readNodes(cib(NO_FENCING, ENTRY, ''))[0]?.isUnclean, false);
  t.end();
});

void t.test('a transient attribute hides the permanent one', (t) => {
  const permanent =
    '<node id="1" uname="haone"><instance_attributes id="n"><nvpair id="n-s" name="standby" value="on"/></instance_attributes></node>';
  const transient =
    '<node_state id="1" uname="haone"><transient_attributes id="1"><instance_attributes id="t"><nvpair id="t-s" name="standby" value="off"/></instance_attributes></transient_attributes></node_state>';
  t.equal(readNodes(cib('', permanent, ''))[0]?.isStandby, true);
  t.equal(readNodes(cib('', permanent, transient))[0]?.isStandby, false);
  t.end();
});

const policies: readonly (readonly [policy: string, quorate: string, may: string])[] = [
  ['stop', '1', 'full'],
  ['stop', '0', 'stop'],
  ['freeze', '0', 'freeze'],
  ['ignore', '0', 'full'],
  ['nonsense', '0', 'stop'],
];

for (const [policy, quorate, may] of policies) {
  void t.test(`quorate ${quorate}, policy ${policy}: ${may}`, (t) => {
    const property = `<nvpair id="q" name="no-quorum-policy" value="${policy}"/>`;
    t.equal(quorumPolicy(cib(property, ENTRY, '', quorate)), may);
    t.end();
  });
}

const failures: readonly (readonly [
  why: string,
  meta: Readonly<Record<string, string>>,
  attributes: Readonly<Record<string, string>>,
  found: readonly [count: number, isBanned: boolean, expiresAt: number | undefined],
])[] = [
  ['no failures', {}, {}, [0, false, undefined]],
  [
    'a fatal failure bans',
    {},
    { 'fail-count-web#start_0': 'INFINITY' },
    [1_000_000, true, undefined],
  ],
  [
    'failures of all operations add up',
    { 'migration-threshold': '3' },
    { 'fail-count-web#start_0': '1', 'fail-count-web#monitor_10000': '2' },
    [3, true, undefined],
  ],
  [
    'a threshold of 0 never bans',
    { 'migration-threshold': '0' },
    { 'fail-count-web#start_0': 'INFINITY' },
    [1_000_000, false, undefined],
  ],
  [
    'failures of others do not count',
    { 'migration-threshold': '1' },
    { 'fail-count-web2#start_0': '1' },
    [0, false, undefined],
  ],
  [
    'a failure is forgotten after its time',
    { 'migration-threshold': '1', 'failure-timeout': '10s' },
    { 'fail-count-web#start_0': '1', 'last-failure-web#start_0': '990' },
    [0, false, undefined],
  ],
  [
    'until then it counts, and the time is known',
    { 'migration-threshold': '1', 'failure-timeout': '10s' },
    { 'fail-count-web#start_0': '1', 'last-failure-web#start_0': '991' },
    [1, true, 1_001_000],
  ],
];

for (const [why, meta, attributes, [count, isBanned, expiresAt]] of failures) {
  void t.test(why, (t) => {
    const [node] = readNodes(cib('', ENTRY, ''));
    assert(node?.name === nodeName('haone'), 'the node is read');
    const found = readFailures(
      { historyId: 'web', meta: new Map(Object.entries(meta)) },
      { ...node, attributes: new Map(Object.entries(attributes)) },
      epochMs(1_000_000),
    );
    t.same(found, { count, isBanned, expiresAt });
    t.end();
  });
}
