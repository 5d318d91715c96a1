/** Other people's clients against our BMC: ipmitool, fence_ipmilan, FreeIPMI's ipmipower. */
import { existsSync } from 'node:fs';
import t from 'tap';
import { type BmcBench, bmcBench, PORT, story } from './bmc-bench.ts';
import { until } from './lab.ts';
import { type Ran, run } from './peers.ts';

const PATHS = {
  ipmitool: '/usr/bin/ipmitool',
  ipmipower: '/usr/sbin/ipmipower',
  fence_ipmilan: '/usr/sbin/fence_ipmilan',
} as const;

const ALL_SUITES = [1, 2, 3, 6, 7, 8, 15, 16, 17];

/** Runs a peer; throws where it is not installed, for then nothing was tested. */
function peer(name: keyof typeof PATHS, ...args: readonly string[]): Promise<Ran> {
  if (!existsSync(PATHS[name])) {
    throw new Error(
      `${PATHS[name]} is missing: this test needs the Debian packages ipmitool, freeipmi-tools ` +
        'and fence-agents; run `npm run setup:peers` as root',
    );
  }
  return run(PATHS[name], args);
}

type Login = { readonly user?: string; readonly password?: string; readonly more?: string[] };

function ipmitool(
  { address }: BmcBench,
  suite: number,
  verb: string,
  { user = 'admin', password = 'secret', more = [] }: Login = {},
): Promise<Ran> {
  const where = ['-I', 'lanplus', '-H', address, '-p', String(PORT), '-C', String(suite)];
  const who = ['-U', user, '-P', password, ...more, '-N', '1', '-R', '2'];
  return peer('ipmitool', ...where, ...who, 'chassis', 'power', verb);
}

async function reaches(made: BmcBench, power: string): Promise<void> {
  const isPending = (): boolean => made.bank.shown()[0]?.isPending === true;
  await until(`the machine is ${power}`, () => made.power() === power && !isPending());
}

for (const suite of [3, 17]) {
  void t.test(`ipmitool switches with suite ${suite}`, async (t) => {
    const made = await bmcBench();
    t.teardown(made.close);
    await reaches(made, 'on');
    t.match(await ipmitool(made, suite, 'status'), { code: 0, out: 'Chassis Power is on' });
    t.match(await ipmitool(made, suite, 'off'), { code: 0, out: 'Down/Off' });
    await reaches(made, 'off');
    t.match(await ipmitool(made, suite, 'status'), { code: 0, out: 'Chassis Power is off' });
    t.match(await ipmitool(made, suite, 'cycle'), { code: 1 }, 'there is nothing to cycle');
    t.match(await ipmitool(made, suite, 'on'), { code: 0 });
    await reaches(made, 'on');
    t.match(await ipmitool(made, suite, 'cycle'), { code: 0 });
    await reaches(made, 'on');
    t.match(await ipmitool(made, suite, 'reset'), { code: 0 });
    await reaches(made, 'on');
    t.match(await ipmitool(made, suite, 'soft'), { code: 0 });
    await reaches(made, 'off');
    t.same(
      story(made).filter((line) => line.endsWith('taken')),
      ['off taken', 'on taken', 'reboot taken', 'reboot taken', 'off taken'],
    );
    t.equal(made.lab.status().devices[0]?.sessions, 0, 'it says goodbye');
  });

  void t.test(`ipmitool is refused with suite ${suite} what it may not`, async (t) => {
    const made = await bmcBench();
    t.teardown(made.close);
    await reaches(made, 'on');
    const wrong = await ipmitool(made, suite, 'off', { password: 'guess' });
    t.match(wrong, { code: 1, out: /Unable to establish/ });
    t.match(await ipmitool(made, suite, 'off', { user: 'nobody' }), { code: 1 });
    const viewer = { user: 'viewer', password: 'viewpass' };
    t.match(await ipmitool(made, suite, 'off', viewer), { code: 1, out: /Unable to establish/ });
    const asUser = { ...viewer, more: ['-L', 'USER'] };
    t.match(await ipmitool(made, suite, 'status', asUser), { code: 0, out: 'is on' });
    t.match(await ipmitool(made, suite, 'off', asUser), { code: 1, out: 'Insufficient privilege' });
    const operator = { user: 'operator', password: 'oppass', more: ['-L', 'OPERATOR'] };
    t.equal(made.power(), 'on', 'nobody has switched');
    t.match(await ipmitool(made, suite, 'off', operator), { code: 0 });
    await reaches(made, 'off');
  });
}

