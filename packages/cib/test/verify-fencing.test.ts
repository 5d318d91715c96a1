/** Fencing that will not be there when it is needed, or that shoots both. */
import t from 'tap';
import { type CibFault, describeFault, type Surroundings, verify } from '@holdfast/cib';
import { cibWith } from './support/cases.js';

type Device = {
  readonly id: string;
  readonly agent?: string;
  readonly parameters?: Readonly<Record<string, string>>;
};

function device({ id, agent = 'fence_x', parameters = {} }: Device): string {
  const pairs = Object.entries(parameters)
    .map(([name, value], at) => `<nvpair id="${id}-${at}" name="${name}" value="${value}"/>`)
    .join('');
  return `<primitive id="${id}" class="stonith" type="${agent}"><instance_attributes id="${id}-i">${pairs}</instance_attributes></primitive>`;
}

type Setup = {
  readonly nodes?: readonly string[];
  readonly devices: readonly Device[];
  readonly properties?: Readonly<Record<string, string>>;
  readonly levels?: readonly string[];
};

function faultsOf(setup: Setup, surroundings?: Surroundings): readonly CibFault[] {
  const { nodes = ['a', 'b'], devices, properties = {}, levels = [] } = setup;
  const pairs = Object.entries(properties)
    .map(([name, value], at) => `<nvpair id="p-${at}" name="${name}" value="${value}"/>`)
    .join('');
  const names = nodes.map((name, at) => `<node id="${at + 1}" uname="${name}"/>`).join('');
  return verify(
    cibWith(
      `<crm_config><cluster_property_set id="cib-bootstrap-options">${pairs}</cluster_property_set></crm_config><nodes>${names}</nodes><resources>${devices.map(device).join('')}<primitive id="web" class="ocf" provider="h" type="d"/></resources><fencing-topology>${levels.join('')}</fencing-topology>`,
    ),
    surroundings,
  );
}

function said(setup: Setup, surroundings?: Surroundings): string {
  return faultsOf(setup, surroundings).map(describeFault).join('\n');
}

const A = (more: Record<string, string> = {}): Device => ({
  id: 'fence-a',
  parameters: { pcmk_host_list: 'a', ...more },
});
const B = (more: Record<string, string> = {}): Device => ({
  id: 'fence-b',
  parameters: { pcmk_host_map: 'b:2', ...more },
});
const BOTH = (more: Record<string, string> = {}): Device => ({
  id: 'pdu',
  parameters: { pcmk_host_map: 'a:1;b:2', ...more },
});

void t.test('delays of a pair: apart is fine; none, equal or overlapping are not', (t) => {
  const rows: readonly { readonly why: string; readonly setup: Setup; readonly is?: RegExp }[] = [
    { why: 'none', setup: { devices: [A(), B()] }, is: /no fence device has a delay/ },
    { why: 'one device, none', setup: { devices: [BOTH()] }, is: /no fence device has a delay/ },
    { why: 'one protected', setup: { devices: [A({ pcmk_delay_base: '15s' }), B()] } },
    {
      why: 'equal',
      setup: { devices: [A({ pcmk_delay_base: '5s' }), B({ pcmk_delay_base: '5s' })] },
      is: /equal delays protect nobody: .*a and b may shoot each other/,
    },
    {
      why: 'one delay for both plugs',
      setup: { devices: [BOTH({ pcmk_delay_base: '5s' })] },
      is: /equal delays protect nobody/,
    },
    { why: 'by node', setup: { devices: [BOTH({ pcmk_delay_base: 'a:0;b:5s' })] } },
    {
      why: 'by chance',
      setup: { devices: [A({ pcmk_delay_max: '10s' }), B()] },
      is: /overlap: by chance both may shoot/,
    },
    {
      why: 'chance above a base',
      setup: { devices: [A({ pcmk_delay_base: '5s', pcmk_delay_max: '10s' }), B()] },
    },
    {
      why: 'by priority',
      setup: { devices: [A(), B()], properties: { 'priority-fencing-delay': '15s' } },
    },
    { why: 'three nodes', setup: { nodes: ['a', 'b', 'c'], devices: [BOTH()] } },
    {
      why: 'the first level counts',
      setup: {
        devices: [A(), B(), { ...BOTH({ pcmk_delay_base: 'a:9s' }) }],
        levels: ['<fencing-level id="l" target="a" index="1" devices="pdu"/>'],
      },
    },
    {
      why: 'the level by pattern, without a delay, is the first',
      setup: {
        devices: [A({ pcmk_delay_base: '9s' }), B(), BOTH()],
        levels: ['<fencing-level id="l" target-pattern="[ab]" index="1" devices="pdu"/>'],
      },
      is: /no fence device has a delay/,
    },
  ];
  for (const { why, setup, is } of rows) {
    const text = said(setup);
    if (is === undefined) t.notMatch(text, /delay/, why);
    else t.match(text, is, why);
  }
  t.end();
});

