import { nodeName } from '@holdfast/base';
import t from 'tap';
import {
  compareVersions,
  decodeDisk,
  describeDiskFault,
  durationProperty,
  emptyCib,
  encodeDisk,
  ensureNode,
  findOption,
  formatVersion,
  formatXml,
  integerProperty,
  META_ATTRIBUTES,
  metaBoolean,
  metaDuration,
  metaScore,
  OP_ATTRIBUTES,
  parseVersion,
  property,
  PROPERTIES,
  readConfiguration,
  readVersion,
  setNodeAttribute,
  setProperty,
  unpack,
  verify,
} from '@holdfast/cib';
import { cibWith, parsed } from './support/cases.js';

const haone = nodeName('haone');

void t.test('what is on disk is what was written, or it is said that it is not', (t) => {
  const root = setProperty(emptyCib(), 'cluster-name', 'two & two');
  const text = encodeDisk({ root, term: 6 });
  t.match(text, /^<!-- holdfast term="6" sha256="[0-9a-f]{64}" -->\n<cib /);
  t.strictSame(decodeDisk(text), { ok: true, value: { root: parsed(formatXml(root)), term: 6 } });
  const table: readonly [text: string, kind: string, why: string][] = [
    [text.replace('two &amp; two', 'two &amp; few'), 'checksum', 'a changed value'],
    [text.slice(0, -20), 'checksum', 'a cut file'],
    [`${text} `, 'checksum', 'one blank more'],
    [text.slice(0, 40), 'not-xml', 'a cut header'],
    ['', 'not-xml', 'an empty file, as after a power cut'],
    ['\u0000'.repeat(4096), 'not-xml', 'blocks of zeros, as after a power cut'],
    ['<status/>', 'not-a-cib', 'something else'],
  ];
  for (const [damaged, kind, why] of table) {
    const read = decodeDisk(damaged);
    t.match(read, { ok: false, fault: { kind } }, why);
    if (!read.ok) t.not(describeDiskFault(read.fault), '', why);
  }
  t.end();
});

void t.test('a CIB of another origin is taken as it is', (t) => {
  const plain = '<?xml version="1.0"?>\n<!-- by hand -->\n<cib epoch="4"><configuration/></cib>';
  t.match(decodeDisk(plain), {
    ok: true,
    value: { term: 0, root: { attributes: { epoch: '4' } } },
  });
  t.end();
});

void t.test('the cluster edits only what it means to', (t) => {
  const empty = emptyCib();
  const joined = ensureNode(empty, { id: '1', name: haone });
  t.equal(ensureNode(joined, { id: '1', name: haone }), joined, 'nothing to do, nothing changed');
  const standby = { node: haone, id: '1', name: 'standby' };
  const on = setNodeAttribute(joined, { ...standby, value: 'on' });
  const off = setNodeAttribute(on, { ...standby, value: 'off' });
  const gone = setNodeAttribute(off, { ...standby, value: null });
  const attributes = (cib: typeof empty): unknown => {
    const [node] = readConfiguration(cib).configuration.nodes;
    return [node?.attributes[0]?.id, Object.fromEntries(unpack(node?.attributes ?? []))];
  };
  t.strictSame(attributes(on), ['nodes-1', { standby: 'on' }]);
  t.strictSame(attributes(off), ['nodes-1', { standby: 'off' }]);
  t.strictSame(attributes(gone), ['nodes-1', {}]);
  t.strictSame(attributes(joined), [undefined, {}], 'the old tree is as it was');
  const set = setProperty(setProperty(empty, 'batch-limit', '3'), 'batch-limit', '4');
  t.match(
    formatXml(set),
    /<nvpair id="cib-bootstrap-options-batch-limit" name="batch-limit" value="4"\/>/,
  );
  t.equal(integerProperty(readConfiguration(set).configuration, 'batch-limit'), 4);
  t.equal(setProperty(empty, 'batch-limit', null), empty);
  t.strictSame(verify(off), []);
  t.end();
});

