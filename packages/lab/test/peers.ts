/** The real SNMP manager and the real fence agent of Debian, as peers of the simulated PDU. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

export type Ran = { readonly code: number | null; readonly out: string };

const WHERE: Readonly<Record<string, string>> = {
  snmpset: '/usr/bin/snmpset',
  snmpget: '/usr/bin/snmpget',
  snmpwalk: '/usr/bin/snmpwalk',
  fence_apc: '/usr/sbin/fence_apc',
  fence_apc_snmp: '/usr/sbin/fence_apc_snmp',
  fence_eaton_snmp: '/usr/sbin/fence_eaton_snmp',
  fence_redfish: '/usr/sbin/fence_redfish',
};

/** Runs a peer to its end; throws where it is not installed, for then nothing was tested. */
export function runPeer(name: string, args: readonly string[]): Promise<Ran> {
  const path = WHERE[name] ?? name;
  if (!existsSync(path)) {
    throw new Error(
      `${path} is missing: this test needs the Debian packages snmp and fence-agents; ` +
        'run `npm run setup:peers` as root',
    );
  }
  return run(path, args);
}

export function run(path: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (out += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, out });
    });
  });
}
