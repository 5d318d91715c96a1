/** Debian's own managers and fence agents against devices of the lab: they must not be able to tell. */
import t from 'tap';
import { type Bench, bench } from './bench.ts';
import { SSH_OPTIONS } from './openssh.ts';
import { type Ran, runPeer } from './peers.ts';

const MACHINES = [{ name: 'haone' }, { name: 'hatwo' }];
const FEEDS = ['haone', 'hatwo'];
const USERS = [
  {
    name: 'fencer',
    access: 'write',
    auth: { protocol: 'sha', password: 'authpass1' },
    priv: { protocol: 'aes', password: 'privpass1' },
  },
  { name: 'looker', access: 'read', auth: { protocol: 'sha', password: 'authpass1' } },
];

function power({ lab }: Bench, device: string): string {
  return lab
    .bank(device)
    .views()
    .map((outlet) => outlet.power)
    .join(' ');
}

/** What a walk found, without how it says that there is no more. */
function rows({ out }: Ran): string[] {
  return out.split('\n').filter((line) => / = [A-Z]+: /.test(line));
}

void t.test(
  'fence_apc_snmp in version 3, sealed; snmpwalk and snmpset as other users',
  async (t) => {
    const made = await bench(MACHINES, [
      { name: 'pdu', kind: 'snmp', port: 1161, feeds: FEEDS, users: USERS },
    ]);
    t.teardown(made.close);
    const at = `${made.address}:1161`;
    const fence = (action: string, plug: string, password = 'authpass1'): Promise<Ran> =>
      runPeer('fence_apc_snmp', [
        ...['-a', made.address, '-u', '1161', '-d', '3', '-l', 'fencer', '-p', password],
        ...['--snmp-auth-prot=SHA', '--snmp-sec-level=authPriv'],
        ...['--snmp-priv-prot=AES', '--snmp-priv-passwd=privpass1', '-n', plug, '-o', action],
      ]);
    t.match(await fence('status', '1'), { code: 0, out: /ON/ });
    t.match(await fence('off', '2'), { code: 0 });
    t.equal(power(made, 'pdu'), 'on off');
    t.match(await fence('reboot', 'hatwo'), { code: 0 }, 'by name');
    t.equal(power(made, 'pdu'), 'on on');
    t.match(await fence('off', '1', 'wrongpass'), { code: 1 });
    t.equal(power(made, 'pdu'), 'on on');
    t.match(await fence('list', '1'), { code: 0, out: /1,haone[^]*2,hatwo/ });

    const sealed = ['-v3', '-l', 'authPriv', '-u', 'fencer', '-a', 'SHA', '-A', 'authpass1'];
    const priv = ['-x', 'AES', '-X', 'privpass1'];
    const walked = await runPeer('snmpwalk', [...sealed, ...priv, '-On', at, '.1.3.6.1.4.1.318']);
    t.equal(walked.code, 0, walked.out);
    t.ok(rows(walked).length >= 20);
    t.match(walked.out, /\.318\.1\.1\.12\.3\.5\.1\.1\.2\.2 = STRING: "hatwo"/);
    t.match(walked.out, /\.318\.1\.1\.12\.3\.3\.1\.1\.4\.1 = INTEGER: 1/);
    for (const version of ['-v1', '-v2c']) {
      const other = await runPeer('snmpwalk', [
        version,
        '-c',
        'public',
        '-On',
        at,
        '.1.3.6.1.4.1.318',
      ]);
      t.strictSame(rows(other), rows(walked), `${version} walks the same tree`);
    }
    const command = '.1.3.6.1.4.1.318.1.1.12.3.3.1.1.4.1';
    const looker = ['-v3', '-l', 'authNoPriv', '-u', 'looker', '-a', 'SHA', '-A', 'authpass1'];
    t.match(await runPeer('snmpget', [...looker, '-Oqv', at, command]), { code: 0, out: /^1/ });
    t.match(await runPeer('snmpset', [...looker, at, command, 'i', '2']), { out: /noAccess/ });
    const open = ['-v3', '-l', 'noAuthNoPriv', '-u', 'fencer'];
    t.not((await runPeer('snmpset', [...open, at, command, 'i', '2'])).code, 0, 'an open order');
    const wrong = sealed.map((word) => (word === 'authpass1' ? 'wrongpass' : word));
    const denied = await runPeer('snmpget', [...wrong, ...priv, '-r', '0', at, command]);
    t.match(denied, { code: 1, out: /Authentication failure/ }, 'told at once, not left waiting');
    const stranger = ['-v3', '-l', 'noAuthNoPriv', '-u', 'stranger'];
    t.match(await runPeer('snmpget', [...stranger, at, command]), { out: /unknown user name/i });
    t.equal(power(made, 'pdu'), 'on on');
  },
);

