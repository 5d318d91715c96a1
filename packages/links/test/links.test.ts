/** Links come up, go down and share the traffic, on a simulated network. */
import t from 'tap';
import { nodeId } from '@holdfast/base';
import { linksStatus } from '@holdfast/links';
import { linkSettings, Net } from './support/net.js';

const ONE = nodeId(1);
const TWO = nodeId(2);

function took(net: Net, link: number): number {
  const status = linksStatus(net.node(1).state);
  return status.paths
    .filter((path) => path.link === link)
    .reduce((n, { datagramsSent }) => n + datagramsSent, 0);
}

void t.test(
  'two nodes that start are in touch after a few round trips, not a ping interval',
  (t) => {
    const net = new Net();
    net.run(30);
    t.same(net.node(1).story, ['link 0 to 2 up', '2 reachable']);
    t.same(net.node(2).story, ['link 0 to 1 up', '1 reachable']);
    net.send(1, 'all', 'hello', 'again');
    net.send(2, 1, 'yes');
    net.run(1);
    t.same(net.node(2).frames, ['hello', 'again']);
    t.same(net.node(1).frames, ['yes']);
    const [path] = linksStatus(net.node(1).state).paths;
    t.ok(
      path?.rttMs !== undefined && Math.abs(path.rttMs.mean - 0.4) < 0.01,
      'the round trip is known',
    );
    t.end();
  },
);

void t.test('a silent peer is down after the ping timeout, and back after two answers', (t) => {
  const net = new Net();
  net.run(20_000);
  net.passes = () => false;
  net.run(240);
  t.equal(net.node(1).story.length, 2, 'not yet');
  net.run(270);
  t.same(net.node(1).story.slice(2), ['link 0 to 2 down: silent', '2 unreachable']);
  net.send(1, 'all', 'into the void');
  t.equal(linksStatus(net.node(1).state).counters.unroutable, 1);
  net.passes = () => true;
  net.run(260);
  t.same(net.node(1).story.slice(4), ['link 0 to 2 up', '2 reachable']);
  t.end();
});

void t.test('a cut in one direction ends the link in both', (t) => {
  const net = new Net();
  net.run(20_000);
  net.passes = (from) => from === TWO;
  net.run(600);
  t.same(net.node(1).story.slice(2), ['link 0 to 2 down: silent', '2 unreachable']);
  t.same(net.node(2).story.slice(2), ['link 0 to 1 down: silent', '1 unreachable']);
  net.send(2, 1, 'nobody should act on this');
  net.run(10);
  t.same(net.node(1).frames, []);
  t.end();
});

void t.test('a link that flaps must prove itself for longer each time', (t) => {
  const net = new Net();
  const downFor = (): number => {
    net.passes = () => false;
    net.run(600);
    net.passes = () => true;
    const from = net.now;
    const before = net.node(1).story.length;
    while (net.node(1).story.length === before) net.run(10);
    return net.now - from;
  };
  net.run(20_000);
  const waits = [downFor(), downFor(), downFor(), downFor()];
  t.ok((waits[0] ?? 0) < 300, 'the first time it is taken back at once');
  t.ok((waits[3] ?? 0) > 2 * (waits[1] ?? Infinity), `longer and longer: ${waits.join(', ')} ms`);
  net.run(20_000);
  t.ok(downFor() < 300, 'after steady seconds it is forgiven');
  t.end();
});

void t.test(
  'passive: the highest priority carries, the other takes over, and it goes back',
  (t) => {
    const net = new Net({ links: 2, config: { links: [linkSettings(0, 1), linkSettings(1, 9)] } });
    net.run(40_000);
    const load = (): readonly [number, number] => {
      const before = [took(net, 0), took(net, 1)];
      for (let count = 0; count < 100; count += 1) net.send(1, 'all', 'x');
      return [took(net, 0) - (before[0] ?? 0), took(net, 1) - (before[1] ?? 0)];
    };
    t.same(load(), [0, 100]);
    net.passes = (_from, _to, link) => link !== 1;
    net.run(600);
    t.same(net.node(1).story.slice(3), ['link 1 to 2 down: silent'], 'no peer is lost');
    t.same(load(), [100, 0]);
    net.passes = () => true;
    net.run(1000);
    t.same(load(), [0, 100]);
    t.end();
  },
);

void t.test('active sends on all links, rr on each in turn', (t) => {
  for (const [mode, expected] of [
    ['active', [90, 90, 90]],
    ['rr', [30, 30, 30]],
  ] as const) {
    const net = new Net({ links: 3, config: { mode } });
    net.run(40_000);
    const before = [0, 1, 2].map((link) => took(net, link));
    for (let count = 0; count < 90; count += 1) net.send(1, 'all', 'x');
    t.same(
      [0, 1, 2].map((link, index) => took(net, link) - (before[index] ?? 0)),
      expected,
      mode,
    );
  }
  t.end();
});

