import { epochMs } from '@holdfast/base';
import { type Cib, readCib } from '@holdfast/cib';
import {
  compareNames,
  determineNodes,
  findActive,
  nodeLines,
  readClusterStatus,
  resourceLines,
} from '@holdfast/status';
import t from 'tap';

const NOW = epochMs(1_700_000_100_000);

type Parts = {
  readonly properties?: string;
  readonly resources?: string;
  readonly status?: string;
};

function cibOf({ properties = '', resources = '', status = '' }: Parts): Cib {
  const text = `<cib have-quorum="true" dc-uuid="1"><configuration>
    <crm_config><cluster_property_set id="s">${properties}</cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
    <resources><primitive id="shot" class="stonith" type="fence_x"/>${resources}</resources>
    </configuration><status>${status}</status></cib>`;
  const read = readCib(text);
  if (!read.ok) throw new Error(JSON.stringify(read.fault));
  return read.value.cib;
}

const ONLINE = 'in_ccm="true" crmd="online" join="member" expected="member"';

function property(name: string, value: string): string {
  return `<nvpair id="p-${name}" name="${name}" value="${value}"/>`;
}

function state(id: number, attributes: string, inside = ''): string {
  return `<node_state id="${id}" uname="n${id}" ${attributes}>${inside}</node_state>`;
}

function transient(id: number, values: Record<string, string>): string {
  const pairs = Object.entries(values).map(
    ([name, value], at) => `<nvpair id="t-${id}-${at}" name="${name}" value="${value}"/>`,
  );
  return `<transient_attributes id="${id}"><instance_attributes id="status-${id}">${pairs.join('')}</instance_attributes></transient_attributes>`;
}

/** Operations as `task rc [target rc]`, oldest first, `monitor` recurring but for `probe`. */
function history(resource: string, ...ops: string[]): string {
  const entries = ops.map((op, at) => {
    const [task = '', rc = '0', target = '0', status = ''] = op.split(' ');
    const isProbe = task === 'probe';
    const interval = task === 'monitor' ? 10_000 : 0;
    const name = isProbe ? 'monitor' : task;
    const opStatus = status === '' ? (rc === target || isProbe ? '0' : '4') : status;
    return `<lrm_rsc_op id="${resource}_${name}_${interval}_${at}" operation_key="${resource}_${name}_${interval}" operation="${name}" interval="${interval}" call-id="${at + 1}" rc-code="${rc}" op-status="${opStatus}" transition-key="1:1:${target}:u" last-rc-change="1700000000"/>`;
  });
  return `<lrm_resource id="${resource}" class="ocf" provider="pacemaker" type="Dummy">${entries.join('')}</lrm_resource>`;
}

function lrm(...resources: string[]): string {
  return `<lrm id="x"><lrm_resources>${resources.join('')}</lrm_resources></lrm>`;
}

function dummy(id: string, inside = ''): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy">${inside}</primitive>`;
}

void t.test('what the status section says of a node', (t) => {
  const off = property('stonith-enabled', 'false');
  const table: readonly [why: string, properties: string, state: string, said: string][] = [
    ['a member', '', ONLINE, 'online'],
    ['never seen', '', '', 'unclean: node has not been seen'],
    ['never seen, and that is no danger', property('startup-fencing', 'false'), '', 'offline'],
    ['never seen, without fencing', off, '', 'offline'],
    ['not a word', '', 'crmd="offline"', 'unclean: peer has not been seen by the cluster'],
    [
      'it left by agreement',
      '',
      'in_ccm="false" crmd="offline" join="down" expected="down"',
      'offline',
    ],
    [
      'it left without a word',
      '',
      'in_ccm="false" crmd="offline" join="down" expected="member"',
      'unclean: peer is no longer part of the cluster',
    ],
    [
      'the same without fencing',
      off,
      'in_ccm="false" crmd="offline" join="down" expected="member"',
      'offline',
    ],
    [
      'in the ring, its daemon gone',
      '',
      'in_ccm="true" crmd="offline" join="member" expected="member"',
      'online unclean: peer process is no longer available',
    ],
    [
      'joining',
      '',
      'in_ccm="true" crmd="online" join="pending" expected="member"',
      'online pending standby',
    ],
    [
      'in the ring, not invited',
      '',
      'in_ccm="true" crmd="offline" join="down" expected="down"',
      'online pending standby',
    ],
    [
      'a strange join',
      '',
      'in_ccm="true" crmd="online" join="odd" expected="member"',
      'online unclean: peer was in an unknown state',
    ],
    [
      'banned',
      '',
      'in_ccm="true" crmd="online" join="banned" expected="member"',
      'online unclean: peer failed Pacemaker membership criteria',
    ],
    [
      'pending for too long',
      property('node-pending-timeout', '60s'),
      'in_ccm="1700000000" crmd="0" join="down" expected="down"',
      'online unclean: peer pending timed out on joining the process group',
    ],
    [
      'pending, not for too long',
      property('node-pending-timeout', '2min'),
      'in_ccm="1700000000" crmd="0" join="down" expected="down"',
      'online pending standby',
    ],
  ];
  for (const [why, properties, attributes, said] of table) {
    const status = attributes === '' ? '' : state(1, attributes);
    const [n1] = determineNodes(cibOf({ properties, status }), NOW);
    const words = [
      ...(n1?.isOnline === true ? ['online'] : []),
      ...(n1?.isPending === true ? ['pending'] : []),
      ...(n1?.isStandby === true ? ['standby'] : []),
      ...(n1?.uncleanWhy === undefined ? [] : [`unclean: ${n1.uncleanWhy}`]),
    ];
    t.equal(words.join(' ') || 'offline', said, why);
  }
  t.end();
});

