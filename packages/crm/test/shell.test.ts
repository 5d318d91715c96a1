import { emptyCib, firstChild } from '@holdfast/cib';
import t from 'tap';
import { findObject, section } from '#src/draft/places.js';
import { crm, shellFor } from './support/crm.js';
import { fakeDaemon, withNodes, withStatus } from './support/fake-daemon.js';

const FIRST = `property stonith-enabled=false
property no-quorum-policy=ignore
primitive drbd_res ocf:linbit:drbd params drbd_resource=r0 op monitor interval=29s role=Master op monitor interval=31s role=Slave
ms drbd_master_slave drbd_res meta master-max=1 master-node-max=1 clone-max=2 clone-node-max=1 notify=true
primitive fs_res ocf:heartbeat:Filesystem params device=/dev/drbd0 directory=/mnt/drbd0 fstype=ext4
colocation fs_drbd_colo INFINITY: fs_res drbd_master_slave:Master
order fs_after_drbd mandatory: drbd_master_slave:promote fs_res:start
commit
show
quit
`;

const SECOND = `primitive ha_k8s_failover_service systemd:two-node-ha-k8s-failover op start interval=0 timeout=120 op stop interval=0 timeout=30
order failover_after_fs mandatory: fs_res:start ha_k8s_failover_service:start
colocation fs_failover_colo INFINITY: fs_res ha_k8s_failover_service
commit
show
quit
`;

const OP = (task: string, call: number, rc: number, targetRc = rc): string =>
  `<lrm_rsc_op id="x_${task}_0" operation_key="x_${task}_0" operation="${task}" interval="0" call-id="${String(call)}" rc-code="${String(rc)}" op-status="${rc === targetRc ? '0' : '4'}" transition-key="1:1:${String(targetRc)}:00000000-0000-0000-0000-000000000000" exec-time="33" queue-time="0" exit-reason="${rc === targetRc ? '' : 'disk is gone'}"/>`;

const RUNNING = `<status>
  <node_state id="1" uname="haone" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="1"><lrm_resources>
    <lrm_resource id="drbd_res" class="ocf" provider="linbit" type="drbd">${OP('start', 3, 0)}${OP('promote', 4, 0)}</lrm_resource>
    <lrm_resource id="fs_res" class="ocf" provider="heartbeat" type="Filesystem">${OP('start', 5, 0)}</lrm_resource>
  </lrm_resources></lrm></node_state>
  <node_state id="2" uname="hatwo" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="2"><lrm_resources>
    <lrm_resource id="drbd_res" class="ocf" provider="linbit" type="drbd">${OP('start', 3, 0)}</lrm_resource>
    <lrm_resource id="fs_res" class="ocf" provider="heartbeat" type="Filesystem">${OP('monitor', 2, 7)}</lrm_resource>
  </lrm_resources></lrm></node_state>
</status>`;

void t.test('the two blocks of the guide, through standard input', async (t) => {
  const daemon = await fakeDaemon(t);
  const first = await crm(daemon, ['configure'], FIRST);
  t.equal(first.code, 0, first.err);
  t.match(
    first.out,
    'primitive fs_res Filesystem \\\n\tparams device="/dev/drbd0" directory="/mnt/drbd0" fstype=ext4\n',
  );
  t.match(first.out, 'order fs_after_drbd Mandatory: drbd_master_slave:promote fs_res:start\n');
  t.match(first.out, 'colocation fs_drbd_colo inf: fs_res drbd_master_slave:Master\n');
  t.equal(
    daemon.asked.filter(({ method }) => method === 'cib.replace').length,
    1,
    'one commit, one change',
  );
  const second = await crm(daemon, ['configure'], SECOND);
  t.equal(second.code, 0, second.err);
  t.equal(section(daemon.cib, 'constraints').length, 4);

  const copy = await fakeDaemon(t);
  const reloaded = await crm(copy, ['configure'], second.out);
  t.equal(reloaded.code, 0, reloaded.err);
  t.equal(
    (await crm(copy, ['configure', 'show'])).out,
    second.out,
    'what is shown can be loaded again',
  );
});

