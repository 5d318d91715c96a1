/** Keys change while datagrams go on: at every step whatever is sealed can be opened. */
import t from 'tap';
import { instant, milliseconds, nodeId, type NodeId, prng } from '@holdfast/base';
import { keyNews, rotation, type RotationState, stepRotation } from '@holdfast/sealing';

const OLD = 1;
const NEW = 2;
const GRACE = milliseconds(2000);

/** Tells `to` what `from` says of its keys. */
function tell(
  nodes: ReadonlyMap<NodeId, RotationState>,
  from: NodeId,
  to: NodeId,
  now: number,
): void {
  const [speaker, hearer] = [nodes.get(from), nodes.get(to)];
  if (speaker === undefined || hearer === undefined) return;
  stepRotation(hearer, { kind: 'news', peer: from, news: keyNews(speaker) }, instant(now));
}

const IDS = [1, 2, 3, 4].map(nodeId);

function pairs(): readonly (readonly [NodeId, NodeId])[] {
  return IDS.flatMap((from) => IDS.filter((to) => to !== from).map((to) => [from, to] as const));
}

/** True while everybody can open what anybody seals. */
function isOpen(nodes: ReadonlyMap<NodeId, RotationState>): boolean {
  const news = [...nodes.values()].map(keyNews);
  return news.every(({ sealsWith }) => news.every(({ takes }) => takes.includes(sealsWith)));
}

/** One drawn order of loads, words heard and time passing; what went wrong, if anything did. */
function history(seed: number): string | undefined {
  const chance = prng(seed);
  const nodes = new Map(IDS.map((id) => [id, rotation(OLD, GRACE)]));
  for (const [from, to] of pairs()) tell(nodes, from, to, 0);
  let now = 0;
  const waiting = [...IDS];
  for (let count = 0; count < 3000; count += 1) {
    now += chance.below(30);
    const [from, to] = pairs()[chance.below(pairs().length)] ?? [nodeId(1), nodeId(2)];
    tell(nodes, from, to, now);
    const loader = chance.below(40) === 0 ? waiting.shift() : undefined;
    const state = loader === undefined ? undefined : nodes.get(loader);
    if (state !== undefined) stepRotation(state, { kind: 'load', key: NEW }, instant(now));
    for (const each of nodes.values()) stepRotation(each, { kind: 'tick' }, instant(now));
    if (!isOpen(nodes)) return `seed ${seed}: a node cannot open what another seals`;
  }
  const isDone = [...nodes.values()].every((each) => keyNews(each).takes.join() === String(NEW));
  return isDone ? undefined : `seed ${seed}: the old key lives on`;
}

void t.test('at no moment of any order of events is a node shut out', (t) => {
  for (let seed = 1; seed <= 200; seed += 1) t.equal(history(seed), undefined);
  t.end();
});

void t.test(
  'one reachable node without the new key holds the change up; a lost one does not',
  (t) => {
    const state = rotation(OLD, GRACE);
    const at = instant(0);
    const news = { sealsWith: OLD, takes: [OLD] };
    stepRotation(state, { kind: 'news', peer: nodeId(2), news }, at);
    const loaded = stepRotation(state, { kind: 'load', key: NEW }, at);
    t.match(loaded, [{ kind: 'keys', sealWith: OLD, take: [OLD, NEW] }, { event: 'key-loaded' }]);
    t.same(stepRotation(state, { kind: 'tick' }, instant(60_000)), []);
    const alone = stepRotation(state, { kind: 'reachable', peers: new Set() }, instant(60_000));
    t.match(alone, [{ kind: 'keys', sealWith: NEW, take: [NEW, OLD] }, { event: 'key-active' }]);
    t.match(stepRotation(state, { kind: 'load', key: 3 }, at), [{ event: 'key-refused' }]);
    stepRotation(state, { kind: 'tick' }, instant(60_000));
    const settled = stepRotation(state, { kind: 'tick' }, instant(62_000));
    t.match(settled, [{ kind: 'keys', sealWith: NEW, take: [NEW] }, { event: 'key-retired' }]);
    t.end();
  },
);
