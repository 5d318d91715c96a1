/** The agent against net-snmp's own snmpd: an SNMP engine nobody here wrote, in all three versions. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FenceOutcome, hostWorld } from '@holdfast/agent';
import { agent } from '@holdfast/fence-pdu';
import t from 'tap';
import { freePort } from './device.ts';

const SCRIPTS = fileURLToPath(new URL('../../../../shared/lab/fence/', import.meta.url));
const START = join(SCRIPTS, 'start-snmp-pdu.sh');

const world = hostWorld(
  { spawn, fs, kill: () => true, setTimeout, clearTimeout, now: () => Date.now() },
  { env: {}, stateFolder: '/nowhere', log: () => undefined },
);

type Peer = {
  readonly act: (given: Readonly<Record<string, string>>) => Promise<FenceOutcome>;
  readonly stop: () => void;
};

async function snmpd(kind: string): Promise<Peer> {
  const run = mkdtempSync(join(tmpdir(), 'holdfast-snmpd-'));
  const port = String(await freePort());
  const env = { ...process.env, FENCE_LAB_RUN: run };
  const script = (name: string, ...args: string[]): void => {
    const ran = spawnSync(join(SCRIPTS, name), args, { env, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`${name}: ${ran.stdout}${ran.stderr}`);
  };
  script('start-snmp-pdu.sh', '-n', 'pdu', '-p', port, '-t', kind, '-o', 'n1 n2');
  script('bin/power.sh', 'n1', 'on');
  const base = { ip: '127.0.0.1', ipport: port, snmp_timeout: '3s', snmp_retries: '1' };
  return {
    act: (given) => agent.perform({ ...base, ...given }, world),
    stop: () => {
      script('start-snmp-pdu.sh', '-n', 'pdu', '--stop');
      for (const name of ['n1', 'n2']) script('bin/power.sh', name, 'off');
      rmSync(run, { recursive: true, force: true });
    },
  };
}

const USERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'version 1': { snmp_version: '1' },
  'version 2c': { snmp_version: '2c' },
  'version 3, SHA and AES': user('lab-shaaes', {}),
  'version 3, SHA-256': user('lab-sha256', { snmp_auth_prot: 'SHA-256' }),
  'version 3, SHA-512': user('lab-sha512', { snmp_auth_prot: 'SHA-512' }),
  'version 3, unsealed': {
    snmp_version: '3',
    username: 'lab-auth',
    password: 'authpass1',
    snmp_sec_level: 'authNoPriv',
  },
};

function user(name: string, more: Readonly<Record<string, string>>): Record<string, string> {
  return {
    snmp_version: '3',
    username: name,
    password: 'authpass1',
    snmp_priv_passwd: 'privpass1',
    ...more,
  };
}

const isHere = existsSync(START) && existsSync('/usr/sbin/snmpd');
const skip = isHere ? false : `${START} or /usr/sbin/snmpd is absent`;

void t.test("snmpd's outlets are switched by every version and user", { skip }, async (t) => {
  const peer = await snmpd('apc');
  t.teardown(peer.stop);
  for (const [why, given] of Object.entries(USERS)) {
    t.match(await peer.act({ ...given, action: 'off', plug: '1' }), { code: 0 }, `${why}: off`);
    t.match(await peer.act({ ...given, action: 'status', plug: '1' }), { code: 2 }, why);
    t.match(await peer.act({ ...given, action: 'on', plug: 'n1' }), { code: 0 }, `${why}: on`);
  }
  const v3 = user('lab-shaaes', {});
  t.same(await peer.act({ ...v3, action: 'list' }), { code: 0, output: '1,n1\n2,n2' });
  const table: readonly [string, Record<string, string>, RegExp][] = [
    ['wrong password', { ...v3, password: 'wrongpass' }, /login denied: wrong password/],
    ['unknown user', { ...v3, username: 'nobody' }, /login denied: the device knows no such user/],
    ['wrong privacy key', { ...v3, snmp_priv_passwd: 'wrongpass' }, /no answer.*privacy password/],
    ['unknown community', { community: 'guess' }, /no answer.*wrong community/],
    ['may only read', { community: 'public' }, /not allowed/],
    ['no such outlet', { ...v3, plug: '9' }, /could not be told/],
  ];
  for (const [why, given, output] of table) {
    const fast = { action: 'off', plug: '1', snmp_timeout: '400ms', snmp_retries: '0' };
    t.match(await peer.act({ ...fast, ...given }), { code: 1, output }, why);
  }
  t.match(await peer.act({ ...v3, action: 'status', plug: '9' }), { code: 1, output: /has no/ });
  t.match(await peer.act({ ...v3, action: 'status', plug: '1' }), { code: 0 }, 'still on');
});

for (const [kind, family] of [
  ['apcms6', 'auto'],
  ['apcms', 'auto'],
  ['eaton', 'auto'],
  ['eaton', 'eaton-g3'],
  ['raritan', 'auto'],
] as const) {
  void t.test(`snmpd as ${kind}, taken for ${family}`, { skip }, async (t) => {
    const peer = await snmpd(kind);
    t.teardown(peer.stop);
    const given = { family, plug: '1' };
    t.match(await peer.act({ ...given, action: 'monitor' }), { code: 0 });
    t.match(await peer.act({ ...given, action: 'status' }), { code: 0 });
    t.match(await peer.act({ ...given, action: 'off' }), { code: 0 });
    t.match(await peer.act({ ...given, action: 'status' }), { code: 2 });
    t.match(await peer.act({ ...given, action: 'on' }), { code: 0 });
    t.match(await peer.act({ ...given, action: 'status' }), { code: 0 });
    t.match(await peer.act({ ...given, plug: '9', action: 'off' }), { code: 1 }, 'no such outlet');
  });
}
