import t from 'tap';
import { describeFault, emptyCib, readConfiguration, setProperty, verify } from '@holdfast/cib';
import { cibWith, primitive } from './support/cases.js';

void t.test('what is wrong is named, and reading goes on', (t) => {
  const dummy = primitive('a');
  const table: readonly [configuration: string, fault: RegExp][] = [
    [`<resources>${dummy}${dummy}</resources>`, /^a: id="a": is used twice/],
    [
      '<resources><primitive id="x" class="ocf" provider="p"/></resources>',
      /^x: type="": is missing/,
    ],
    ['<resources><primitive id="x" template="T"/></resources>', /^x: template="T": there is no/],
    ['<resources><group id="g"/></resources>', /^g: a group needs at least one/],
    ['<resources><clone id="c"/></resources>', /^c: a clone needs/],
    ['<resources><thing id="c"/></resources>', /^c: <thing> is no kind of resource/],
    ['<resources><bundle id="b"><rkt image="i"/></bundle></resources>', /^b: a bundle needs/],
    [
      `<resources>${primitive('a', '<meta_attributes id-ref="none"/>')}</resources>`,
      /id-ref="none": there is not exactly one/,
    ],
    [
      '<constraints><rsc_location id="l" rsc="a" node="n" score="much"/></constraints>',
      /^l: score="much": expected/,
    ],
    [
      '<constraints><rsc_location id="l" node="n" score="1"/></constraints>',
      /^l: rsc="": is missing/,
    ],
    [
      '<constraints><rsc_location id="l" rsc="a" role="Boss" node="n" score="1"/></constraints>',
      /^l: role="Boss": expected/,
    ],
    [
      '<constraints><rsc_colocation id="c" rsc="a" score="1"/></constraints>',
      /^c: with-rsc="": is missing/,
    ],
    [
      '<constraints><rsc_order id="o" first="a" then="b" kind="mandatory"/></constraints>',
      /^o: kind="mandatory": expected Mandatory/,
    ],
    [
      '<constraints><rsc_order id="o" first="a" then="b" symmetrical="maybe"/></constraints>',
      /symmetrical="maybe": expected true/,
    ],
    ['<constraints><rsc_ticket id="k" rsc="a"/></constraints>', /^k: ticket="": is missing/],
    ['<constraints><rsc_odd id="k"/></constraints>', /^k: <rsc_odd> is no kind/],
    ['<nodes><node id="1" uname=""/></nodes>', /^1: uname="": is missing/],
    [
      '<fencing-topology><fencing-level id="f" target="n" index="10" devices="d"/></fencing-topology>',
      /^f: index="10": expected a level/,
    ],
    [
      '<fencing-topology><fencing-level id="f" index="1" devices="d"/></fencing-topology>',
      /^f: target="": names no target/,
    ],
  ];
  for (const [configuration, fault] of table) {
    const { faults } = readConfiguration(cibWith(`${configuration}<tags><tag id="t"/></tags>`));
    t.ok(
      faults.some((each) => fault.test(describeFault(each))),
      `${String(fault)} in ${faults.map(describeFault).join('; ')}`,
    );
  }
  const { configuration } = readConfiguration(
    cibWith(`<resources><odd id="o"/>${dummy}</resources><constraints>
      <rsc_location id="bad" rsc="a" node="n" score="x"/><rsc_location id="good" rsc="a" node="n" score="10abc"/></constraints>`),
  );
  t.equal(configuration.resources.length, 1);
  t.match(configuration.constraints, [{ id: 'good', score: 10 }], 'the bad one is left out');
  t.end();
});

void t.test('rules that refer to each other without end are cut, not followed', (t) => {
  const rule = (n: number): string =>
    `<rule id="r${n}">${`<rule id-ref="r${n + 1}"/>`.repeat(10)}</rule>`;
  const location = (n: number): string =>
    `<rsc_location id="l${n}" rsc="a">${rule(n)}</rsc_location>`;
  const many = Array.from({ length: 12 }, (_, n) => location(n)).join('');
  const { configuration, faults } = readConfiguration(
    cibWith(`<constraints>${many}</constraints>`),
  );
  t.equal(configuration.constraints.length, 12);
  t.ok(faults.some(({ what }) => /circle|too long/.test(what)));
  t.end();
});

const FENCED = '<primitive id="shot" class="stonith" type="fence_x"/>';