void t.test('moving there and back leaves nothing behind', async (t) => {
  const daemon = await fakeDaemon(t);
  await crm(daemon, ['configure'], FIRST);
  daemon.cib = withStatus(daemon.cib, RUNNING);
  const moved = await crm(daemon, ['resource', 'move', 'fs_res', 'hatwo']);
  t.equal(moved.code, 0, moved.err);
  t.match(findObject(daemon.cib, 'cli-prefer-fs_res')?.attributes, {
    rsc: 'fs_res',
    node: 'hatwo',
    score: 'INFINITY',
  });
  t.equal((await crm(daemon, ['resource', 'clear', 'fs_res'])).code, 0);
  t.notMatch(JSON.stringify(daemon.cib), 'cli-');

  const shell = await shellFor(daemon);
  t.equal(await shell.run('resource move fs_res'), 0, 'without a node it leaves the one it is on');
  t.ok(findObject(daemon.cib, 'cli-ban-fs_res-on-haone'));
  t.equal(await shell.run('resource clear fs_res'), 0);
  t.equal(await shell.run('resource move fs_res hatwo 10m'), 0);
  t.match(JSON.stringify(findObject(daemon.cib, 'cli-prefer-fs_res')), '2026-11-25T00:10:00Z');
  t.equal(await shell.run('resource move fs_res hatwoo'), 105);
  t.match(shell.said.err, 'there is no node hatwoo. Did you mean hatwo?');
  shell.place.shell.client?.close();
});

void t.test('what the failover script of the guide asks and says', async (t) => {
  const daemon = await fakeDaemon(t);
  await crm(daemon, ['configure'], FIRST);
  await crm(daemon, ['configure'], SECOND);
  daemon.cib = withStatus(daemon.cib, RUNNING);
  const status = await crm(daemon, ['resource', 'status', 'drbd_master_slave']);
  t.equal(
    status.out,
    'resource drbd_master_slave is running on: haone Promoted\nresource drbd_master_slave is running on: hatwo \n',
  );
  t.equal(
    (await crm(daemon, ['resource', 'status', 'ha_k8s_failover_service'])).out,
    'resource ha_k8s_failover_service is NOT running\n',
  );
  const standby = await crm(daemon, ['node', 'standby']);
  t.equal(standby.code, 0, standby.err);
  t.match(JSON.stringify(section(daemon.cib, 'nodes')[0]), /standby.*on/);
  t.equal((await crm(daemon, ['node', 'online'])).code, 0);
  for (const id of ['ha_k8s_failover_service', 'fs_res', 'drbd_master_slave']) {
    t.equal((await crm(daemon, ['resource', 'clear', id])).code, 0, `clear ${id}`);
    t.equal((await crm(daemon, ['resource', 'cleanup', id])).code, 0, `cleanup ${id}`);
  }
  t.same(
    daemon.asked
      .filter(({ method }) => method === 'resource.cleanup')
      .map(({ params }) => (params as { resource: string }).resource),
    ['ha_k8s_failover_service', 'fs_res', 'drbd_res'],
  );
});

