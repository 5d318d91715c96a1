/** The agent in both its forms against a device on a real socket: their answers must be the same. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  checkParameters,
  describeParameterFault,
  type FenceOutcome,
  hostWorld,
} from '@holdfast/agent';
import { agent } from '@holdfast/fence-pdu';
import t from 'tap';
import { type Device, device, freePort } from './device.ts';

type Act = (given: Readonly<Record<string, string>>) => Promise<FenceOutcome>;

const LAUNCHER = join(fileURLToPath(import.meta.url), '../../../sbin/fence_holdfast_pdu');

const world = hostWorld(
  { spawn, fs, kill: () => true, setTimeout, clearTimeout, now: () => Date.now() },
  { env: {}, stateFolder: '/nowhere', log: () => undefined },
);

const FORMS: Readonly<Record<string, Act>> = {
  plugin: (given) => agent.perform(given, world),
  executable: async (given) => {
    const child = spawn(LAUNCHER, [], { stdio: ['pipe', 'pipe', 'pipe'] });
    const lines = Object.entries(given).map(([name, value]) => `${name}=${value}\n`);
    child.stdin.end(`# from a test\n\n${lines.join('')}unknown=ignored\n`);
    const ended = new Promise<number>((resolve) =>
      child.once('exit', (code) => {
        resolve(code ?? -1);
      }),
    );
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      ended,
    ]);
    return { code, output: `${stdout}${stderr}`.trimEnd() };
  },
};

function asked(pdu: Device, act: Act, more: Readonly<Record<string, string>> = {}): Act {
  const base = {
    ipaddr: '127.0.0.1',
    udpport: String(pdu.port),
    snmp_timeout: '200ms',
    snmp_retries: '1',
    ...more,
  };
  return (given) => act({ ...base, ...given });
}

for (const [form, perform] of Object.entries(FORMS)) {
  void t.test(`outlets are switched and the switch is proven, as ${form}`, async (t) => {
    const pdu = await device();
    const act = asked(pdu, perform);
    t.same(await act({ action: 'status', plug: '1' }), { code: 0, output: 'Status: ON' });
    t.match(await act({ action: 'off', plug: '1' }), { code: 0, output: /is off/ });
    t.equal(pdu.value(1), 2);
    t.equal(pdu.value(2), 1, 'and no other');
    t.same(await act({ action: 'status', port: '1' }), { code: 2, output: 'Status: OFF' });
    t.match(await act({ action: 'off', plug: '1' }), { code: 0 }, 'off again is off');
    t.match(await act({ action: 'on', plug: '1' }), { code: 0 });
    pdu.sets.length = 0;
    t.match(await act({ action: 'reboot', plug: '1,2' }), { code: 0 });
    t.same(pdu.sets, ['1=2', '2=2', '1=1', '2=1'], 'all off before any is on');
    t.match(await act({ action: 'off', plug: 'hatwo' }), { code: 0 }, 'by the name the PDU knows');
    t.equal(pdu.value(2), 2);
    t.same(await act({ action: 'list' }), { code: 0, output: '1,haone\n2,hatwo\n3,twin' });
    t.match(await act({ action: 'monitor' }), { code: 0 });
    t.match(
      await act({ action: 'status', plug: '1', 'snmp-version': '1' }),
      { code: 0 },
      'version 1 too',
    );
    await pdu.close();
  });

  void t.test(`what is not proven off is an error, as ${form}`, async (t) => {
    const pdu = await device();
    const act = asked(pdu, perform);
    pdu.obeysAfterMs = undefined;
    const stuck = await act({ action: 'off', plug: '1', power_timeout: '400ms' });
    t.match(stuck, {
      code: 1,
      output: /outlet 1 is not proven off within 400 ms: it says it is on/,
    });
    pdu.obeysAfterMs = 300;
    t.match(await act({ action: 'off', plug: '1' }), { code: 0 }, 'slow is waited for');
    pdu.obeysAfterMs = 0;
    pdu.put(2, 7);
    t.match(await act({ action: 'status', plug: '2' }), { code: 1, output: /state 7/ });
    const table: readonly {
      given: Readonly<Record<string, string>>;
      output: RegExp;
      why: string;
    }[] = [
      { why: 'no such outlet', given: { action: 'status', plug: '9' }, output: /has no .*\.9/ },
      { why: 'no such outlet', given: { action: 'off', plug: '9' }, output: /could not be told/ },
      {
        why: 'in version 1 too',
        given: { action: 'off', plug: '9', snmp_version: '1' },
        output: /could not be told/,
      },
      {
        why: 'no such name',
        given: { action: 'off', plug: 'hathree' },
        output: /no outlet named hathree/,
      },
      {
        why: 'may only read',
        given: { action: 'off', plug: '1', community: 'public' },
        output: /could not be told/,
      },
      {
        why: 'silence',
        given: { action: 'status', plug: '1', community: 'wrong' },
        output: /no answer/,
      },
      { why: 'no plug', given: { action: 'off' }, output: /plug is required/ },
      {
        why: 'bad value',
        given: { action: 'off', plug: '1', snmp_version: '9' },
        output: /snmp_version=9/,
      },
      { why: 'bad action', given: { action: 'melt', plug: '1' }, output: /action=melt/ },
    ];
    for (const { given, output, why } of table) t.match(await act(given), { code: 1, output }, why);
    t.equal(pdu.value(1), 2);
    await pdu.close();
  });

  void t.test(`a device that is not there is an error, never off, as ${form}`, async (t) => {
    const ipport = String(await freePort());
    const given = { ip: '127.0.0.1', ipport, snmp_timeout: '100ms', snmp_retries: '0', plug: '1' };
    for (const action of ['status', 'off', 'reboot', 'monitor', 'list']) {
      t.match(await perform({ ...given, action }), { code: 1, output: /no answer/ }, action);
    }
    t.match(await perform({ ...given, ip: 'no-such-host.invalid', action: 'off' }), { code: 1 });
  });

  void t.test(`it says what it is, as ${form}`, async (t) => {
    const { code, output } = await perform({ action: 'metadata' });
    t.equal(code, 0);
    t.match(output, '<resource-agent name="fence-pdu"');
    t.match(output, 'obsoletes="ip"');
    t.equal(output.trim(), agent.metadata().trim());
  });
}

void t.test('a misspelt parameter is found before it matters', (t) => {
  const faults = checkParameters(agent, {
    ip: 'x',
    comunity: 'y',
    pcmk_host_map: 'a:1',
    udpport: '161',
  });
  t.same(faults.map(describeParameterFault), [
    'there is no parameter comunity; did you mean community?',
  ]);
  t.end();
});
