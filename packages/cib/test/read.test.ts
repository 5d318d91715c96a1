import t from 'tap';
import {
  type Configuration,
  describeFault,
  instanceOf,
  metaOf,
  opOptions,
  opTimeout,
  property,
  readCib,
  readConfiguration,
  readStatus,
  statusToXml,
  unpack,
} from '@holdfast/cib';
import { cibCases, cibWith, primitive, WHY_SKIPPED } from './support/cases.js';

function read(configuration: string): Configuration {
  return readConfiguration(cibWith(configuration)).configuration;
}

function faultsOf(configuration: string): readonly string[] {
  return readConfiguration(cibWith(configuration)).faults.map(describeFault);
}

function pairs(tag: string, id: string, values: Record<string, string>, attributes = ''): string {
  const inside = Object.entries(values).map(
    ([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`,
  );
  return `<${tag} id="${id}" ${attributes}>${inside.join('')}</${tag}>`;
}

void t.test('every recorded CIB is read, resource for resource', (t) => {
  const cases = cibCases();
  if (cases.length === 0) {
    t.comment(WHY_SKIPPED);
    t.end();
    return;
  }
  for (const { name, text } of cases) {
    const got = readCib(text);
    if (!got.ok) {
      t.fail(`${name}: ${JSON.stringify(got.fault)}`);
      continue;
    }
    const { configuration, status, root } = got.value.cib;
    const written = [...text.matchAll(/<node [^>]*uname=/g)].length;
    if (configuration.nodes.length !== written) t.fail(`${name}: ${written} nodes are written`);
    const again = readStatus({ ...root, children: [statusToXml(status)] });
    if (JSON.stringify(again) !== JSON.stringify(status)) t.fail(`${name}: status changes`);
  }
  t.ok(cases.length > 500, `${cases.length} CIBs`);
  t.end();
});

void t.test('a primitive stands over its template', (t) => {
  const { resources } = read(`<resources>
    <template id="T" class="ocf" provider="heartbeat" type="IPaddr2">
      ${pairs('instance_attributes', 'T-i', { ip: '10.0.0.1', nic: 'eth0' })}
      ${pairs('meta_attributes', 'T-m', { 'resource-stickiness': '5', priority: '7' })}
      <operations>
        <op id="T-start" name="start" interval="0" timeout="33"/>
        <op id="T-mon" name="monitor" interval="10"/>
        <op id="T-mon-p" name="monitor" interval="9" role="Promoted"/>
      </operations>
    </template>
    <primitive id="ip" template="T">
      ${pairs('instance_attributes', 'ip-i', { ip: '10.0.0.2' })}
      ${pairs('meta_attributes', 'ip-m', { priority: '8' })}
      <operations><op id="ip-mon" name="monitor" interval="30" role="Started"/></operations>
    </primitive></resources>`);
  const [ip] = resources;
  if (ip?.kind !== 'primitive') {
    t.fail('no primitive');
    t.end();
    return;
  }
  t.strictSame(ip.agent, { class: 'ocf', provider: 'heartbeat', type: 'IPaddr2' });
  t.strictSame(Object.fromEntries(instanceOf(ip)), { ip: '10.0.0.2', nic: 'eth0' });
  t.strictSame(Object.fromEntries(unpack(ip.meta)), { priority: '8', 'resource-stickiness': '5' });
  t.strictSame(
    ip.operations.map(({ id }) => id),
    ['ip-mon', 'T-start', 'T-mon-p'],
    'name and role decide which op it replaces, not the interval',
  );
  t.end();
});

void t.test('references to sets, pairs, rules and operations lead to what they name', (t) => {
  const configuration = read(`<resources>
    ${primitive(
      'a',
      `${pairs('instance_attributes', 'shared', { x: '1' })}
       <operations id="ops"><op id="a-mon" name="monitor" interval="5"/></operations>`,
    )}
    ${primitive(
      'b',
      `<instance_attributes id-ref="shared"/>
       <instance_attributes id="b-i"><nvpair id-ref="shared-x" name="y"/></instance_attributes>
       <operations id-ref="ops"/>`,
    )}</resources>
    <constraints>
      <rsc_location id="l1" rsc="a"><rule id="r" score="5"><expression id="e" attribute="k" operation="defined"/></rule></rsc_location>
      <rsc_location id="l2" rsc="b"><rule id-ref="r"/></rsc_location>
    </constraints>`);
  const [, b] = configuration.resources;
  if (b?.kind !== 'primitive') {
    t.fail('no primitive');
    t.end();
    return;
  }
  t.strictSame(Object.fromEntries(instanceOf(b)), { x: '1', y: '1' });
  t.strictSame(
    b.operations.map(({ id }) => id),
    ['a-mon'],
  );
  const [, second] = configuration.constraints;
  t.match(second, { kind: 'location', rules: [{ id: 'r', score: '5' }] });
  t.end();
});

void t.test('old syntax means what it always meant', (t) => {
  const configuration = read(`
    <crm_config>${pairs('cluster_property_set', 'cib-bootstrap-options', {
      no_quorum_policy: 'freeze',
      stonith_enabled: 'off',
      'default-resource-stickiness': '100',
      default_action_timeout: '45s',
    })}</crm_config>
    <nodes><node id="1" uname="n1" type="normal"/><node id="2" uname="gw" type="ping"/></nodes>
    <resources>
      <master id="ms"><meta_attributes id="ms-m"><nvpair id="ms-mm" name="master-max" value="1"/></meta_attributes>
        ${primitive('drbd', '<operations><op id="o" name="monitor" interval="10" role="Master"><instance_attributes id="oi"><nvpair id="oit" name="timeout" value="7"/><nvpair id="oid" name="depth" value="1"/></instance_attributes></op></operations>')}
      </master>
      <primitive id="fence" class="stonith" type="fence_x">${pairs('instance_attributes', 'f', {
        pcmk_off_cmd: 'cut',
        pcmk_arg_map: 'port:plug',
      })}</primitive>
      <primitive id="old" class="upstart" type="x"/>
    </resources>
    <constraints>
      <rsc_location id="two" rsc="drbd">
        <rule id="r1" score="1"/><rule id="r2" score="2"/>
      </rsc_location>
      <rsc_location id="life" rsc="drbd" node="n1" score="9"><lifetime><rule id="lr"><date_expression id="ld" operation="lt" end="2020-01-01"/></rule></lifetime></rsc_location>
      <rsc_order id="o1" first="a" then="b" score="0"/><rsc_order id="o2" first="a" then="b" score="5"/>
    </constraints>`);
  t.equal(property(configuration, 'no-quorum-policy'), 'freeze');
  t.equal(property(configuration, 'stonith-enabled'), 'off');
  const [ms, fence] = configuration.resources;
  if (ms?.kind !== 'clone' || ms.child.kind !== 'primitive') {
    t.fail('no clone');
    t.end();
    return;
  }
  t.equal(ms.promotable, true);
  t.equal(metaOf(configuration, ms).get('promotable'), 'true');
  t.equal(metaOf(configuration, ms.child, {}, [ms]).get('resource-stickiness'), '100');
  const [op] = ms.child.operations;
  t.strictSame(Object.fromEntries(unpack(op?.instance ?? [])), { depth: '1' });
  const monitor = opOptions(configuration, ms.child, { name: 'monitor', intervalMs: 10_000 });
  t.equal(opTimeout(monitor), 7000);
  t.equal(opTimeout(opOptions(configuration, ms.child, { name: 'stop', intervalMs: 0 })), 45_000);
  if (fence?.kind !== 'primitive') {
    t.fail('no device');
    t.end();
    return;
  }
  t.strictSame(Object.fromEntries(instanceOf(fence)), {
    pcmk_off_action: 'cut',
    pcmk_host_argument: 'plug',
  });
  t.equal(configuration.resources.length, 2, 'agents of a class that is gone are left out');
  t.strictSame(
    configuration.nodes.map(({ name, kind }) => `${name} ${kind}`),
    ['n1 member', 'gw member'],
  );
  t.strictSame(
    configuration.constraints.map((each) =>
      each.kind === 'location'
        ? `${each.id} ${each.node ?? '-'} ${each.rules.map(({ score }) => score).join()}`
        : `${each.id} ${each.kind === 'order' ? each.orderKind : ''}`,
    ),
    ['two - 1', 'two - 2', 'life - 9', 'o1 Optional', 'o2 Mandatory', 'ping-node-2 gw '],
  );
  t.end();
});

void t.test('of several sets the one with the higher score counts, then the later one', (t) => {
  const set = (id: string, value: string, score = ''): string =>
    pairs('meta_attributes', id, { priority: value }, score);
  const value = (...sets: string[]): string | undefined => {
    const [resource] = read(`<resources>${primitive('a', sets.join(''))}</resources>`).resources;
    return unpack(resource?.meta ?? []).get('priority');
  };
  t.equal(value(set('x', '1'), set('y', '2')), '2', 'the later');
  t.equal(value(set('x', '1', 'score="3"'), set('y', '2')), '1', 'the higher score');
  t.equal(value(set('x', '#default'), set('y', '2')), undefined, '#default takes back');
  t.equal(value(set('x', '2'), set('y', '#default')), '2', 'but only what counted before it');
  t.equal(
    value(
      '<meta_attributes id="x"><nvpair id="1" name="priority" value="1"/><nvpair id="2" name="priority" value="2"/></meta_attributes>',
    ),
    '1',
    'in one set the first',
  );
  t.equal(
    value(
      set('x', '1'),
      '<meta_attributes id="y"><nvpair id="n" name="priority"/></meta_attributes>',
    ),
    '1',
    'a pair without a value says nothing',
  );
  const bootstrap = read(`<crm_config>
      ${pairs('cluster_property_set', 'cib-bootstrap-options', { 'batch-limit': '1' })}
      ${pairs('cluster_property_set', 'other', { 'batch-limit': '2' }, 'score="INFINITY"')}
    </crm_config>`);
  t.equal(property(bootstrap, 'batch-limit'), '1', 'cib-bootstrap-options before all');
  t.end();
});

void t.test('a set whose rule cannot be read counts for nothing', (t) => {
  const rules = [
    '<rule id="r"><strange id="s"/></rule>',
    '<rule id="r" boolean-op="xor"/>',
    '<rule id-ref="nowhere"/>',
    '<rule id="r"><rule id-ref="r"/></rule>',
  ];
  for (const rule of rules) {
    const set = `<meta_attributes id="m">${rule}<nvpair id="n" name="priority" value="1"/></meta_attributes>`;
    const cib = `<resources>${primitive('a', set)}</resources>`;
    const [resource] = read(cib).resources;
    t.equal(unpack(resource?.meta ?? []).get('priority'), undefined, rule);
    t.ok(faultsOf(cib).length > 0, `${rule}: said`);
  }
  t.end();
});
