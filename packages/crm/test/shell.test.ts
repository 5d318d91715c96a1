import t from 'tap';
import { findObject, section } from '#src/draft/places.js';
import { crm, shellFor } from './support/crm.js';
import { fakeDaemon, withStatus } from './support/fake-daemon.js';
import { FIRST, OP, RUNNING, SECOND } from './support/guide.js';

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
      tried: [],
      detail: 'pdu1 does not answer',
      progress: null,
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
  const asProcess = await crm(daemon, ['status', '--json']);
  t.equal(asProcess.code, 0, asProcess.err);
  t.match(
    JSON.parse(asProcess.out),
    { cluster: { node: 'haone' } },
    'the same from the command line',
  );
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
