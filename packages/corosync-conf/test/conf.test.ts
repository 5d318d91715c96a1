import t from 'tap';
import { nodeId } from '@holdfast/base';
import { describe, effectiveQuorum, findLocalNode } from '@holdfast/corosync-conf';
import { conf, faults, nodelist, read, SEED } from './support/conf.ts';

void t.test("the seed's configuration is read as it stands, and its doubts are said", (t) => {
  const seed = read(SEED);
  t.match(seed.totem, {
    clusterName: 'ha',
    transport: 'udpu',
    sealed: false,
    port: 5405,
    linkPorts: [5405],
    tokenMs: 3000,
    effectiveTokenMs: 3000,
    tokenRetransmitMs: 714,
    holdMs: 561,
    consensusMs: undefined,
    effectiveConsensusMs: 3600,
    joinMs: 50,
    mergeMs: 200,
    tokenCoefficientMs: 650,
    windowSize: 50,
    maxMessages: 17,
  });
  t.match(seed.nodes, [
    { id: 1, name: 'haone', addresses: ['127.0.0.1'], votes: 1 },
    { id: 2, name: 'hatwo', addresses: ['127.0.0.2'], votes: 1 },
  ]);
  t.same(seed.warnings.map(describe), [
    'c:4: totem.secauth is off: anybody on this network can read, join and command the cluster; make a key and set secauth: on.',
    'c:7: totem.interface.ringnumber "0" has no effect: it is the name of an older version.',
    'c:8: totem.interface.bindnetaddr is not used: the addresses in nodelist are; remove the line.',
    'c:9: totem.interface.broadcast "yes" is ignored: datagrams go to each node by its address; remove the line.',
    'c:15: nodelist has a single link: one cut cable parts the nodes; consider a second one.',
    'c:27: quorum.last_man_standing has no effect with two_node: one node is enough already; remove it.',
  ]);
  const effective = effectiveQuorum(seed, nodeId(1));
  t.same(effective.ok && effective.value, {
    self: 1,
    votes: new Map([
      [1, 1],
      [2, 1],
    ]),
    expectedVotes: 2,
    twoNode: true,
    waitForAll: true,
    lastManStanding: { windowMs: 10_000 },
    autoTieBreaker: undefined,
    downscale: undefined,
    tracksExpectedVotes: false,
    device: undefined,
  });
  t.end();
});

void t.test('blanks, tabs, CRLF, comments and a last line without end are read', (t) => {
  const text = `# mine\r\n${SEED.replaceAll('  ', '\t').replaceAll('\n', '\r\n').trimEnd()}`;
  t.same(
    read(text).nodes.map(({ name }) => name),
    ['haone', 'hatwo'],
  );
  t.end();
});

void t.test('keys of the reference that have no effect here are accepted and named', (t) => {
  const { warnings } = read(
    conf({ totem: 'threads: 0\nrrp_mode: none\nknet_compression_level: 1' }),
  );
  t.same(
    warnings.map(({ key }) => key).filter((key) => key.startsWith('totem.')),
    ['totem.threads', 'totem.rrp_mode', 'totem.knet_compression_level'],
  );
  t.end();
});

void t.test('three nodes: the token grows, and two_node is refused', (t) => {
  const three = read(conf({ nodes: nodelist(3) }));
  t.match(three.totem, {
    effectiveTokenMs: 3650,
    tokenRetransmitMs: 869,
    holdMs: 685,
    effectiveConsensusMs: 4380,
  });
  const effective = effectiveQuorum(three, nodeId(3));
  t.match(effective.ok ? [] : effective.fault.map(describe), [
    'c:25: quorum.two_node is for two nodes with one vote each, and here are 3 voters with 3 expected votes; remove it: a majority decides then.',
  ]);
  t.end();
});

void t.test('two links have a port each, and want knet and names', (t) => {
  const two = nodelist(2).replaceAll(/ring0_addr: 10.0.0.(\d)/g, '$&\nring1_addr: 10.1.0.$1');
  const knet = conf({ nodes: two }).replace('udpu', 'knet');
  t.match(read(knet), { totem: { linkPorts: [5405, 5406] } });
  t.same(read(knet).nodes[1]?.addresses, ['10.0.0.2', '10.1.0.2']);
  t.match(faults(conf({ nodes: two })), [/"udpu" allows one link, and the nodes have 2/]);
  t.match(faults(knet.replace('name: n2\n', '')), [/has no name, which several links/]);
  t.match(faults(knet.replace('ring1_addr: 10.1.0.2\n', '')), [/has 1 of the 2 links/]);
  t.match(faults(knet.replace('10.1.0.2', 'fe80::2')), [/mixes IPv4 and IPv6/]);
  t.end();
});

