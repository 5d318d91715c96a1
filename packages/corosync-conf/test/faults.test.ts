import t from 'tap';
import { conf, faults, nodelist } from './support/conf.ts';

void t.test('a wrong file is refused with file, line, value and the way out', (t) => {
  const cases: readonly { readonly text: string; readonly says: readonly string[] }[] = [
    {
      text: conf({ totem: 'tokn: 1000' }),
      says: ['c:6: totem.tokn is not a key that is known in totem; did you mean "token"?'],
    },
    {
      text: conf({ totem: 'two_node: 1' }),
      says: ['c:6: totem.two_node is not a key that is known in totem; move it into quorum.'],
    },
    {
      text: conf({ quorum: 'two_node: yes' }),
      says: ['c:22: quorum.two_node "yes" is not a whole number from 0 to 255; write 1.'],
    },
    {
      text: conf({ totem: 'token: 3s' }),
      says: [
        'c:6: totem.token "3s" is not a whole number from 0 to 4294967295; write milliseconds, without a unit.',
      ],
    },
    {
      text: conf({ totem: 'token: 1000 # fast' }),
      says: [
        'c:6: totem.token "1000 # fast" is not a whole number from 0 to 4294967295; put the comment into a line of its own.',
      ],
    },
    {
      text: conf({ totem: 'token: 100' }),
      says: [
        'c:6: totem.token leaves 23 ms between two tries to pass the token on; raise token or lower token_retransmits_before_loss_const.',
      ],
    },
    {
      text: conf({ totem: 'join: 2000\nconsensus: 1500' }),
      says: ['c:7: totem.consensus "1500" is less than join (2000 ms); raise it.'],
    },
    {
      text: conf({ totem: 'crypto_cipher: aes256\ncrypto_hash: none' }),
      says: [
        'c:6: totem.crypto_cipher "aes256" needs a crypto_hash other than none; write crypto_hash: sha256.',
      ],
    },
    {
      text: conf({ totem: 'hold: 5\ntoken_warning: 101' }),
      says: [
        'c:6: totem.hold "5" is less than 14 ms; write 14 or more.',
        'c:7: totem.token_warning "101" is more than 100 percent; write 0 to 100.',
      ],
    },
    {
      text: conf({ nodes: `${nodelist(1)}\nnode {\nring0_addr: 10.0.0.1\nname: n1\nnodeid: 1\n}` }),
      says: [
        'c:14: nodelist.node.nodeid "1" is used already by the node in line 9; give every node its own.',
        'c:14: nodelist.node.name "n1" is used already by the node in line 9; give every node its own.',
        'c:15: nodelist.node.ring0_addr "10.0.0.1" is used already by the node in line 9; give every node its own.',
      ],
    },
    {
      text: conf({ nodes: 'node {\nring0_addr: <firstNodeAddress>\nname: a b\nnodeid: 1\n}' }),
      says: [
        'c:10: nodelist.node.ring0_addr "<firstNodeAddress>" is neither an IP address nor a host name; write the address of this node.',
        'c:11: nodelist.node.name "a b" is not a node name; use letters, digits, dots and dashes.',
      ],
    },
    {
      text: conf({ nodes: 'node {\nring0_addr: 10.0.0.300\nname: a\n}' }),
      says: [
        'c:9: nodelist.node.nodeid is missing, and only an IPv4 ring0_addr could stand in for it; give every node a number of its own, from 1.',
        'c:10: nodelist.node.ring0_addr "10.0.0.300" is neither an IP address nor a host name; write the address of this node.',
      ],
    },
    {
      text: 'totem {\nversion: 2\n}\n',
      says: [
        'c:3: nodelist section is missing; list every member as node { ring0_addr: … name: … nodeid: … }.',
      ],
    },
    {
      text: '',
      says: [
        'c:1: nodelist section is missing; list every member as node { ring0_addr: … name: … nodeid: … }.',
        'c:1: totem section is missing; add totem { version: 2 }.',
      ],
    },
    {
      text: conf({ nodes: 'node {\nring0_addr: ${HAONE_ADDR}\n}' }),
      says: [
        'c:10: "ring0_addr: ${HAONE_ADDR}" has a brace in a value; is a shell variable left unexpanded?',
      ],
    },
    {
      text: 'totem { version: 2 }\n',
      says: [
        'c:1: "totem { version: 2 }" has a brace in a value; is a shell variable left unexpanded?',
        'c:1: "totem { version: 2 }" has something after the opening brace; write it into a line of its own.',
      ].slice(1),
    },
    {
      text: `totem {\nversion: 2\nkey ${'s'.repeat(20)}\n}`,
      says: [
        'c:3: "key: (hidden)" is neither "section {", nor "key: value", nor "}"; write a colon after the key.',
      ],
    },
    {
      text: `totem {\n#\nversion: 2\n${'x'.repeat(512)}: 1\n}\n`,
      says: ['c:4: the line is longer than 511 bytes; shorten it.'],
    },
  ];
  for (const { text, says } of cases) t.same(faults(text).slice(0, says.length), says);
  t.end();
});

void t.test('every fault is reported, in the order of the file', (t) => {
  const said = faults(
    conf({ totem: 'tokenn: 1\nmerge: 5', quorum: 'two_node: 300\nwaitforall: 1' }),
  );
  t.same(
    said.map((one) => one.slice(0, 'c:22'.length)),
    ['c:6:', 'c:7:', 'c:23', 'c:24'],
  );
  t.end();
});