void t.test('status shows who is there, what runs where, and what failed', async (t) => {
  const daemon = await fakeDaemon(t);
  await crm(daemon, ['configure'], FIRST);
  daemon.cib = withStatus(daemon.cib, RUNNING.replace(OP('start', 5, 0), OP('start', 5, 1, 0)));
  daemon.fences = [
    {
      id: 'f',
      target: 'hatwo',
      action: 'reboot',
      state: 'failed',
      origin: 'haone',
      detail: 'pdu1 does not answer',
      devices: ['pdu1'],
      startedAtMs: 0,
      endedAtMs: 4000,
    },
  ];
  daemon.status = { ...daemon.status, warnings: ['datagrams are not encrypted'] };
  const shell = await shellFor(daemon);
  t.equal(await shell.run('status'), 0);
  const text = shell.said.out;
  t.match(text, '  * Current DC: haone (version 0.1.0) - partition with quorum\n');
  t.match(text, '  * 2 nodes configured\n');
  t.match(text, '  * Online: [ haone hatwo ]\n');
  t.match(
    text,
    '  * Clone Set: drbd_master_slave [drbd_res] (promotable):\n    * Promoted: [ haone ]\n    * Unpromoted: [ hatwo ]\n',
  );
  t.match(
    text,
    "on haone 'error' (1): call=5, status='complete', exitreason='disk is gone', queued=0ms, exec=33ms",
  );
  t.match(text, 'reboot of hatwo for haone FAILED by pdu1 in 4s: pdu1 does not answer');
  t.match(text, '  * datagrams are not encrypted');
  shell.said.out = '';
  await shell.run('status simple');
  t.equal(shell.said.out, 'CLUSTER WARN: failed resource: fs_res on haone\n');
  shell.said.out = '';
  await shell.run('status --json');
  t.match(JSON.parse(shell.said.out), {
    cluster: { dc: 'haone' },
    view: { failures: [{ resource: 'fs_res', rc: 1 }] },
  });
  shell.place.shell.client?.close();
});

void t.test('a node that is gone without proof is unclean, one that left is offline', async (t) => {
  const daemon = await fakeDaemon(t);
  daemon.cib = withStatus(
    daemon.cib,
    '<status><node_state id="1" uname="haone" in_ccm="false" crmd="offline" join="down" expected="member"/><node_state id="2" uname="hatwo" in_ccm="false" crmd="offline" join="down" expected="down"/></status>',
  );
  const shell = await shellFor(daemon);
  await shell.run('status');
  t.match(shell.said.out, '  * Node haone: UNCLEAN (offline)\n  * OFFLINE: [ hatwo ]\n');
  shell.place.shell.client?.close();
});

void t.test('what is wrong is refused with a way out, and changes nothing', async (t) => {
  const rows = [
    { line: 'primitve a Dummy', says: 'no command "primitve". Did you mean primitive?' },
    {
      line: 'primitive a ocf:heartbeat:Dumy',
      says: 'there is no agent ocf:heartbeat:Dumy on this node. Did you mean ocf:heartbeat:Dummy?',
    },
    {
      line: 'primitive vip IPaddr2 params ip=192.0.2.7 cidr_netmsk=24',
      says: 'ocf:heartbeat:IPaddr2 has no parameter cidr_netmsk. Did you mean cidr_netmask?',
    },
    { line: 'primitive vip IPaddr2', says: 'ocf:heartbeat:IPaddr2 requires the parameter ip' },
    {
      line: 'primitive a Dummy op monitor intervl=10s',
      says: 'an operation has no attribute "intervl". Did you mean interval?',
    },
    {
      line: 'primitive a Dummy op monitor interval=often',
      says: 'interval="often": expected a length of time',
    },
    {
      line: 'primitive a Dummy meta target-rol=Started',
      says: 'there is no meta-attribute target-rol. Did you mean target-role?',
    },
    {
      line: 'primitive a Dummy meta is-managed=perhaps',
      says: 'is-managed="perhaps": expected true or false',
    },
    {
      line: 'property stonith-enabld=true',
      says: 'there is no stonith-enabld. Did you mean stonith-enabled?',
    },
    { line: 'property no-quorum-policy=carry-on', says: 'expected one of stop, freeze' },
    { line: 'group g a', says: 'there is no resource a' },
    { line: 'location l web 100: hatoo', says: 'there is no node hatoo. Did you mean hatwo?' },
    { line: 'order o webb vip', says: 'there is no resource with this id; did you mean web?' },
    { line: 'primitive web Dummy', says: 'web exists already' },
    { line: 'primitive a Dummy params "x', says: 'is not closed' },
    { line: 'delete webb', says: 'there is no webb. Did you mean web?' },
    {
      line: 'primitive f stonith:fence_apc_snmp params ip=1 pcmk_host_lst=a',
      says: 'has no parameter pcmk_host_lst. Did you mean pcmk_host_list?',
    },
    {
      line: 'primitive f stonith:fence_apc_snmp params ip=1 community=******',
      says: 'is the mask that "show" prints',
    },
  ];
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  t.equal(await shell.run('configure primitive web Dummy'), 0, shell.said.err);
  for (const { line, says } of rows) {
    const before = JSON.stringify(daemon.cib);
    shell.said.err = '';
    t.not(await shell.run(`configure ${line}`), 0, line);
    t.match(shell.said.err, says, line);
    t.equal(JSON.stringify(daemon.cib), before, `${line}: nothing changed`);
    await shell.run('configure refresh');
  }
  shell.place.shell.client?.close();
});