void t.test('an interface that vanishes is a link down, and comes back as one up', (t) => {
  const net = new Net({ links: 2 });
  net.run(20_000);
  net.input(ONE, { kind: 'interface', link: 0, payloadBytes: undefined });
  t.same(net.node(1).story.slice(3), ['link 0 to 2 down: no-interface']);
  t.equal(linksStatus(net.node(1).state).paths[0]?.state, 'no-interface');
  const before = took(net, 0);
  net.send(1, 'all', 'on link 1');
  net.run(5000);
  t.equal(took(net, 0), before, 'nothing leaves on it');
  t.same(net.node(2).frames, ['on link 1']);
  net.input(ONE, { kind: 'interface', link: 1, payloadBytes: undefined });
  t.same(net.node(1).story.slice(4), ['link 1 to 2 down: no-interface', '2 unreachable']);
  net.input(ONE, { kind: 'interface', link: 0, payloadBytes: 1472 });
  net.run(600);
  t.match(net.node(1).story.slice(6), ['link 0 to 2 up', '2 reachable']);
  t.end();
});

void t.test('links and peers are added, changed and removed while it runs', (t) => {
  const net = new Net({ nodes: 3, links: 1 });
  net.run(20_000);
  const reload = (change: object): void => {
    for (const id of [1, 2, 3].map(nodeId)) {
      net.input(id, { kind: 'configure', settings: { ...net.configOf(id), ...change } });
      net.input(id, { kind: 'interface', link: 1, payloadBytes: 1472 });
    }
  };
  reload({ links: [linkSettings(0), linkSettings(1, 5)] });
  net.run(600);
  t.same(net.node(1).story.slice(4), ['link 1 to 2 up', 'link 1 to 3 up']);
  const before = took(net, 1);
  net.send(1, 'all', 'on the new one');
  t.equal(took(net, 1), before + 2);
  reload({ links: [linkSettings(1, 5)] });
  t.same(net.node(1).story.slice(6), ['link 0 to 2 down: removed', 'link 0 to 3 down: removed']);
  net.input(ONE, {
    kind: 'configure',
    settings: { ...net.configOf(ONE), peers: [TWO], links: [linkSettings(1)] },
  });
  t.same(net.node(1).story.slice(8), ['link 1 to 3 down: removed', '3 unreachable']);
  t.end();
});

void t.test('a new life of a peer is heard after it has answered, an old one never again', (t) => {
  const net = new Net();
  net.run(1000);
  net.boot(TWO);
  net.send(2, 1, 'too early');
  net.run(30);
  net.send(2, 1, 'in touch');
  net.run(5);
  t.same(net.node(1).frames, ['in touch']);
  t.same(net.node(1).story.slice(2), [
    'link 0 to 2 down: restarted',
    '2 unreachable',
    'link 0 to 2 up',
    '2 reachable',
  ]);
  t.end();
});

void t.test('a frozen node blames itself, not its links', (t) => {
  const net = new Net();
  net.run(20_000);
  net.node(1).isRunning = false;
  net.run(8000);
  net.node(1).isRunning = true;
  net.run(1000);
  t.same(net.node(1).story.slice(2), [], 'no link of its own went down');
  t.match(net.node(2).story.slice(2, 4), ['link 0 to 1 down: silent', '1 unreachable']);
  t.match(net.node(2).story.slice(4), ['link 0 to 1 up', '1 reachable']);
  t.end();
});

void t.test('links hold through a fifth of the datagrams lost', (t) => {
  const net = new Net({ nodes: 3, seed: 7 });
  net.run(2000);
  net.lossPercent = 20;
  net.run(60_000);
  const downs = linksStatus(net.node(1).state).paths.map((path) => path.downs);
  t.same(downs, [0, 0], 'not once in a minute');
  net.lossPercent = 0;
  net.run(20_000);
  t.same(
    linksStatus(net.node(1).state).paths.map(({ state }) => state),
    ['up', 'up'],
  );
  t.end();
});

/** Links that are up at one end although the other end would drop what they bring. */
function deaf(net: Net): readonly string[] {
  return [...net.nodes].flatMap(([id, node]) =>
    linksStatus(node.state).paths.flatMap(({ peer, state }) => {
      const far = net.node(peer);
      const knowsItsLife = node.proven.get(peer) === far.epoch;
      const isTaken = far.proven.get(id) === node.epoch;
      return state === 'up' && knowsItsLife && !isTaken ? [`${id} to ${peer}`] : [];
    }),
  );
}

void t.test('a link is up only where the other end takes what it brings', (t) => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const net = new Net({ nodes: 4, seed });
    net.lossPercent = 30;
    const found: string[] = [];
    for (let count = 0; count < 100; count += 1) {
      net.run(3);
      if (count % 25 === 24) net.boot(nodeId(1 + ((count + seed) % 4)));
      found.push(...deaf(net));
    }
    t.same(found, [], `seed ${seed}`);
  }
  t.end();
});

void t.test('what peers tell in their pings is handed up once', (t) => {
  const net = new Net();
  net.run(1000);
  net.input(TWO, { kind: 'news', news: new TextEncoder().encode('two keys') });
  net.run(2000);
  t.same(net.node(1).story.slice(2), ['2 says two keys']);
  t.end();
});