void t.test('a property is what is written, under any of its names, or its default', (t) => {
  const read = (values: Record<string, string>, name: string): string | undefined => {
    const pairs = Object.entries(values).map(
      ([each, value]) => `<nvpair id="${each}" name="${each}" value="${value}"/>`,
    );
    const section = `<crm_config><cluster_property_set id="s">${pairs.join('')}</cluster_property_set></crm_config>`;
    return property(readConfiguration(cibWith(section)).configuration, name);
  };
  t.equal(read({}, 'stonith-timeout'), '60s');
  t.equal(read({}, 'cluster-name'), undefined);
  t.equal(read({ 'fencing-timeout': '5s' }, 'stonith-timeout'), '5s', 'the newer name');
  t.equal(read({ 'stonith-timeout': '6s' }, 'fencing-timeout'), '6s', 'asked by the newer name');
  t.equal(
    read({ 'stonith-timeout': '6s', 'fencing-timeout': '5s' }, 'stonith-timeout'),
    '5s',
    'both',
  );
  t.equal(
    read({ 'stop-orphan-actions': 'off' }, 'cancel-removed-actions'),
    'off',
    'the older name',
  );
  t.equal(read({ 'stonith-timeout': 'soon' }, 'stonith-timeout'), '60s', 'no length of time');
  t.equal(read({ 'no-quorum-policy': 'halt' }, 'no-quorum-policy'), 'stop', 'no such policy');
  t.equal(
    read({ 'symmetric-cluster': 'maybe' }, 'symmetric-cluster'),
    'true',
    'neither yes nor no',
  );
  t.equal(read({ mine: 'x' }, 'mine'), 'x', 'one that we do not know');
  const { configuration } = readConfiguration(emptyCib());
  t.equal(durationProperty(configuration, 'cluster-recheck-interval'), 900_000);
  t.equal(metaScore(new Map(), 'migration-threshold'), 1_000_000);
  t.equal(metaScore(new Map([['priority', 'high']]), 'priority'), 0);
  t.equal(metaBoolean(new Map(), 'is-managed'), true);
  t.equal(metaBoolean(new Map([['is-managed', 'no']]), 'is-managed'), false);
  t.equal(metaDuration(new Map([['failure-timeout', '2m']]), 'failure-timeout'), 120_000);
  t.end();
});

void t.test('every option has a name of its own, a default of its type and a meaning', (t) => {
  for (const table of [PROPERTIES, META_ATTRIBUTES, OP_ATTRIBUTES]) {
    const spellings = table.flatMap((option) => option.spellings);
    t.equal(new Set(spellings).size, spellings.length, 'no spelling twice');
    for (const option of table) {
      t.ok(option.meaning.length > 5, `${option.name}: ${option.meaning}`);
      for (const spelling of option.spellings)
        t.equal(findOption(table, spelling), option, spelling);
    }
  }
  const { configuration } = readConfiguration(emptyCib());
  for (const { name, fallback } of PROPERTIES) {
    t.equal(property(configuration, name) ?? '', fallback, `${name}: its default is of its type`);
  }
  t.end();
});

void t.test('versions', (t) => {
  const order = ['0.0.0', '0.0.9', '0.1.0', '0.10.0', '1.0.0'];
  const versions = order.map((text) => {
    const read = parseVersion(text);
    if (!read.ok) throw new Error(text);
    return read.value;
  });
  t.strictSame(versions.map(formatVersion), order);
  t.strictSame([...versions].reverse().sort(compareVersions), versions);
  for (const bad of ['', '1', '1.x.2', '1.2.3.4', '-1.0.0'])
    t.equal(parseVersion(bad).ok, false, bad);
  t.equal(
    formatVersion(readVersion(parsed('<cib epoch="7" num_updates="-3" admin_epoch="x"/>'))),
    '0.7.0',
  );
  t.end();
});
