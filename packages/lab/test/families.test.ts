/** Every family of the lab, against our own agent, which has a table of its own. */
import t from 'tap';
import { FAMILIES } from '#src/families.js';
import { bench, runAgent } from './bench.ts';

const MACHINES = [{ name: 'haone' }, { name: 'hatwo' }];
const USER = {
  name: 'fencer',
  access: 'write',
  auth: { protocol: 'sha256', password: 'authpass1' },
  priv: { protocol: 'aes', password: 'privpass1' },
};
const V3 = {
  snmp_version: '3',
  username: 'fencer',
  password: 'authpass1',
  snmp_auth_prot: 'SHA-256',
  snmp_priv_passwd: 'privpass1',
};

void t.test('our agent knows every family of the lab by asking it', async (t) => {
  const devices = FAMILIES.map(({ name }, index) => ({
    name,
    kind: 'snmp',
    family: name,
    port: 1200 + index,
    feeds: ['haone', 'hatwo'],
    users: [USER],
  }));
  const made = await bench(MACHINES, devices);
  t.teardown(made.close);
  for (const { name, port } of devices) {
    const power = (): string =>
      made.lab
        .bank(name)
        .shown()
        .map((outlet) => outlet.power)
        .join(' ');
    const act = (given: Readonly<Record<string, string>>) =>
      runAgent('fence_holdfast_pdu', { ip: made.address, ipport: port, ...given });
    t.equal((await act({ action: 'monitor' })).code, 0, name);
    const off = await act({ action: 'off', plug: '2', ...V3 });
    t.equal(off.code, 0, `${name}: off in version 3: ${off.out}`);
    t.equal(power(), 'on off', `${name}: the second and no other`);
    t.equal((await act({ action: 'status', plug: '2', snmp_version: '1' })).code, 2);
    t.equal((await act({ action: 'status', plug: '1,2' })).code, 0, 'one of two is on');
    t.equal((await act({ action: 'on', plug: '2' })).code, 0);
    t.equal(power(), 'on on', name);
    const absent = await act({ action: 'off', plug: '9', snmp_retries: '0' });
    t.equal(absent.code, 1, `${name}: an outlet that is not there is an error: ${absent.out}`);
  }
  const denied = await runAgent('fence_holdfast_pdu', {
    ...{ ip: made.address, ipport: 1200, action: 'off', plug: '1', ...V3 },
    password: 'wrongpass1',
  });
  t.match(denied, { code: 1, out: /login denied: wrong password/ });
  const generic = await runAgent('fence_holdfast_pdu', {
    ...{ ip: made.address, ipport: 1200, action: 'off', plug: '1', family: 'generic' },
    oid_state: '.1.3.6.1.4.1.318.1.1.12.3.5.1.1.4',
    oid_control: '.1.3.6.1.4.1.318.1.1.12.3.3.1.1.4.{n}',
  });
  t.equal(generic.code, 0, generic.out);
});

void t.test('what is neither on nor off is an error, and is waited for', async (t) => {
  const made = await bench(MACHINES, [
    { name: 'g3', kind: 'snmp', family: 'eaton-g3', port: 1161, feeds: ['haone', 'hatwo'] },
    { name: 'apc', kind: 'snmp', port: 1162, feeds: ['haone', 'hatwo'] },
  ]);
  t.teardown(made.close);
  const act = (port: number, given: Readonly<Record<string, string>>) =>
    runAgent('fence_holdfast_pdu', { ip: made.address, ipport: port, plug: '1', ...given });
  const g3 = made.lab.bank('g3');
  g3.plant({ switchMs: 1500 });
  const late = await act(1161, { action: 'off', power_timeout: '300ms' });
  t.match(
    late,
    { code: 1, out: /not proven off.*state 2 \(still switching\)/ },
    'pending is not off',
  );
  t.match(
    await act(1161, { action: 'off', power_timeout: '15s' }),
    { code: 0 },
    'and is waited for',
  );
  t.equal(g3.shown()[0]?.power, 'off');

  const name = '1.3.6.1.4.1.318.1.1.12.3.5.1.1.2';
  const rows: readonly [string, Record<string, string>, RegExp][] = [
    ['a text is no state', { oid_state: name }, /something that is no number/],
    ['an object that is not there', { oid_state: '1.3.6.1.4.1.318.9.9' }, /NoSuchObject/],
    ['an outlet that is not there', { oid_state: `${name}.{n}.7` }, /has no/],
    ['one word for both', { oid_state: name, state_off: '1' }, /both 1: nothing could be proven/],
    ['no object id', { oid_state: 'sysDescr' }, /oid_state=sysDescr/],
    ['none at all', {}, /family=generic needs oid_state/],
  ];
  for (const [why, given, out] of rows) {
    const ran = await act(1162, { action: 'status', family: 'generic', ...given });
    t.match(ran, { code: 1, out }, why);
  }
  const mistaken = await act(1162, { action: 'status', family: 'raritan' });
  t.match(mistaken, { code: 1, out: /has no/ }, 'a device taken for another one');
});

void t.test('several plugs of one device are off when every one is', async (t) => {
  const made = await bench(
    [{ name: 'haone' }],
    [{ name: 'pdu', kind: 'snmp', port: 1161, feeds: ['haone', 'haone', null] }],
  );
  t.teardown(made.close);
  const act = (action: string) =>
    runAgent('fence_holdfast_pdu', {
      ...{ ip: made.address, ipport: 1161, plug: '1,2', action, power_timeout: '500ms' },
    });
  const bank = made.lab.bank('pdu');
  bank.plant({ stuck: [2] });
  t.match(await act('off'), { code: 1, out: /outlet 2 is not proven off/ });
  t.equal(made.machine('haone')?.power, 'on', 'the second supply keeps it alive');
  t.match(await act('status'), { code: 0 });
  bank.plant({ stuck: [] });
  t.match(await act('off'), { code: 0 });
  t.equal(made.machine('haone')?.power, 'off');
  t.match(await act('on'), { code: 0 });
  t.strictSame(
    bank.shown().map((outlet) => outlet.power),
    ['on', 'on', 'on'],
  );
});
