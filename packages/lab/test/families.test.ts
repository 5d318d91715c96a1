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
