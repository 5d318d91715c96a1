/** How large datagrams may be: found, used, and given up when they stop passing. */
import fc from 'fast-check';
import t from 'tap';
import { nodeId } from '@holdfast/base';
import { linksStatus } from '@holdfast/links';
import { decode, encodeBundle, encodeFragment, encodeHeartbeat } from '#src/wire.js';
import { Net } from './support/net.js';

function size(net: Net): number {
  return linksStatus(net.node(1).state).paths[0]?.datagramBytes ?? 0;
}

void t.test('the largest datagram that passes is found, and never exceeded', (t) => {
  for (const [passes, found] of [
    [600, 508],
    [1300, 1232],
    [1472, 1472],
    [5000, 4096],
    [65_507, 60_000],
  ] as const) {
    const net = new Net();
    net.passes = (_from, _to, _link, bytes) => bytes <= passes;
    net.run(3000);
    t.equal(size(net), found, `${passes} bytes pass`);
    let largest = 0;
    net.passes = (_from, _to, _link, bytes) => {
      largest = Math.max(largest, bytes);
      return bytes <= passes;
    };
    net.send(1, 'all', ...Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(1300, '.')));
    net.send(1, 'all', 'last'.padEnd(30_000, '!'));
    t.ok(largest <= found);
    net.run(10);
    t.equal(net.node(2).frames.length, 51, 'every frame arrives whole');
    t.equal(net.node(2).frames[50], 'last'.padEnd(30_000, '!'));
  }
  t.end();
});

void t.test('frames of one go share a datagram as long as they fit', (t) => {
  const net = new Net();
  net.run(3000);
  const before = linksStatus(net.node(1).state).counters.datagramsSent;
  net.send(1, 'all', ...Array.from({ length: 40 }, () => 'x'.repeat(1300)));
  t.equal(linksStatus(net.node(1).state).counters.datagramsSent - before, 1);
  t.end();
});

void t.test(
  'a size that stops passing is given up within seconds of its use, and found again',
  (t) => {
    const net = new Net();
    net.run(3000);
    t.equal(size(net), 60_000);
    net.passes = (_from, _to, _link, bytes) => bytes <= 1472;
    for (let count = 0; count < 60; count += 1) {
      net.send(1, 'all', 'x'.repeat(55_000));
      net.run(100);
    }
    t.equal(size(net), 1472);
    t.equal(linksStatus(net.node(1).state).paths[0]?.downs, 0, 'the link itself never went down');
    net.passes = () => true;
    net.run(61_000);
    t.equal(size(net), 60_000);
    t.end();
  },
);

void t.test('a lossy path goes back to one packet at once, and grows when it is good', (t) => {
  const net = new Net({ seed: 3 });
  net.run(3000);
  t.equal(size(net), 60_000);
  net.lossPercent = 20;
  net.run(2000);
  t.equal(size(net), 1472);
  net.run(60_000);
  t.equal(size(net), 1472, 'and stays there');
  net.lossPercent = 0;
  net.run(61_000);
  t.equal(size(net), 60_000);
  t.end();
});

void t.test('a size given by hand is used and not looked for', (t) => {
  const net = new Net({ config: { datagramBytes: 1000 } });
  net.run(1000);
  const before = net.sentBytes;
  net.run(10_000);
  t.equal(size(net), 1000);
  t.ok(net.sentBytes - before < 20_000, 'no padded pings');
  t.end();
});

void t.test('an idle link costs little', (t) => {
  const net = new Net();
  net.run(100_000);
  const before = net.sentBytes;
  net.run(100_000);
  t.ok(net.sentBytes - before < 200_000, `${net.sentBytes - before} bytes in 100 s, both nodes`);
  t.end();
});

void t.test('whatever bytes are inside, decoding does not throw', (t) => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(fc.nat(5), bytes, (kind, rest) => {
      decode(new Uint8Array([kind, ...rest]));
    }),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 20 }), (frames) => {
      const inside = decode(encodeBundle(frames));
      return inside?.kind === 'bundle' && String(inside.frames) === String(frames);
    }),
  );
  const fragment = { frame: 7, index: 1, count: 3, bytes: new Uint8Array([1, 2]) };
  t.match(decode(encodeFragment(fragment)), { kind: 'fragment', ...fragment });
  const ping = {
    kind: 'ping',
    link: 3,
    salt: 2 ** 47,
    sentAt: 12.5,
    isHeard: true,
    size: 99,
    news: new Uint8Array([9]),
  } as const;
  t.match(decode(encodeHeartbeat(ping, 59)), ping);
  t.equal(encodeHeartbeat(ping, 59).length, 59);
  t.end();
});

void t.test('pieces whose rest is lost take bounded room', (t) => {
  const net = new Net({ config: { datagramBytes: 1000 } });
  net.run(1000);
  let count = 0;
  net.passes = (_from, _to, _link, bytes) => bytes < 500 || (count += 1) % 3 !== 0;
  for (let sent = 0; sent < 200; sent += 1) {
    net.send(1, 'all', 'y'.repeat(3000));
    net.run(1);
  }
  t.ok((net.node(2).state.peers.get(nodeId(1))?.pieces.size ?? 99) <= 8);
  t.end();
});