void t.test('attributes and wishes of a node', (t) => {
  const status =
    state(1, ONLINE, transient(1, { standby: 'on', terminate: 'true' })) +
    state(2, ONLINE, transient(2, { shutdown: '1700000000', maintenance: 'yes' }));
  const [n1, n2] = determineNodes(cibOf({ status }), NOW);
  t.match(n1, {
    isStandby: true,
    uncleanWhy: 'fencing was requested',
    isLeaving: false,
    isDc: true,
  });
  t.match(n2, { isLeaving: true, isMaintenance: true, isOnline: true, uncleanWhy: undefined });
  t.equal(n2?.attributes.get('#uname'), 'n2');
  t.equal(n2?.attributes.get('#is_dc'), 'false');
  t.end();
});

void t.test('where a resource is, and how it is, from its history', (t) => {
  const table: readonly [why: string, ops: readonly string[], said: string][] = [
    ['a probe found nothing', ['probe 7 7'], ''],
    ['a probe found it', ['probe 0 7'], 'Started'],
    ['it was started', ['probe 7 7', 'start 0'], 'Started'],
    ['it was stopped again', ['start 0', 'stop 0'], ''],
    ['its monitor fails', ['start 0', 'monitor 1'], 'Started failed'],
    ['its monitor finds it gone', ['start 0', 'monitor 7'], 'Started failed'],
    ['it failed, and was started again', ['monitor 1', 'stop 0', 'start 0'], 'Started'],
    ['its start failed', ['start 1'], 'Started failed'],
    ['its stop failed: the node must be fenced', ['start 0', 'stop 1'], 'Started failed fence'],
    ['a degraded monitor is no failure', ['start 0', 'monitor 190'], 'Started'],
    ['the agent is not there', ['probe 5 7'], ''],
    ['a start under way', ['start 0 0 -1'], 'Started'],
    ['a cancelled operation says nothing', ['monitor 0 0 1'], ''],
    ['no result says nothing', ['start -1'], ''],
  ];
  for (const [why, ops, said] of table) {
    const status = state(1, ONLINE, lrm(history('web', ...ops))) + state(2, ONLINE);
    const active = findActive(cibOf({ resources: dummy('web'), status }), NOW);
    const words = active.instances.map(({ role, isFailed }) =>
      isFailed ? `${role} failed` : role,
    );
    const fence = active.nodes.some(({ uncleanWhy }) => uncleanWhy === 'web failed there');
    t.equal([...words, ...(fence ? ['fence'] : [])].join(' '), said, why);
  }
  t.end();
});

void t.test('on-fail says what a failed monitor leads to', (t) => {
  const table: readonly [onFail: string, line: string, node: string][] = [
    ['restart', ' FAILED n1', 'Online: [ n1 n2 ]'],
    ['block', ' FAILED n1 (blocked)', 'Online: [ n1 n2 ]'],
    ['ignore', ' Started n1 (failure ignored)', 'Online: [ n1 n2 ]'],
    ['fence', ' FAILED n1', 'Node n1: UNCLEAN (online)'],
    ['standby', ' FAILED n1', 'Node n1: standby (on-fail)'],
  ];
  for (const [onFail, line, node] of table) {
    const op = `<operations><op id="o" name="monitor" interval="10s" on-fail="${onFail}"/></operations>`;
    const status = state(1, ONLINE, lrm(history('web', 'start 0', 'monitor 1'))) + state(2, ONLINE);
    const reading = readClusterStatus(cibOf({ resources: dummy('web', op), status }), NOW);
    t.equal(resourceLines(reading)[1], `web\t(ocf:pacemaker:Dummy):\t${line}`, onFail);
    t.equal(nodeLines(reading)[0], node, onFail);
    t.equal(reading.failures.length, onFail === 'ignore' ? 0 : 1, onFail);
  }
  t.end();
});

