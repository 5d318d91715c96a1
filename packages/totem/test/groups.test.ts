/** Process groups: views and messages in the same order at every member, through splits and merges. */
import t from 'tap';
import { type Instant, instant } from '@holdfast/base';
import { GROUP_NAME_MAX, type GroupView, Member, type MemberWorld } from '@holdfast/totem';

type Net = {
  now: number;
  readonly members: Map<number, Member>;
  readonly cuts: Set<string>;
  readonly timers: { at: number; run: () => void; isOff: boolean }[];
  lives: number;
};

function net(): Net {
  return { now: 0, members: new Map(), cuts: new Set(), timers: [], lives: 0 };
}

function later(n: Net, run: () => void, ms: number): () => void {
  const timer = { at: n.now + ms, run, isOff: false };
  n.timers.push(timer);
  return () => {
    timer.isOff = true;
  };
}

function open(n: Net, self: number): Member {
  const world: MemberWorld = {
    now: (): Instant => instant(n.now),
    later: (run, ms) => later(n, run, ms),
    send: (to, bytes) => {
      if (n.cuts.has(`${self}>${to}`)) return;
      later(n, () => n.members.get(to)?.receive(bytes), 1);
    },
    persist: () => undefined,
  };
  n.lives += 1;
  const member = new Member({
    self,
    nodes: [1, 2, 3],
    clusterName: 'groups',
    tokenMs: 200,
    ringSeq: 0,
    incarnation: n.lives,
    world,
  });
  n.members.set(self, member);
  return member;
}

function run(n: Net, ms: number): void {
  const until = n.now + ms;
  for (;;) {
    const due = n.timers.filter(({ isOff }) => !isOff).sort((a, b) => a.at - b.at)[0];
    if (due === undefined || due.at > until) break;
    n.timers.splice(0, n.timers.length, ...n.timers.filter((each) => each !== due && !each.isOff));
    n.now = Math.max(n.now, due.at);
    due.run();
  }
  n.now = until;
}

type Desk = {
  readonly story: string[];
  readonly send: (text: string) => string | undefined;
  readonly leave: () => void;
};

function join(member: Member, group: string): Desk {
  const story: string[] = [];
  const places = (view: GroupView['members']): string =>
    view.map(({ node, process }) => `${node}/${process}`).join();
  const joined = member.join(group, {
    onView: ({ members, joined, left }) => {
      const gone = left.map(({ node, process, why }) => `${node}/${process} ${why}`).join();
      story.push(`view ${places(members)} +${places(joined)} -${gone}`);
    },
    onMessage: (bytes, from) => story.push(`${from.node}: ${new TextDecoder().decode(bytes)}`),
  });
  if (!joined.ok) throw new Error(joined.fault);
  const { send, leave } = joined.value;
  return { story, send: (text) => send(new TextEncoder().encode(text)), leave };
}

void t.test('members join, speak, leave and are lost; everybody is told the same', (t) => {
  const n = net();
  for (const self of [1, 2, 3]) open(n, self);
  run(n, 500);
  const members = [1, 2, 3].flatMap((self) => n.members.get(self) ?? []);
  const desks: Desk[] = [];
  for (const member of members) {
    desks.push(join(member, 'web'));
    run(n, 50);
  }
  const [a, b, c] = desks;
  if (a === undefined || b === undefined || c === undefined) throw new Error('three desks');
  a.send('one');
  b.send('two');
  run(n, 50);
  t.same(a.story, [
    'view 1/1 +1/1 -',
    'view 1/1,2/1 +2/1 -',
    'view 1/1,2/1,3/1 +3/1 -',
    '1: one',
    '2: two',
  ]);
  t.same(c.story, ['view 1/1,2/1,3/1 +3/1 -', '1: one', '2: two']);
  b.leave();
  b.send('from outside');
  run(n, 50);
  t.same(a.story.slice(5), ['view 1/1,3/1 + -2/1 left', '2: from outside']);
  for (const cut of ['1>3', '3>1', '2>3', '3>2']) n.cuts.add(cut);
  run(n, 3000);
  t.same(a.story.slice(7), ['view 1/1 + -3/1 node-lost']);
  t.same(c.story.slice(5), ['view 3/1 + -1/1 node-lost']);
  c.send('alone');
  run(n, 100);
  n.cuts.clear();
  run(n, 3000);
  t.same(a.story.slice(8), ['view 1/1,3/1 +3/1 -'], 'and not what was said without it');
  t.same(c.story.slice(6), ['3: alone', 'view 1/1,3/1 +1/1 -']);
  n.members.get(3)?.close();
  n.members.delete(3);
  run(n, 300);
  t.same(a.story.slice(9), ['view 1/1 + -3/1 node-lost']);
  t.end();
});

void t.test(
  'a message sent from a handler, and in the middle of a change, keeps its place',
  (t) => {
    const n = net();
    for (const self of [1, 2]) open(n, self);
    run(n, 500);
    const [first, second] = [n.members.get(1), n.members.get(2)];
    if (first === undefined || second === undefined) throw new Error('two members');
    const desk = join(first, 'echo');
    const echo = second.join('echo', {
      onMessage: (bytes, from) => {
        if (from.node === 1 && echo.ok) echo.value.send(bytes);
      },
    });
    run(n, 100);
    for (let count = 0; count < 30; count += 1) desk.send(`n${count}`);
    open(n, 3);
    for (let count = 30; count < 60; count += 1) desk.send(`n${count}`);
    run(n, 3000);
    const said = desk.story.filter((line) => line.startsWith('1: '));
    const echoed = desk.story.filter((line) => line.startsWith('2: '));
    t.same(
      said,
      Array.from({ length: 60 }, (_, count) => `1: n${count}`),
    );
    t.same(
      echoed,
      Array.from({ length: 60 }, (_, count) => `2: n${count}`),
    );
    t.equal(first.status().members.length, 3);
    t.end();
  },
);

void t.test('what a user gets wrong is a sentence', (t) => {
  const n = net();
  const member = open(n, 1);
  run(n, 500);
  t.match(member.join('', {}), { ok: false, fault: /0 bytes: use 1 to 128/ });
  t.match(member.join('x'.repeat(GROUP_NAME_MAX + 1), {}), { ok: false, fault: /129 bytes/ });
  const big = member.join('big', {});
  t.ok(big.ok);
  if (!big.ok) return;
  t.match(big.value.send(new Uint8Array(1024 * 1024)), /too large/);
  t.equal(big.value.send(new Uint8Array(1024 * 1024 - 100)), undefined);
  for (let count = 0; count < 15; count += 1) big.value.send(new Uint8Array(1024 * 1024 - 100));
  t.equal(big.value.send(new Uint8Array(10)), undefined, 'a member alone sends at once');
  t.equal(member.room().payloads > 1000, true);
  member.close();
  t.match(big.value.send(new Uint8Array(10)), /has left the ring/);
  t.end();
});
