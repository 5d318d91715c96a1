import { emptyCib, firstChild } from '@holdfast/cib';
import t from 'tap';
import { findObject, section } from '#src/draft/places.js';
import { crm, shellFor } from './support/crm.js';
import { fakeDaemon, withNodes, withStatus } from './support/fake-daemon.js';
import { FIRST, RUNNING } from './support/guide.js';

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
  await shell.run(
    'configure primitive b stonith:fence-ipmi params ip=10.0.9.3 password=s3cret kg=gr0up',
  );
  await shell.run(
    'configure primitive c stonith:fence_ipmilan params ip=10.0.9.4 hexadecimal_kg=6772',
  );
  for (const line of [
    'configure show',
    'configure show xml',
    'configure save -',
    'resource param i show password',
    'resource param b show kg',
    'status full',
    'status --json',
  ])
    await shell.run(line);
  t.match(shell.said.out, 'password="******"');
  t.notMatch(shell.said.out, /s3cret|pr1vate|gr0up|6772/);
  t.notMatch(shell.said.err, /s3cret|pr1vate|gr0up|6772/);
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
