/** What a ring promises besides its order: safe delivery, limits, counters, and words about trouble. */
import t from 'tap';
import { instant, milliseconds, nodeId } from '@holdfast/base';
import {
  decodeFrame,
  frozenFor,
  PAYLOAD_BYTES_MAX,
  ring,
  type RingEffect,
  ringStatus,
  ringTimeouts,
  room,
  step,
} from '@holdfast/totem';
import {
  boot,
  crash,
  feed,
  heal,
  type Life,
  part,
  run,
  say,
  world,
  type World,
} from './support/world.ts';

const one = nodeId(1);
const two = nodeId(2);
const three = nodeId(3);

function formed(count: number): World {
  const w = world(1, count);
  for (const id of w.ids) boot(w, id);
  run(w, 1000);
  return w;
}

function lifeOf(w: World, id: typeof one): Life {
  const life = w.alive.get(id);
  if (life === undefined) throw new Error(`node ${id} is down`);
  return life;
}

function words(life: Life): readonly string[] {
  return life.events.flatMap((event) => (event.kind === 'message' ? [event.text] : [event.kind]));
}

void t.test(
  'a safe message is handed up only when all have it, and what follows waits for it',
  (t) => {
    const w = formed(3);
    // Node 3 hears nothing of what is said: it has not got it, and nobody may be handed it as safe.
    w.cuts.add('1>3');
    w.cuts.add('2>3');
    say(w, one, 'safe', true);
    say(w, one, 'after');
    run(w, w.time + 30);
    t.notOk(words(lifeOf(w, one)).includes('safe'), 'not at the sender');
    t.notOk(words(lifeOf(w, two)).includes('safe'), 'not at who has it');
    t.notOk(words(lifeOf(w, two)).includes('after'), 'the order is kept');
    run(w, w.time + 2000);
    for (const id of [one, two]) {
      const all = words(lifeOf(w, id));
      const at = all.indexOf('safe');
      const story = [...all.slice(at - 1, at + 1), all.filter((word) => word === 'after').length];
      t.same(story, ['transitional', 'safe', 1], `safe for those who go on: ${id}`);
      t.ok(all.indexOf('after') > at, 'in order');
    }
    t.end();
  },
);

void t.test('on an idle ring a safe message needs no hold time', (t) => {
  const w = formed(3);
  run(w, w.time + 500);
  for (const id of [one, two, three]) {
    say(w, id, `safe-${id}`, true);
    run(w, w.time + 25);
    for (const other of w.ids)
      t.ok(words(lifeOf(w, other)).includes(`safe-${id}`), `${id} to ${other}`);
    run(w, w.time + 200);
  }
  t.end();
});

void t.test('what cannot be taken is refused as a whole, with a sentence', (t) => {
  const w = formed(2);
  const life = lifeOf(w, one);
  const refused = (bytes: number): RingEffect | undefined =>
    step(life.state, { kind: 'multicast', payload: new Uint8Array(bytes) }, instant(w.time))[0];
  const large = refused(PAYLOAD_BYTES_MAX + 1);
  t.match(large, { kind: 'refused', why: 'too-large' });
  t.match(large, {
    text: /1048577 bytes is too large: the ring takes up to 1048576; send it in parts/,
  });
  t.not(refused(PAYLOAD_BYTES_MAX)?.kind, 'refused', 'a mebibyte is taken');
  let taken = 1;
  for (; room(life.state).bytes >= PAYLOAD_BYTES_MAX; taken += 1)
    t.not(refused(PAYLOAD_BYTES_MAX)?.kind, 'refused', `number ${taken}`);
  t.match(refused(PAYLOAD_BYTES_MAX), { kind: 'refused', why: 'queue-full' });
  t.equal(ringStatus(life.state).counters.refused, 2);
  run(w, w.time + 3000);
  const depths = ringStatus(life.state).depths;
  t.same([depths.queuePayloads, depths.queueBytes], [0, 0], 'there is room again');
  t.equal(ringStatus(lifeOf(w, two).state).counters.payloadsDelivered, taken, 'all of it arrived');
  t.end();
});

void t.test('what is foreign, old or heard already is dropped and counted', (t) => {
  const w = formed(2);
  const life = lifeOf(w, one);
  const { state } = life;
  const sent = ring({ ...w.config(two), clusterName: 'another' }, 0, 9, instant(w.time));
  const [foreign] = step(sent, { kind: 'start' }, instant(w.time)).filter(
    (effect) => effect.kind === 'send',
  );
  const before = JSON.stringify([state.phase.kind, state.members]);
  if (foreign !== undefined) feed(w, life, { kind: 'datagram', bytes: foreign.bytes });
  t.equal(state.counters.foreign, 1);
  const [own] = step(lifeOf(w, two).state, { kind: 'leave' }, instant(w.time)).filter(
    (effect) => effect.kind === 'send',
  );
  if (own === undefined) throw new Error('a leave is said');
  feed(w, life, { kind: 'datagram', bytes: own.bytes });
  t.not(JSON.stringify([state.phase.kind, state.members]), before, 'the leave counts once');
  run(w, w.time + 1000);
  const after = JSON.stringify([state.phase.kind, state.members]);
  const { replayed } = state.counters;
  feed(w, life, { kind: 'datagram', bytes: own.bytes });
  t.equal(state.counters.replayed, replayed + 1);
  t.equal(JSON.stringify([state.phase.kind, state.members]), after, 'and never again');
  crash(w, two);
  boot(w, two);
  run(w, w.time + 1000);
  feed(w, life, { kind: 'datagram', bytes: own.bytes });
  t.equal(state.counters.stale, 1, 'nor when its sender has a new life');
  t.same(state.members, [one, two]);
  t.end();
});