void t.test('what is probably not meant is said, with the way out', (t) => {
  const property = (name: string, value: string): string =>
    `<crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="p" name="${name}" value="${value}"/></cluster_property_set></crm_config>`;
  const web = (inside: string): string =>
    `<resources>${FENCED}${primitive('web', inside)}</resources>`;
  const meta = (name: string, value: string): string =>
    web(
      `<meta_attributes id="m"><nvpair id="p" name="${name}" value="${value}"/></meta_attributes>`,
    );
  const ops = (inside: string): string => web(`<operations>${inside}</operations>`);
  const nodes = (...names: string[]): string =>
    `<nodes>${names.map((name, at) => `<node id="${at}" uname="${name}"/>`).join('')}</nodes>`;
  const table: readonly [configuration: string, fault: RegExp, severity: string][] = [
    [
      property('no-quorum-polcy', 'stop'),
      /no such property; did you mean no-quorum-policy\?/,
      'warning',
    ],
    [property('no-quorum-policy', 'halt'), /"halt": expected one of stop, freeze/, 'error'],
    [property('stonith-timeout', 'soon'), /"soon": expected a length of time/, 'error'],
    [property('fencing-timeout', 'soon'), /"soon": expected a length of time/, 'error'],
    [property('batch-limit', 'many'), /"many": expected a whole number/, 'error'],
    [property('symmetric-cluster', 'perhaps'), /"perhaps": expected true or false/, 'error'],
    [property('stonith-enabled', 'false'), /without proof that it is off/, 'warning'],
    [meta('resource-stickyness', '5'), /did you mean resource-stickiness\?/, 'warning'],
    [meta('resource-stickiness', 'very'), /"very": expected a number, INFINITY/, 'error'],
    [meta('target-role', 'Running'), /expected one of Started, Stopped/, 'error'],
    [
      ops('<op id="o" name="monitor" interval="soon"/>'),
      /^o: interval="soon": expected a length/,
      'error',
    ],
    [
      ops('<op id="o" name="monitor" interval="9" timout="3"/>'),
      /did you mean timeout\?/,
      'warning',
    ],
    [
      ops(
        '<op id="o" name="monitor" interval="10"/><op id="q" name="monitor" interval="10s" role="Promoted"/>',
      ),
      /^q: interval="10s": o is the same operation/,
      'warning',
    ],
    [ops('<op id="o" name="start" interval="10"/>'), /only a monitor recurs/, 'warning'],
    [
      ops('<op id="o" name="stop" interval="0" on-fail="ignore"/>'),
      /can run on two nodes/,
      'warning',
    ],
    [`<resources>${primitive('web')}</resources>`, /there is no fence device/, 'error'],
    [
      `${web('')}<constraints><rsc_location id="l" rsc="wbe" node="n" score="1"/></constraints>`,
      /^l: rsc="wbe": there is no resource with this id; did you mean web\?/,
      'error',
    ],
    [
      `${web('')}<constraints><rsc_colocation id="c" rsc="web" with-rsc="db" score="1"/></constraints>`,
      /^c: with-rsc="db": there is no resource/,
      'error',
    ],
    [
      `${web('')}<constraints><rsc_order id="o"><resource_set id="s"><resource_ref id="nope"/></resource_set></rsc_order></constraints>`,
      /^o: resource_ref="nope": there is no resource/,
      'error',
    ],
    [
      `${nodes('haone', 'hatwo')}${web('')}<constraints><rsc_location id="l" rsc="web" node="haoen" score="1"/></constraints>`,
      /^l: node="haoen": no node of this name has been seen yet; did you mean haone\?/,
      'warning',
    ],
    [nodes('a', 'A'), /^1: uname="A": two nodes have this name/, 'error'],
    [
      `${web('')}<fencing-topology><fencing-level id="f" target="n" index="1" devices="shut"/></fencing-topology>`,
      /^f: devices="shut": there is no fence device with this id; did you mean shot\?/,
      'error',
    ],
    [
      `${nodes('a', 'b')}<resources>${FENCED}<primitive id="two" class="stonith" type="fence_x"/></resources>`,
      /both nodes may shoot each other/,
      'warning',
    ],
    [
      `${nodes('a', 'b', 'c')}${property('no-quorum-policy', 'ignore')}`,
      /both halves of a split would run everything/,
      'warning',
    ],
  ];
  for (const [configuration, fault, severity] of table) {
    const faults = verify(cibWith(configuration));
    const found = faults.find((each) => fault.test(describeFault(each)));
    t.equal(
      found?.severity,
      severity,
      `${String(fault)} in ${faults.map(describeFault).join('; ')}`,
    );
  }
  t.end();
});

void t.test('a sound configuration has no faults, and what cannot be written has', (t) => {
  t.strictSame(verify(emptyCib()), []);
  const sound = `<nodes><node id="1" uname="a"/><node id="2" uname="b"/></nodes><resources>${FENCED}
    <primitive id="two" class="stonith" type="fence_x"><instance_attributes id="i">
      <nvpair id="d" name="pcmk_delay_base" value="a:5s;b:0"/></instance_attributes></primitive>
    <group id="g">${primitive('web')}</group></resources>
    <tags><tag id="all"><obj_ref id="g"/></tag></tags>
    <constraints><rsc_location id="l" rsc="all" node="A" score="INFINITY"/></constraints>`;
  t.strictSame(verify(cibWith(sound)), []);
  const odd = setProperty(emptyCib(), 'cluster-name', 'a\u0000b');
  t.match(verify(odd).map(describeFault), [/holds characters that XML has not/]);
  t.end();
});