void t.test('failures are forgotten after failure-timeout, unless they still count', (t) => {
  const meta = (timeout: string): string =>
    dummy(
      'web',
      `<meta_attributes id="m"><nvpair id="f" name="failure-timeout" value="${timeout}"/></meta_attributes>`,
    );
  const read = (timeout: string, attributes: Record<string, string>): string => {
    const inside = transient(1, attributes) + lrm(history('web', 'start 0', 'monitor 1'));
    const status = state(1, ONLINE, inside) + state(2, ONLINE);
    const reading = readClusterStatus(cibOf({ resources: meta(timeout), status }), NOW);
    const counts = reading.failCounts.map(({ count, lastMs }) => `${count} at ${lastMs}`);
    return [String(reading.failures.length), ...counts].join(', ');
  };
  const counted = (last: string): Record<string, string> => ({
    'fail-count-web#monitor_10000': '2',
    'fail-count-web#start_0': '1',
    'fail-count-webby#start_0': '9',
    'last-failure-web#monitor_10000': last,
  });
  t.equal(read('0', counted('1700000000')), '1, 3 at 1700000000000', 'never');
  t.equal(read('200s', counted('1700000000')), '1, 3 at 1700000000000', 'not yet');
  t.equal(read('50s', counted('1700000000')), '0, 3 at 1700000000000', 'long ago');
  t.equal(read('50s', counted('1700000090')), '1, 3 at 1700000090000', 'it failed again since');
  t.equal(read('50s', {}), '0', 'nothing is counted');
  t.end();
});

void t.test('groups, clones and what is no longer configured', (t) => {
  const resources = `<group id="g">${dummy('a')}${dummy('b')}</group>
    <clone id="c"><meta_attributes id="cm"><nvpair id="cp" name="promotable" value="true"/></meta_attributes>${dummy('db')}</clone>
    <clone id="u"><meta_attributes id="um"><nvpair id="ug" name="globally-unique" value="true"/></meta_attributes>${dummy('ip')}</clone>`;
  const status =
    state(
      1,
      ONLINE,
      lrm(
        history('a', 'start 0'),
        history('db', 'start 0', 'promote 0'),
        history('ip:1', 'start 0'),
        history('gone', 'start 0'),
      ),
    ) + state(2, ONLINE, lrm(history('db', 'start 0'), history('ip:0', 'start 0')));
  const reading = readClusterStatus(cibOf({ resources, status }), NOW);
  t.strictSame(
    resourceLines(reading).map((line) => line.replace('\t(ocf:pacemaker:Dummy):\t', '')),
    [
      'shot\t(stonith:fence_x):\t Stopped',
      'Resource Group: g:',
      '  a Started n1',
      '  b Stopped',
      'Clone Set: c [db] (promotable):',
      '  Promoted: [ n1 ]',
      '  Unpromoted: [ n2 ]',
      'Clone Set: u [ip] (unique):',
      '  ip:0 Started n2',
      '  ip:1 Started n1',
      'gone ORPHANED Started n1',
    ],
  );
  t.end();
});

void t.test('a resource on a lost node counts as active there, and the node as unclean', (t) => {
  const gone = 'in_ccm="false" crmd="offline" join="down" expected="down"';
  const status = state(1, gone, lrm(history('web', 'start 0'))) + state(2, ONLINE);
  const read = (properties: string): readonly string[] => {
    const reading = readClusterStatus(cibOf({ properties, resources: dummy('web'), status }), NOW);
    return [...nodeLines(reading), ...resourceLines(reading).slice(1)];
  };
  t.strictSame(read(''), [
    'Node n1: UNCLEAN (offline)',
    'Online: [ n2 ]',
    'web\t(ocf:pacemaker:Dummy):\t Started n1 (UNCLEAN)',
  ]);
  t.strictSame(read(property('stonith-enabled', 'false')), [
    'Online: [ n2 ]',
    'OFFLINE: [ n1 ]',
    'web\t(ocf:pacemaker:Dummy):\t Stopped',
  ]);
  t.end();
});

void t.test('names are put in the order people count in', (t) => {
  const names = ['node10', 'Node2', 'node1', 'alpha', 'node01', 'node'];
  t.strictSame([...names].sort(compareNames), [
    'alpha',
    'node',
    'node1',
    'node01',
    'Node2',
    'node10',
  ]);
  t.end();
});