void t.test('a watchdog without a disk is no fence device in a pair', (t) => {
  for (const name of ['stonith-watchdog-timeout', 'fencing-watchdog-timeout']) {
    const properties = { [name]: '10s' };
    const alone = faultsOf({ devices: [], properties });
    const found = alone.find(({ what }) => what.includes('proves nothing in a cluster of two'));
    t.equal(found?.severity, 'error', 'and nothing else is there');
    t.match(said({ devices: [BOTH()], properties }), /only the fence devices count/);
    const three = { nodes: ['a', 'b', 'c'], devices: [], properties };
    t.notMatch(said(three), /watchdog|no fence device/);
    const disk = { id: 'disk', agent: 'fence_sbd' };
    t.notMatch(said({ devices: [disk], properties }), /watchdog without/);
  }
  t.notMatch(
    said({ devices: [BOTH()], properties: { 'stonith-watchdog-timeout': '0' } }),
    /watchdog/,
  );
  t.end();
});

void t.test('fencing that is switched off is named, under both names', (t) => {
  for (const name of ['stonith-enabled', 'fencing-enabled']) {
    t.match(said({ devices: [BOTH()], properties: { [name]: 'false' } }), /without proof/, name);
  }
  t.end();
});

const LIVE: Surroundings = { ringAddresses: ['192.0.2.1', '192.0.2.2', '2001:db8:0:1::5'] };

void t.test('a device on the network of the ring is named', (t) => {
  const rows = [
    { ip: '192.0.2.77', is: true, why: 'the same network' },
    { ip: '192.0.3.77', is: false, why: 'the next one' },
    { ip: '2001:db8:0:1::9', is: true, why: 'the same /64' },
    { ip: '2001:db8:0:0001:1:2:3:4', is: true, why: 'written out' },
    { ip: '2001:db8:0:2::9', is: false, why: 'another /64' },
    { ip: 'pdu.example', is: false, why: 'a name says nothing' },
  ];
  for (const { ip, is, why } of rows) {
    const text = said({ devices: [BOTH({ ip })] }, LIVE);
    t.equal(/on the ring's own network/.test(text), is, why);
  }
  t.notMatch(
    said({ devices: [BOTH({ ip: '192.0.2.77' })] }),
    /network/,
    'unknown without a cluster',
  );
  t.end();
});

void t.test('one way to fence a node is one failure from none', (t) => {
  const one = said({ devices: [BOTH()] }, LIVE);
  t.match(one, /^a: pdu is the only way to fence it/m);
  t.match(one, /^b: pdu is the only way/m);
  const two = said({ devices: [BOTH(), A(), B()] }, LIVE);
  t.notMatch(two, /only way/);
  const levels = [
    '<fencing-level id="l1" target="a" index="1" devices="fence-a"/>',
    '<fencing-level id="l2" target="a" index="2" devices="pdu"/>',
    '<fencing-level id="l3" target="b" index="1" devices="pdu,fence-b"/>',
  ];
  const mixed = said({ devices: [BOTH(), A(), B()], levels }, LIVE);
  t.notMatch(mixed, /^a: .*only way/m);
  t.match(mixed, /^b: pdu and fence-b is the only way/m);
  t.match(said({ nodes: ['a', 'c'], devices: [A()] }, LIVE), /^c: no fence device fences it/m);
  t.notMatch(said({ devices: [BOTH()] }), /only way/, 'not said at every change');
  t.end();
});

void t.test('a device that names no node is named', (t) => {
  t.match(said({ devices: [{ id: 'bmc' }] }, LIVE), /^bmc: it names no node/m);
  t.notMatch(said({ devices: [BOTH()] }, LIVE), /names no node/);
  t.end();
});