void t.test('fence_eaton_snmp switches both kinds of Eaton', async (t) => {
  const made = await bench(MACHINES, [
    { name: 'managed', kind: 'snmp', family: 'eaton-managed', port: 1161, feeds: FEEDS },
    { name: 'switched', kind: 'snmp', family: 'eaton-switched', port: 1162, feeds: FEEDS },
  ]);
  t.teardown(made.close);
  for (const [name, port] of [
    ['managed', '1161'],
    ['switched', '1162'],
  ] as const) {
    const fence = (action: string, plug: string): Promise<Ran> =>
      runPeer('fence_eaton_snmp', [
        ...['-a', made.address, '-u', port, '-d', '1', '-c', 'private'],
        ...['-n', plug, '-o', action],
      ]);
    t.match(await fence('status', '1'), { code: 0 }, name);
    t.match(await fence('off', '2'), { code: 0 }, name);
    t.equal(power(made, name), 'on off', name);
    t.match(await fence('status', '2'), { code: 2 }, name);
    t.match(await fence('on', '2'), { code: 0 }, name);
    t.equal(power(made, name), 'on on', name);
  }
});

void t.test('fence_apc walks the command line and the menus', async (t) => {
  const made = await bench(MACHINES, [
    { name: 'command', kind: 'console', style: 'command', port: 2201, feeds: FEEDS },
    { name: 'menu', kind: 'console', style: 'menu', port: 2202, feeds: FEEDS },
  ]);
  t.teardown(made.close);
  for (const [name, port] of [
    ['command', '2201'],
    ['menu', '2202'],
  ] as const) {
    const fence = (action: string, plug: string): Promise<Ran> =>
      runPeer('fence_apc', [
        ...['--ssh', '-a', made.address, '-u', port, '-l', 'apc', '-p', 'apc'],
        ...[
          '-n',
          plug,
          '-o',
          action,
          '--power-timeout=2',
          `--ssh-options=${SSH_OPTIONS.join(' ')}`,
        ],
      ]);
    t.match(await fence('status', '1'), { code: 0, out: /ON/ }, name);
    t.match(await fence('off', '2'), { code: 0, out: /Powered OFF/ }, name);
    t.equal(power(made, name), 'on off', name);
    t.match(await fence('status', '2'), { code: 2 }, name);
    t.match(await fence('reboot', '2'), { code: 0 }, name);
    t.equal(power(made, name), 'on on', name);
    t.match(await fence('list', '1'), { code: 0, out: /1,haone[^]*2,hatwo/ }, name);
    made.lab.bank(name).plant({ lie: true });
    t.match(await fence('off', '1'), { code: 1 }, `${name}: a lie is found out`);
    made.lab.bank(name).plant({ lie: false });
  }
});

void t.test('fence_redfish presses the button of a machine that a PDU feeds', async (t) => {
  const made = await bench(MACHINES, [
    { name: 'bmc', kind: 'redfish', machine: 'haone', port: 4430 },
    { name: 'pdu', kind: 'snmp', port: 1161, feeds: FEEDS },
  ]);
  t.teardown(made.close);
  const fence = (action: string, password = 'secret'): Promise<Ran> =>
    runPeer('fence_redfish', [
      ...['-a', made.address, '-u', '4430', '-l', 'admin', '-p', password, '--ssl-insecure'],
      ...[
        '--systems-uri=/redfish/v1/Systems/1',
        '--power-timeout=3',
        '--shell-timeout=2',
        '-o',
        action,
      ],
    ]);
  t.match(await fence('status'), { code: 0, out: /ON/ });
  t.match(await fence('off'), { code: 0 });
  t.equal(made.machine('haone')?.power, 'off');
  t.equal(power(made, 'pdu'), 'on on', 'the outlet still gives standby power');
  t.match(await fence('status'), { code: 2 });
  t.match(await fence('on'), { code: 0 });
  t.match(await fence('reboot'), { code: 0 });
  t.equal(made.machine('haone')?.power, 'on');
  t.match(await fence('off', 'wrong'), { code: 1 });
  made.lab.bank('bmc').plant({ lie: true });
  t.match(await fence('off'), { code: 1 }, 'a lie is found out');
  made.lab.bank('bmc').plant({ lie: false });
  t.equal(made.machine('haone')?.power, 'on');
  await made.lab.bank('pdu').switch(1, 'off');
  t.equal(made.machine('haone')?.power, 'off');
  t.match(
    await fence('status'),
    { code: 1 },
    'the BMC died with its host: no answer, and no "off"',
  );
});
