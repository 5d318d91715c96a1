/** What each cut comes to, from the delays in force. */
import t from 'tap';
import { type Cut, readRace } from '@holdfast/node';
import { boot, cluster, type Cluster, configure, form } from './support/cluster.ts';

const DETECT_MS = 2200;

type Row = {
  readonly id: string;
  readonly list: string;
  readonly base?: string;
  readonly most?: string;
  readonly timeout?: string;
};

function device({ id, list, base, most, timeout }: Row): string {
  const pairs = Object.entries({
    pcmk_host_list: list,
    pcmk_delay_base: base,
    pcmk_delay_max: most,
    pcmk_off_timeout: timeout,
  }).flatMap(([name, value]) =>
    value === undefined ? [] : [`<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`],
  );
  return `<primitive id="${id}" class="stonith" type="fence-pdu"><instance_attributes id="${id}-i">${pairs.join('')}</instance_attributes></primitive>`;
}

function clusterOf(names: readonly string[], devices: readonly Row[]): Cluster {
  const c = cluster(names, names.length === 2);
  const [first] = c.hosts;
  if (first === undefined) throw new Error('no host');
  for (const host of c.hosts) boot(c, host);
  form(c, c.hosts);
  const nodes = names.map((name, index) => `<node id="${index + 1}" uname="${name}"/>`).join('');
  configure(
    c,
    first,
    `<crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="o1" name="stonith-enabled" value="true"/><nvpair id="o2" name="stonith-timeout" value="20s"/></cluster_property_set></crm_config><nodes>${nodes}</nodes><resources>${devices.map(device).join('')}</resources><constraints/>`,
  );
  return c;
}

function cuts(names: readonly string[], devices: readonly Row[]): readonly Cut[] {
  const [first] = clusterOf(names, devices).hosts;
  if (first === undefined) throw new Error('no host');
  return readRace(first.machine, DETECT_MS, 0).cuts;
}

const PAIR = ['a', 'b'];
const FENCE_B: Row = { id: 'fence-b', list: 'b' };

void t.test('a pair: who is protected survives, by how much, or nobody does', (t) => {
  const rows: readonly {
    readonly why: string;
    readonly a: Omit<Row, 'id' | 'list'>;
    readonly survivors: readonly string[];
    readonly says: RegExp;
  }[] = [
    { why: 'no delay', a: {}, survivors: [], says: /BOTH MAY GO DOWN/ },
    { why: 'a delay below the skew', a: { base: '2s' }, survivors: [], says: /BOTH MAY GO DOWN/ },
    {
      why: 'fifteen seconds',
      a: { base: '15s' },
      survivors: ['a'],
      says: /^a survives if fence-b acts within 12s.*pcmk_off_timeout \(now 20s\)/,
    },
    {
      why: 'longer than the timeout',
      a: { base: '30s' },
      survivors: ['a'],
      says: /may even use up the whole timeout of 20s/,
    },
    {
      why: 'chance alone decides nothing for sure',
      a: { most: '15s' },
      survivors: [],
      says: /BOTH MAY GO DOWN/,
    },
  ];
  for (const { why, a, survivors, says } of rows) {
    const [cut] = cuts(PAIR, [{ id: 'fence-a', list: 'a', ...a }, FENCE_B]);
    t.same(cut?.survivors, survivors, why);
    t.match(cut?.verdict, says, why);
    t.equal(cut?.isSafe, survivors.length > 0, why);
    t.same(
      cut?.shots.map(({ by, target, leastMs }) => `${by} > ${target} ${leastMs}`),
      ['a > b 2200', `b > a ${2200 + 1000 * Number(a.base?.replace('s', '') ?? 0)}`],
      why,
    );
  }
  t.end();
});

void t.test('one device for both, delayed for one of them', (t) => {
  const [cut] = cuts(PAIR, [{ id: 'pdu', list: 'a b', base: 'a:0;b:10s' }]);
  t.same(cut?.survivors, ['b']);
  t.end();
});

void t.test('a node that no device fences is the one that goes on', (t) => {
  const [cut] = cuts(PAIR, [FENCE_B]);
  t.match(cut?.verdict, /no device fences a/);
  t.notOk(cut?.isSafe);
  t.end();
});

void t.test('three nodes: the majority shoots, whatever the delays', (t) => {
  const all = cuts(['a', 'b', 'c'], [{ id: 'pdu', list: 'a b c' }]);
  t.same(
    all.map(({ sides }) => sides.map((side) => side.join('')).join('|')),
    ['a|bc', 'ab|c', 'ac|b'],
  );
  t.ok(all.every(({ isSafe }) => isSafe));
  t.match(all[0]?.verdict, /b and c have the quorum and survive/);
  t.same(
    all[1]?.shots.map(({ target }) => target),
    ['c'],
  );
  const bare = cuts(['a', 'b', 'c'], [{ id: 'pdu', list: 'a b' }]);
  t.match(bare[1]?.verdict, /no fence device for c: what ran there is not recovered/);
  t.end();
});

void t.test('four nodes in halves: nobody goes on', (t) => {
  const all = cuts(['a', 'b', 'c', 'd'], [{ id: 'pdu', list: 'a b c d' }]);
  t.equal(all.length, 7);
  const half = all.find(({ sides }) => sides[0]?.join('') === 'ab');
  t.match(half?.verdict, /neither side has a quorum/);
  t.same(half?.shots, []);
  t.end();
});