void t.test(
  'ipmitool chooses a suite by itself, and all of them work with a group key',
  async (t) => {
    const made = await bmcBench({ suites: ALL_SUITES, kg: 'groupkey' });
    t.teardown(made.close);
    await reaches(made, 'on');
    const withKey = { more: ['-k', 'groupkey'] };
    for (const suite of ALL_SUITES) {
      t.match(
        await ipmitool(made, suite, 'status', withKey),
        { code: 0, out: 'is on' },
        `${suite}`,
      );
    }
    t.match(await ipmitool(made, 17, 'status'), { code: 1 }, 'without the key');
    const where = ['-I', 'lanplus', '-H', made.address, '-p', String(PORT)];
    const who = ['-U', 'admin', '-P', 'secret', '-k', 'groupkey'];
    const chosen = await peer('ipmitool', ...where, ...who, '-v', 'chassis', 'power', 'status');
    t.match(chosen, { code: 0, out: /Using best available cipher suite 17/ });
    const listed = await peer('ipmitool', ...where, ...who, 'channel', 'getciphers', 'ipmi');
    t.match(listed, { code: 0, out: /^3\s.*hmac_sha1.*aes/m });
  },
);

void t.test("FreeIPMI's ipmipower switches, and names what is wrong", async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const ipmipower = (suite: number, verb: string, password = 'secret', ...more: string[]) =>
    peer(
      'ipmipower',
      ...['-D', 'LAN_2_0', '-h', `${made.address}:${PORT}`, '-u', 'admin', '-p', password],
      ...['-I', String(suite), `--${verb}`, ...more],
    );
  for (const suite of [3, 17]) {
    t.match(await ipmipower(suite, 'stat'), { code: 0, out: /: on/ }, `suite ${suite}`);
    t.match(await ipmipower(suite, 'off', 'secret', '--wait-until-off'), { code: 0, out: /: ok/ });
    await reaches(made, 'off');
    t.match(await ipmipower(suite, 'stat'), { code: 0, out: /: off/ });
    t.match(await ipmipower(suite, 'on', 'secret', '--wait-until-on'), { code: 0, out: /: ok/ });
    await reaches(made, 'on');
    t.match(await ipmipower(suite, 'stat', 'guess'), { out: /password invalid/ });
  }
  t.match(await ipmipower(8, 'stat'), { out: /cipher suite id unavailable/ });
});

void t.test('fence_ipmilan fences, and a BMC that does nothing fails it', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  await reaches(made, 'on');
  const fence = (suite: number, action: string, ...more: readonly string[]) =>
    peer(
      'fence_ipmilan',
      ...['-a', made.address, '-u', String(PORT), '-l', 'admin', '-p', 'secret', '-P'],
      ...['-C', String(suite), '-o', action, ...more],
    );
  for (const suite of [3, 17]) {
    t.match(await fence(suite, 'status'), { code: 0, out: /Status: ON/ });
    t.match(await fence(suite, 'off'), { code: 0, out: /Powered OFF/ });
    t.equal(made.power(), 'off');
    t.match(await fence(suite, 'status'), { code: 2, out: /Status: OFF/ });
    t.match(await fence(suite, 'on'), { code: 0 });
    t.equal(made.power(), 'on');
    t.match(await fence(suite, 'reboot'), { code: 0, out: /Rebooted/ });
    t.match(await fence(suite, 'monitor'), { code: 0 });
  }
  made.bank.plant({ lie: true });
  t.match(await fence(17, 'off', '--power-timeout', '2'), { code: 1, out: /Timed out/ });
  t.equal(made.power(), 'on');
});