void t.test(
  'a node that leaves is gone at once; a crashed one after token and consensus time',
  (t) => {
    const w = formed(3);
    feed(w, lifeOf(w, three), { kind: 'leave' });
    crash(w, three);
    run(w, w.time + 60);
    t.same(ringStatus(lifeOf(w, one).state).members, [one, two]);
    crash(w, two);
    run(w, w.time + 200 + 240 + 20);
    t.same(ringStatus(lifeOf(w, one).state).members, [one]);
    t.end();
  },
);

void t.test('a frozen node says for how long, and says nothing of its old view', (t) => {
  const w = formed(2);
  const life = lifeOf(w, two);
  const wanted = life.state.wantedAt ?? 0;
  const thawed = instant(wanted + 14_700);
  t.equal(frozenFor(life.state, thawed), milliseconds(14_700), 'its driver can ask before it acts');
  t.equal(frozenFor(life.state, instant(wanted + 100)), undefined);
  const payload = new Uint8Array(5);
  const effects = step(life.state, { kind: 'multicast', payload }, thawed);
  t.match(effects[0], { kind: 'note', event: 'frozen', text: /^this node was frozen 14\.7\s?s:/ });
  const frames = effects.flatMap((effect) =>
    effect.kind === 'send' ? [decodeFrame(effect.bytes)?.message.kind] : [],
  );
  t.same(frames, ['join'], 'it only asks who is there');
  t.notOk(effects.some(({ kind }) => kind === 'delivered'));
  t.equal(life.state.counters.frozenMsMax, 14_700);
  t.end();
});

void t.test('nodes with different configurations name each other, once', (t) => {
  const w = world(1, 2);
  const { config } = w;
  w.config = (id) => ({ ...config(id), digest: id === one ? 11 : 12 });
  boot(w, one);
  boot(w, two);
  run(w, 1000);
  const life = lifeOf(w, one);
  const told = life.told.filter((text) => text.includes('another configuration'));
  t.same(told.length, 1);
  t.match(told[0], /node 2 runs with another configuration than this node/);
  t.same(ringStatus(life.state).differing, [two]);
  feed(w, lifeOf(w, two), { kind: 'configure', config: { ...w.config(two), digest: 11 } });
  part(w, new Set([one]), false);
  run(w, w.time + 1500);
  heal(w);
  run(w, w.time + 1500);
  t.same(ringStatus(life.state).differing, [], 'equal again');
  t.end();
});

void t.test('while a ring synchronises, only what that needs is sent', (t) => {
  const w = world(1, 2);
  const { config } = w;
  w.config = (id) => ({ ...config(id), hasBarrier: true });
  boot(w, one);
  boot(w, two);
  run(w, 1000);
  const life = lifeOf(w, one);
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  say(w, one, 'held back');
  feed(w, life, { kind: 'multicast', payload: encode('in step'), isSync: true });
  run(w, w.time + 100);
  t.same(words(lifeOf(w, two)).slice(-1), ['in step']);
  feed(w, life, { kind: 'synced', ringId: { representative: two, seq: 1 } });
  run(w, w.time + 100);
  t.same(words(lifeOf(w, two)).slice(-1), ['in step'], 'another ring may be in step, not this');
  feed(w, life, { kind: 'synced', ringId: life.state.store.ringId });
  run(w, w.time + 100);
  t.same(words(lifeOf(w, two)).slice(-2), ['in step', 'held back']);
  t.end();
});

void t.test('the token time grows with the number of nodes', (t) => {
  const rows = [
    { nodeCount: 2, tokenMs: 3000, retransmit: 714, hold: 561, consensus: 3600 },
    { nodeCount: 3, tokenMs: 3650, retransmit: 869, hold: 685, consensus: 4380 },
    { nodeCount: 16, tokenMs: 12_100, retransmit: 2880, hold: 2294, consensus: 14_520 },
  ];
  for (const { nodeCount, tokenMs, retransmit, hold, consensus } of rows) {
    const times = ringTimeouts({ nodeCount });
    t.same(
      [times.tokenMs, times.tokenRetransmitMs, times.holdMs, times.consensusMs],
      [tokenMs, retransmit, hold, consensus],
      `${nodeCount} nodes`,
    );
  }
  t.end();
});

void t.test('the ring counts rotations, their time, and what waits', (t) => {
  const w = formed(3);
  for (let n = 0; n < 500; n += 1) say(w, one, `${n}-${'x'.repeat(900)}`);
  t.ok(ringStatus(lifeOf(w, one).state).depths.queuePayloads > 300);
  run(w, w.time + 500);
  const { counters, depths } = ringStatus(lifeOf(w, one).state);
  t.ok(counters.rotations > 50 && counters.rotationMsMean > 0 && counters.rotationMsMax >= 20);
  t.ok(counters.throttled > 0, `${counters.throttled} visits could not send all`);
  t.equal(depths.queuePayloads, 0);
  t.ok(counters.queuePayloadsMax > 300 && counters.queueBytesMax > 300_000);
  t.ok(counters.framesSent > 300 && counters.bytesSent > 300_000);
  t.end();
});
