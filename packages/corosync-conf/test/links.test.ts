/** Links: addresses, ports, heartbeats, and how several share the traffic. */
import t from 'tap';
import { describe } from '@holdfast/corosync-conf';
import { conf, faults, nodelist, read } from './support/conf.ts';

function linked(count: number, totem = ''): string {
  const addresses = (id: string): string =>
    Array.from({ length: count }, (_, link) => `ring${link}_addr: 10.${link}.0.${id}`).join('\n');
  const nodes = nodelist(2).replaceAll(/ring0_addr: 10\.0\.0\.(\d)/g, (_, id: string) =>
    addresses(id),
  );
  return conf({ nodes, totem }).replace('transport: udpu', 'transport: knet');
}

function warned(text: string): string[] {
  return read(text)
    .warnings.map(describe)
    .filter((one) => one.includes('totem.'));
}

void t.test('eight links, each with its port and the heartbeats that the token makes', (t) => {
  const { totem, nodes } = read(linked(8));
  t.equal(nodes[1]?.addresses.length, 8);
  t.same(
    totem.links.map(({ link, port }) => [link, port]),
    [0, 1, 2, 3, 4, 5, 6, 7].map((link) => [link, 5405 + link]),
  );
  t.match(totem.links[7], {
    priority: 1,
    pingIntervalMs: 750,
    pingTimeoutMs: 1500,
    pingPrecision: 2048,
    pongCount: 2,
  });
  t.match(totem, { linkMode: 'passive', mtu: undefined, mtuProbeIntervalMs: 30_000 });
  const three = read(conf({ nodes: nodelist(3), quorum: '' }).replace('udpu', 'knet'));
  t.match(three.totem.links, [{ pingIntervalMs: 912, pingTimeoutMs: 1825 }], 'token 3650');
  t.end();
});

void t.test('an interface section speaks for its link alone', (t) => {
  const { totem } = read(
    linked(
      2,
      `link_mode: active
knet_mtu: 1300
interface {
mcastport: 6000
}
interface {
linknumber: 1
knet_link_priority: 9
knet_ping_interval: 200
knet_ping_timeout: 400
}
interface {
linknumber: 1
knet_pong_count: 3
}`,
    ),
  );
  t.match(totem, { linkMode: 'active', mtu: 1300, port: 6000, linkPorts: [6000, 6001] });
  t.match(totem.links, [
    { link: 0, port: 6000, priority: 1 },
    { link: 1, priority: 9, pingIntervalMs: 200, pingTimeoutMs: 400, pongCount: 3 },
  ]);
  t.end();
});

void t.test('what cannot work on a link is refused or named', (t) => {
  const one = 'interface {\nknet_link_priority: 5\n}';
  t.match(faults(conf({ totem: one })), [/knet_link_priority "5" needs transport knet/]);
  t.match(faults(linked(2, 'interface {\nlinknumber: 8\n}')), [/from 0 to 7/]);
  t.match(warned(linked(2, 'interface {\nlinknumber: 2\n}')), [
    /linknumber "2" is a link that no node has an address for/,
  ]);
  t.match(warned(linked(2, 'interface {\nknet_ping_interval: 100\n}')), [
    /knet_ping_interval is set without knet_ping_timeout/,
  ]);
  t.match(warned(linked(2, 'interface {\nknet_ping_interval: 500\nknet_ping_timeout: 400\n}')), [
    /is longer than knet_ping_timeout/,
  ]);
  t.match(warned(linked(2, 'interface {\nknet_ping_interval: 500\nknet_ping_timeout: 3000\n}')), [
    /"3000" is not below the token timeout/,
  ]);
  t.match(warned(conf({ totem: 'link_mode: rr' })), [/link_mode "rr" has nothing to choose/]);
  t.end();
});

void t.test('ciphers of an existing configuration are read', (t) => {
  const rows = [
    { says: '', crypto: { cipher: 'aes256', hash: 'sha256', isWeak: false }, sealed: true },
    {
      says: 'crypto_hash: sha1',
      crypto: { cipher: 'aes256', hash: 'sha1', isWeak: true },
      sealed: true,
    },
    { says: 'crypto_cipher: aes128', crypto: { cipher: 'aes128', isWeak: true }, sealed: true },
    {
      says: 'crypto_cipher: none\ncrypto_hash: none',
      crypto: { cipher: 'none', hash: 'none', isWeak: false },
      sealed: false,
    },
  ];
  for (const { says, crypto, sealed } of rows)
    t.match(read(linked(1, says)).totem, { crypto, sealed }, says);
  t.match(faults(linked(1, 'crypto_hash: none')), [/needs a crypto_hash/], 'secauth has a cipher');
  t.end();
});

void t.test('a cipher wants a hash, and knet', (t) => {
  t.match(faults(linked(1, 'crypto_cipher: aes256\ncrypto_hash: none')), [/needs a crypto_hash/]);
  t.match(faults(conf({ totem: 'crypto_cipher: aes256' })), [/is only for transport knet/]);
  t.same(faults(conf({ totem: 'crypto_cipher: none\ncrypto_hash: none' })), []);
  t.end();
});

void t.test('timers that get in each other’s way are named', (t) => {
  const rows = [
    {
      says: 'token_retransmit: 900',
      warns: /token_retransmit leaves no time for 4 tries of 900 ms/,
    },
    { says: 'hold: 800', warns: /totem\.hold holds an idle token for 800 ms, and after 714 ms/ },
    { says: 'merge: 3000', warns: /totem\.merge looks for other rings every 3000 ms/ },
    { says: 'consensus: 3600\njoin: 1800', warns: /totem\.join lets a join be said at most twice/ },
    {
      says: 'window_size: 10',
      warns: /lets one node send 17 messages a visit, and all nodes together 10/,
    },
  ];
  for (const { says, warns } of rows) t.match(warned(conf({ totem: says })), [warns], says);
  t.same(warned(conf({ totem: 'token: 1000\nhold: 100\nmerge: 100\nwindow_size: 17' })), []);
  t.match(faults(conf({ totem: 'max_network_delay: 5' })), [/"5" is less than 30 ms/]);
  t.end();
});