void t.test('the matrix of options that exclude each other', (t) => {
  const cases = [
    {
      quorum: 'two_node: 1',
      want: { twoNode: true, waitForAll: true },
      why: 'wfa follows two_node',
    },
    {
      quorum: 'two_node: 1\nwait_for_all: 0',
      want: { twoNode: true, waitForAll: false },
      why: 'unless written',
    },
    { quorum: 'wait_for_all: 2', want: { waitForAll: true }, why: 'any number but 0 is yes' },
    {
      quorum: 'two_node: 1\nauto_tie_breaker: 1',
      want: { twoNode: false, waitForAll: true, autoTieBreaker: { kind: 'lowest' } },
      why: 'the tie breaker wins',
    },
    {
      quorum: 'expected_votes: 1',
      want: { expectedVotes: 2 },
      why: 'never below the votes there are',
    },
    {
      nodes: 3,
      quorum: 'auto_tie_breaker: 1',
      want: { autoTieBreaker: undefined },
      why: 'odd votes need wfa',
    },
    {
      nodes: 3,
      quorum: 'auto_tie_breaker: 1\nwait_for_all: 1',
      want: { autoTieBreaker: { kind: 'lowest' } },
      why: 'with wfa they may',
    },
    {
      nodes: 4,
      quorum: 'auto_tie_breaker: 1\nauto_tie_breaker_node: 4 2',
      want: { autoTieBreaker: { kind: 'list', nodes: [4, 2] } },
      why: 'a list is kept in order',
    },
    {
      nodes: 4,
      quorum: 'auto_tie_breaker: 1\nauto_tie_breaker_node: 9',
      want: { autoTieBreaker: undefined },
      why: 'a node nobody has',
    },
    {
      nodes: 3,
      votes: [2, 1, 1],
      quorum: 'last_man_standing: 1',
      want: { lastManStanding: undefined, expectedVotes: 4 },
      why: 'one vote each',
    },
    {
      nodes: 4,
      quorum: 'device {\nmodel: net\n}',
      want: { expectedVotes: 7 },
      why: 'the automatic votes of a device',
    },
    {
      quorum: 'device {\nmodel: net\nvotes: 1\n}',
      want: { expectedVotes: 2 },
      why: 'votes of its own are added when they are seen',
    },
    {
      quorum: 'device {\nmodel: net\nvotes: 1\ntimeout: 500\nmaster_wins: 1\n}',
      want: { device: { votes: 1, timeoutMs: 500, syncTimeoutMs: 30_000, masterWins: true } },
      why: 'the device with its defaults',
    },
    {
      nodes: 5,
      quorum: 'expected_votes: 3\nallow_downscale: 1',
      want: { expectedVotes: 5, downscale: { floor: 3 }, tracksExpectedVotes: true },
      why: 'all are expected at the start, and no fewer than three at the end',
    },
    {
      nodes: 5,
      quorum: 'allow_downscale: 1',
      want: { expectedVotes: 5, downscale: undefined },
      why: 'a floor of all nodes is no downscaling',
    },
    {
      nodes: 3,
      quorum: 'expected_votes_tracking: 1',
      want: { tracksExpectedVotes: true, downscale: undefined },
      why: 'tracking alone',
    },
  ];
  for (const { nodes = 2, votes, quorum, want, why } of cases) {
    const effective = effectiveQuorum(
      read(conf({ nodes: nodelist(nodes, votes), quorum })),
      nodeId(1),
    );
    t.match(effective.ok && effective.value, want, why);
  }
  t.end();
});

void t.test('what the reference exits on at start is refused at start', (t) => {
  const cases = [
    {
      quorum: 'two_node: 1\ndevice {\nmodel: net\nvotes: 1\n}',
      says: /device and two_node exclude/,
    },
    { quorum: 'last_man_standing: 1\ndevice {\nvotes: 1\n}', says: /device and last_man_standing/ },
    { quorum: 'auto_tie_breaker: 1\ndevice {\nvotes: 1\n}', says: /device and auto_tie_breaker/ },
    { quorum: 'allow_downscale: 1\ndevice {\nvotes: 1\n}', says: /device and allow_downscale/ },
    { quorum: 'expected_votes: 2\ndevice {\nvotes: 1\n}', says: /less than two votes/ },
    {
      nodes: 2,
      votes: [2, 1],
      quorum: 'device {\nmodel: net\n}',
      says: /has no votes, which unequal/,
    },
    { quorum: 'expected_votes: 5\ntwo_node: 1', says: /two_node is for two nodes/ },
    { quorum: 'expected_votes: 3\ndevice {\nmodel: net\n}', says: /has no votes, which expected/ },
    { nodes: 3, quorum: 'auto_tie_breaker: 1\nlast_man_standing: 1', says: /needs wait_for_all/ },
    { quorum: 'provider: corosync_ykd', says: /"corosync_ykd" is no quorum provider/ },
  ];
  for (const { nodes = 2, votes, quorum, says } of cases) {
    const doubtful = read(conf({ nodes: nodelist(nodes, votes), quorum }));
    t.ok(
      doubtful.warnings.some(({ what }) => what.endsWith('will not start with it')),
      quorum,
    );
    const effective = effectiveQuorum(doubtful, nodeId(1));
    t.match(effective.ok ? [] : effective.fault.map(describe), [says], quorum);
  }
  t.end();
});

void t.test('a host finds itself by name, then by short name, then by address', (t) => {
  const seed = read(SEED);
  const cases = [
    { hostname: 'hatwo', addresses: ['127.0.0.1'], is: 2, why: 'the name comes first' },
    { hostname: 'haone.example.org', addresses: [], is: 1, why: 'domain parts are taken off' },
    { hostname: 'elsewhere', addresses: ['127.0.0.2'], is: 2, why: 'then the address' },
  ];
  for (const { is, why, ...host } of cases) {
    const found = findLocalNode(seed, host);
    t.equal(found.ok && found.value.id, is, why);
  }
  const lost = findLocalNode(seed, { hostname: 'x', addresses: ['10.9.9.9'] });
  t.equal(
    lost.ok ? '' : describe(lost.fault),
    'c:15: nodelist lists haone, hatwo, and this host (x) is none of them by name or address; add it, or correct its name or ring0_addr.',
  );
  t.end();
});