void t.test('a script keeps its good lines and fails for the bad one', async (t) => {
  const daemon = await fakeDaemon(t);
  const { code, err } = await crm(
    daemon,
    ['configure'],
    '# why it is here\nprimitive a Dummy\nprimtive b Dummy\nprimitive c Dummy\n',
  );
  t.equal(code, 1);
  t.match(err, 'Did you mean primitive?');
  t.same(
    section(daemon.cib, 'resources').map(({ attributes }) => attributes['id']),
    ['a', 'c'],
    'the end of input commits',
  );
  t.match(
    (await crm(daemon, ['configure', 'show', 'a'])).out,
    '# why it is here\nprimitive a Dummy\n',
  );
});

void t.test('somebody else was faster', async (t) => {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  const other = await shellFor(daemon);
  for (const line of ['configure', 'primitive a Dummy']) await shell.run(line);
  await other.run('configure primitive b Dummy');
  t.equal(await shell.run('commit'), 103);
  t.match(shell.said.err, 'somebody else changed the configuration');
  t.notOk(findObject(daemon.cib, 'a'));
  t.equal(await shell.run('commit force'), 0, shell.said.err);
  t.ok(
    findObject(daemon.cib, 'a') && findObject(daemon.cib, 'b'),
    'forced: ours on top of theirs, theirs not lost',
  );

  for (const line of ['set a.fake 1', 'primitive c Dummy params fake=1']) await shell.run(line);
  daemon.epoch += 1;
  t.equal(
    await shell.run('commit'),
    0,
    'a version that moved without the configuration is no conflict',
  );
  await shell.run('set c.fake 2');
  await other.run('configure set c.fake 3');
  t.equal(await shell.run('commit force'), 103, 'both changed one object: nothing is guessed');
  t.match(shell.said.err, 'somebody else changed c, too');
  shell.place.shell.client?.close();
  other.place.shell.client?.close();
});

void t.test('a change that could be lost is never acknowledged silently', async (t) => {
  const daemon = await fakeDaemon(t);
  daemon.isDurable = false;
  const changed = await crm(daemon, ['configure', 'primitive', 'a', 'Dummy']);
  t.equal(changed.code, 0);
  t.match(
    changed.err,
    'the change is stored on haone, and is not safe yet: a node that is not proven down',
  );
  t.match((await crm(daemon, ['node', 'standby', 'hatwo'])).err, 'is not safe yet');
});

void t.test('secrets are masked wherever they are shown', async (t) => {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  await shell.run('configure primitive i stonith:fence_ipmilan params ip=10.0.9.1 password=s3cret');
  await shell.run(
    'configure primitive p stonith:fence_apc_snmp params ip=10.0.9.2 community=pr1vate',
  );
  for (const line of [
    'configure show',
    'configure show xml',
    'configure save -',
    'resource param i show password',
    'status full',
    'status --json',
  ])
    await shell.run(line);
  t.match(shell.said.out, 'password="******"');
  t.notMatch(shell.said.out, /s3cret|pr1vate/);
  t.notMatch(shell.said.err, /s3cret|pr1vate/);
  t.match(JSON.stringify(findObject(daemon.cib, 'i')), 's3cret', 'but stored as they are');
  shell.place.shell.client?.close();
});

