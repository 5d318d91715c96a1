/** One value changed in a file: everything else stays as its owner wrote it. */
import t from 'tap';
import { addLink, getValues, removeLink, setValue, updateLink } from '@holdfast/corosync-conf';
import { read } from './support/conf.ts';

const FILE = `# the pair in the cellar
totem {
\tversion: 2
\ttransport: knet
\t# quick
\ttoken: 1000
}

nodelist {
  node {
    ring0_addr: 10.0.0.1
    name: one
    nodeid: 1
  }
  node {
    ring0_addr: 10.0.0.2
    name: two
    nodeid: 2
  }
}
quorum {
}
`;

function set(path: string, value: string, index?: number): string {
  const edited = setValue(FILE, path, value, index);
  return edited.ok ? edited.value.text : `fault: ${edited.fault}`;
}

function difference(after: string): string[] {
  const before = FILE.split('\n');
  const now = after.split('\n');
  return [
    ...before.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

void t.test('a value is read by its path', (t) => {
  t.same(getValues(FILE, 'totem.token'), { ok: true, value: ['1000'] });
  t.same(getValues(FILE, 'nodelist.node.name'), { ok: true, value: ['one', 'two'] });
  t.match(getValues(FILE, 'totem.join'), { ok: false, fault: 'totem.join is not set' });
  t.match(getValues(FILE, 'quorum.two_nodes'), {
    fault: 'quorum has no key "two_nodes"; did you mean "two_node"?',
  });
  t.match(getValues(FILE, 'totm.token'), {
    fault: 'corosync.conf has no section "totm"; did you mean "totem"?',
  });
  t.match(getValues('totem {', 'totem.token'), { ok: false, fault: /no closing brace/ });
  t.end();
});

void t.test(
  'a value is set where it stands, or added in its section with its neighbours’ indent',
  (t) => {
    const rows = [
      { path: 'totem.token', value: '5000', says: ['-\ttoken: 1000', '+\ttoken: 5000'] },
      { path: 'totem.join', value: '60', says: ['+\tjoin: 60'] },
      { path: 'quorum.two_node', value: '1', says: ['+  two_node: 1'] },
      { path: 'nodelist.node.quorum_votes', value: '2', index: 1, says: ['+    quorum_votes: 2'] },
      { path: 'quorum.device.votes', value: '1', says: ['+  device {', '+    votes: 1'] },
      { path: 'logging.debug', value: 'on', says: ['+logging {', '+  debug: on'] },
      {
        path: 'quorum.device.net.host',
        value: 'q',
        says: ['+  device {', '+    net {', '+      host: q', '+    }'],
      },
    ];
    for (const { path, value, index, says } of rows) {
      const after = set(path, value, index);
      t.same(difference(after), says, path);
      t.same(getValues(after, path), { ok: true, value: [value] }, `${path} is read back`);
      t.ok(read(after).nodes.length === 2, `${path}: the file is still one`);
    }
    const second = set('nodelist.node.quorum_votes', '2', 1);
    t.same(
      read(second).nodes.map(({ votes }) => votes),
      [1, 2],
      'the second node of the file',
    );
    t.end();
  },
);

void t.test('what cannot be set is refused, with the way out', (t) => {
  const rows = [
    { path: 'nodelist.node.quorum_votes', says: /there are 2 sections nodelist\.node; say which/ },
    {
      path: 'nodelist.node.quorum_votes',
      index: 2,
      says: /no nodelist\.node with index 2; there are 2/,
    },
    { path: 'quorum.two_nodes', says: /did you mean "two_node"/ },
    { path: 'totem.token', value: '1 {', says: /one line, without braces/ },
    { path: 'totem.token', value: '1\n2', says: /one line, without braces/ },
  ];
  for (const { path, value = '1', index, says } of rows)
    t.match(set(path, value, index), says, path);
  t.end();
});

void t.test('a link is added to every node, changed, and removed again', (t) => {
  const addresses = new Map([
    ['one', '10.1.0.1'],
    ['two', '10.1.0.2'],
  ]);
  const added = addLink(FILE, addresses, new Map([['knet_link_priority', '7'] as const]));
  if (!added.ok) throw new Error(added.fault);
  t.equal(added.value.link, 1);
  const conf = read(added.value.text);
  t.same(
    conf.nodes.map((node) => node.addresses[1]),
    ['10.1.0.1', '10.1.0.2'],
  );
  t.match(conf.totem.links, [{ priority: 1 }, { priority: 7, port: 5406 }]);
  const changed = updateLink(
    added.value.text,
    1,
    new Map([['two', '10.2.0.2']]),
    new Map([['mcastport', '7000'] as const]),
  );
  if (!changed.ok) throw new Error(changed.fault);
  t.match(read(changed.value), {
    nodes: [{}, { addresses: ['10.0.0.2', '10.2.0.2'] }],
    totem: { links: [{ port: 5405 }, { port: 7000, priority: 7 }] },
  });
  const removed = removeLink(changed.value, 1);
  t.equal(removed.ok && removed.value, FILE, 'nothing of it is left');
  t.end();
});

void t.test('links that cannot be are refused', (t) => {
  const one = new Map([['one', '10.1.0.1']]);
  t.match(addLink(FILE, one, new Map()), { fault: /^two has no address on the new link/ });
  t.match(addLink(FILE, new Map([...one, ['two', 'x'], ['three', 'y']]), new Map()), {
    fault: 'there is no node three; there are one, two',
  });
  t.match(removeLink(FILE, 0), { fault: /this is the only link/ });
  t.match(removeLink(FILE, 3), { fault: 'there is no link 3; there is link 0 alone' });
  t.match(updateLink(FILE, 0, new Map([['three', 'y']]), new Map()), { fault: /no node three/ });
  t.end();
});
