import t from 'tap';
import { type Cluster, compareNames, nodeLines, rawFailCount } from '@holdfast/status';
import {
  ONLINE,
  dummy,
  history,
  lines,
  lrm,
  primitivesOf,
  property,
  read,
  state,
  transient,
} from './support/small.js';

void t.test('what the status section says of a node', (t) => {
  const off = property('stonith-enabled', 'false');
  const table: readonly [why: string, properties: string, state: string, said: string][] = [
    ['a member', '', ONLINE, 'online'],
    ['never seen', '', '', 'unclean: never seen'],
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
    const { cluster, fences } = read({ properties, status });
    const n1 = cluster.nodeByName.get('n1');
    const reason = n1?.isSeen === true ? fences.get('n1') : 'never seen';
    const words = [
      ...(n1?.isOnline === true ? ['online'] : []),
      ...(n1?.isPending === true ? ['pending'] : []),
      ...(n1?.isStandby === true ? ['standby'] : []),
      ...(n1?.isUnclean === true ? [`unclean: ${reason}`] : []),
    ];
    t.equal(words.join(' ') || 'offline', said, why);
  }
  t.end();
});

void t.test('attributes and wishes of a node', (t) => {
  const status =
    state(1, ONLINE, transient(1, { standby: 'on', terminate: 'true' })) +
    state(2, ONLINE, transient(2, { shutdown: '1700000000', maintenance: 'yes' }));
  const { cluster, fences } = read({ status });
  const [n1, n2] = cluster.nodes;
  t.match(n1, { isStandby: true, isUnclean: true, isLeaving: false, isDc: true });
  t.match(n2, { isLeaving: true, isMaintenance: true, isOnline: true, isUnclean: false });
  t.strictSame([...fences], [['n1', 'fencing was requested']]);
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
    const { cluster, fences } = read({ resources: dummy('web'), status });
    const words = primitivesOf(cluster).flatMap(({ id, active, role, isFailed }) =>
      id !== 'web' ? [] : active.map(() => (isFailed ? `${role} failed` : role)),
    );
    const fence = fences.get('n1') === 'web failed there';
    t.equal([...words, ...(fence ? ['fence'] : [])].join(' '), said, why);
  }
  t.end();
});

function failuresOf(cluster: Cluster): number {
  return primitivesOf(cluster).filter(({ isFailed }) => isFailed).length;
}

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
    const { cluster } = read({ resources: dummy('web', op), status });
    t.equal(lines(cluster)[1], `web\t(ocf:pacemaker:Dummy):\t${line}`, onFail);
    t.equal(nodeLines(cluster)[0], node, onFail);
    t.equal(failuresOf(cluster), onFail === 'ignore' ? 0 : 1, onFail);
  }
  t.end();
});

void t.test('a node carries the priorities of what runs well on it', (t) => {
  const web = dummy(
    'web',
    '<meta_attributes id="m"><nvpair id="p" name="priority" value="5"/></meta_attributes>',
  );
  const carried = (...ops: readonly string[]): number | undefined => {
    const status = state(1, ONLINE, lrm(history('web', ...ops))) + state(2, ONLINE);
    return read({ resources: web, status }).cluster.nodeByName.get('n1')?.priority;
  };
  t.equal(carried('start 0'), 5);
  t.equal(carried('start 0', 'promote 0'), 6, 'promoted');
  t.equal(carried('start 0', 'monitor 1'), 0, 'failed');
  t.equal(carried('start 0', 'stop 0'), 0, 'stopped');
  t.end();
});

void t.test('failures are forgotten after failure-timeout, unless they still count', (t) => {
  const meta = (timeout: string): string =>
    dummy(
      'web',
      `<meta_attributes id="m"><nvpair id="f" name="failure-timeout" value="${timeout}"/></meta_attributes>`,
    );
  const counted = (timeout: string, attributes: Record<string, string>): string => {
    const inside = transient(1, attributes) + lrm(history('web', 'start 0', 'monitor 1'));
    const status = state(1, ONLINE, inside) + state(2, ONLINE);
    const { cluster } = read({ resources: meta(timeout), status });
    const [web, n1] = [cluster.byId.get('web'), cluster.nodeByName.get('n1')];
    if (web === undefined || n1 === undefined) throw new Error('no web, or no n1');
    const { count, last } = rawFailCount(web, n1);
    const counts = count === 0 ? [] : [`${count} at ${last * 1000}`];
    return [String(failuresOf(cluster)), ...counts].join(', ');
  };
  const twice = (last: string): Record<string, string> => ({
    'fail-count-web#monitor_10000': '2',
    'fail-count-web#start_0': '1',
    'fail-count-webby#start_0': '9',
    'last-failure-web#monitor_10000': last,
  });
  t.equal(counted('0', twice('1700000000')), '1, 3 at 1700000000000', 'never');
  t.equal(counted('200s', twice('1700000000')), '1, 3 at 1700000000000', 'not yet');
  t.equal(counted('50s', twice('1700000000')), '0, 3 at 1700000000000', 'long ago');
  t.equal(counted('50s', twice('1700000090')), '1, 3 at 1700000090000', 'it failed again since');
  t.equal(counted('50s', {}), '0', 'nothing is counted');
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
  const { cluster } = read({ resources, status });
  t.strictSame(
    lines(cluster).map((line) => line.replace('\t(ocf:pacemaker:Dummy):\t', '')),
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
  const linesWith = (properties: string): readonly string[] => {
    const { cluster } = read({ properties, resources: dummy('web'), status });
    return [...nodeLines(cluster), ...lines(cluster).slice(1)];
  };
  t.strictSame(linesWith(''), [
    'Node n1: UNCLEAN (offline)',
    'Online: [ n2 ]',
    'web\t(ocf:pacemaker:Dummy):\t Started n1 (UNCLEAN)',
  ]);
  t.strictSame(linesWith(property('stonith-enabled', 'false')), [
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