void t.test('what can do harm is not done without a human or force', async (t) => {
  const daemon = await fakeDaemon(t);
  await crm(daemon, ['configure'], FIRST);
  daemon.cib = withStatus(daemon.cib, RUNNING);
  const lines = [
    'node fence hatwo',
    'fence confirm hatwo',
    'node clearstate hatwo',
    'configure erase',
    'configure delete fs_res',
    'node delete hatwo',
  ];
  const careful = await shellFor(daemon);
  const before = JSON.stringify(daemon.cib);
  for (const line of lines) t.equal(await careful.run(line), 107, line);
  t.equal(JSON.stringify(daemon.cib), before);
  t.notOk(daemon.asked.some(({ method }) => /^fence\.(request|confirm)$/.test(method)));
  const forced = await shellFor(daemon, true);
  t.equal(await forced.run('node fence hatwo'), 0);
  t.match(forced.said.out, 'reboot of hatwo succeeded');
  t.equal(await forced.run('fence confirm hatwo'), 0);
  t.equal(await forced.run('configure delete fs_res'), 0);
  t.notOk(findObject(daemon.cib, 'fs_res'));
  t.match(forced.said.err, 'the constraint fs_drbd_colo was deleted with fs_res');
  careful.place.shell.client?.close();
  forced.place.shell.client?.close();
});

void t.test('without a daemon the answer names the socket', async (t) => {
  const daemon = await fakeDaemon(t, withNodes(emptyCib(), 'haone'));
  const { code, err } = await crm({ ...daemon, path: `${daemon.path}.none` }, ['status']);
  t.equal(code, 102);
  t.match(err, /No daemon answers on .*a\.sock\.none: is holdfastd running\?/);
});

void t.test('load takes all of a file or nothing of it', async (t) => {
  const daemon = await fakeDaemon(t);
  const bad = await crm(
    daemon,
    ['configure', 'load', 'update', '-'],
    'primitive a Dummy\nprimitive b Dumy\n',
  );
  t.equal(bad.code, 1);
  t.match(bad.err, '-: line 2: nothing was loaded');
  t.notOk(findObject(daemon.cib, 'a'));
  t.equal(
    (await crm(daemon, ['configure', 'load', 'update', '-'], 'primitive a Dummy params fake=1\n'))
      .code,
    0,
  );
  t.equal(
    (await crm(daemon, ['configure', 'load', 'update', '-'], 'primitive a Dummy params fake=2\n'))
      .code,
    0,
  );
  t.match(
    (await crm(daemon, ['configure', 'show', 'a'])).out,
    'primitive a Dummy \\\n\tparams fake=2\n',
  );
  t.equal(
    (await crm(daemon, ['configure', 'load', 'replace', '-'], 'primitive b Dummy\n')).code,
    0,
  );
  t.equal(
    (await crm(daemon, ['configure', 'show'])).out.replace(/^node.*\n/gm, ''),
    'primitive b Dummy\n',
  );
  const xml = (await crm(daemon, ['configure', 'save', 'xml', '-'])).out;
  t.equal(
    (await crm(daemon, ['configure', 'load', 'xml', 'replace', '-'], xml.replaceAll('"b"', '"z"')))
      .code,
    0,
  );
  t.equal(
    firstChild(firstChild(firstChild(daemon.cib, 'configuration'), 'resources'), 'primitive')
      ?.attributes['id'],
    'z',
  );
});

void t.test('agents are listed and described', async (t) => {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  for (const line of [
    'ra classes',
    'ra list ocf pacemaker',
    'ra info IPaddr2',
    'ra providers Dummy',
    'explain web',
    'cluster status',
    'corosync status',
  ]) {
    t.equal(await shell.run(line), 0, line);
  }
  t.match(shell.said.out, 'ocf / heartbeat linbit pacemaker\n');
  t.match(shell.said.out, 'Dummy\nStateful\nping\nremote\n');
  t.match(shell.said.out, 'ip* (string): about ip\n');
  t.match(shell.said.out, 'heartbeat pacemaker\n');
  t.match(shell.said.out, 'Expected votes:   2\n');
  shell.place.shell.client?.close();
});
