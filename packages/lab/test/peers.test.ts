import t from 'tap';
import { markedProcesses, Pdu } from '@holdfast/lab';
import { COMPUTER, lab, until } from './lab.ts';
import { runPeer } from './peers.ts';

const COMMAND = '1.3.6.1.4.1.318.1.1.12.3.3.1.1.4';

void t.test(
  "Debian's snmpset and fence_apc_snmp switch an outlet, and hear the refusal",
  async (t) => {
    const made = lab([
      { name: 'haone', command: COMPUTER },
      { name: 'hatwo', command: COMPUTER },
    ]);
    const pdu = await Pdu.start(made.config);
    t.teardown(async () => {
      await pdu.close();
      made.remove();
    });
    const power = (): string | undefined => pdu.status().outlets[0]?.power;
    const agent = `${made.config.address}:1161`;
    const set = (version: string, oid: string, value: string) =>
      runPeer('snmpset', [`-v${version}`, '-c', 'private', agent, oid, 'i', value]);

    t.equal((await set('2c', `${COMMAND}.1`, '1')).code, 0);
    await until('on', () => power() === 'on');
    const refused = await set('2c', `${COMMAND}.9`, '2');
    t.not(refused.code, 0);
    t.match(refused.out, /noCreation/);
    t.match((await set('1', `${COMMAND}.9`, '2')).out, /noSuchName/);
    t.match((await set('2c', `${COMMAND}.1`, '8')).out, /wrongValue/);
    t.equal(power(), 'on');

    const fence = (action: string, plug: string, version: string) =>
      runPeer('fence_apc_snmp', [
        '-a',
        made.config.address,
        '-u',
        '1161',
        '-c',
        'private',
        '-d',
        version,
        '-n',
        plug,
        '-o',
        action,
      ]);
    for (const version of ['1', '2c']) {
      t.equal((await fence('off', '1', version)).code, 0, `off, version ${version}`);
      t.equal(power(), 'off');
      t.equal(markedProcesses(made.config.mark).length, 0);
      t.equal((await fence('status', '1', version)).code, 2, 'status says off');
      t.equal((await fence('reboot', '1', version)).code, 0, `reboot, version ${version}`);
      t.equal(power(), 'on');
    }
    t.equal((await fence('on', 'hatwo', '1')).code, 0, 'an outlet by its name');
    t.equal(pdu.status().outlets[1]?.power, 'on');
    t.equal((await fence('off', '9', '1')).code, 1, 'an outlet that does not exist');
  },
);
