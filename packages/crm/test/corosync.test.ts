/** The levels `corosync` and `quorum`: the file, the reload, and an operator's word. */
import t, { type Test } from 'tap';
import { shellFor } from './support/crm.ts';
import { fakeDaemon } from './support/fake-daemon.ts';

const PATH = '/etc/corosync/corosync.conf';
const FILE = `totem {
  version: 2
  cluster_name: ha
  transport: udpu
  token: 1000
}
nodelist {
  node {
    ring0_addr: 192.0.2.1
    name: haone
    nodeid: 1
  }
  node {
    ring0_addr: 192.0.2.2
    name: hatwo
    nodeid: 2
  }
}
quorum {
  provider: corosync_votequorum
  two_node: 1
}
`;

type Row = {
  readonly line: string;
  readonly code: number;
  readonly out?: RegExp;
  readonly err?: RegExp;
};

async function play(t: Test, text: string | undefined, rows: readonly Row[]): Promise<string> {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  if (text !== undefined) shell.files.set(PATH, text);
  for (const { line, code, out, err } of rows) {
    shell.said.out = '';
    shell.said.err = '';
    t.equal(await shell.run(line), code, `${line}: ${shell.said.err}`);
    if (out !== undefined) t.match(shell.said.out, out, line);
    if (err !== undefined) t.match(shell.said.err, err, line);
  }
  shell.place.shell.client?.close();
  return shell.files.get(PATH) ?? '';
}

void t.test(
  'values are shown and set, and a file that would not start is not written',
  async (t) => {
    const after = await play(t, FILE, [
      { line: 'corosync show', code: 0, out: /^totem \{\n {2}version: 2/ },
      { line: 'corosync get totem.token', code: 0, out: /^1000\n$/ },
      { line: 'corosync get nodelist.node.name', code: 0, out: /^haone\nhatwo\n$/ },
      { line: 'corosync get totem.tokn', code: 1, err: /did you mean "token"/ },
      { line: 'corosync set totem.token 2000', code: 0, err: /written to .*crm corosync reload/ },
      {
        line: 'corosync set totem.token fast',
        code: 78,
        err: /nothing was written.*\n.*"fast" is not a whole number/,
      },
      { line: 'corosync set quorum.two_nodes 1', code: 1, err: /did you mean "two_node"/ },
      { line: 'corosync set quorum.expected_votes 3', code: 78, err: /two_node is for two nodes/ },
      {
        line: 'corosync set nodelist.node.quorum_votes 1',
        code: 1,
        err: /say which one with an index/,
      },
      { line: 'corosync set nodelist.node.quorum_votes 1 1', code: 0 },
      { line: 'corosync set totem.token 1 x', code: 64, err: /no index/ },
      {
        line: 'corosync set quorum.last_man_standing 1',
        code: 0,
        err: /WARNING: .*has no effect with two_node/,
      },
    ]);
    t.equal(
      after,
      FILE.replace('token: 1000', 'token: 2000')
        .replace('nodeid: 2\n', 'nodeid: 2\n    quorum_votes: 1\n')
        .replace('two_node: 1\n', 'two_node: 1\n  last_man_standing: 1\n'),
    );
  },
);

void t.test('links are shown, added, changed and removed', async (t) => {
  const after = await play(t, FILE, [
    {
      line: 'corosync link',
      code: 0,
      out: /^Link 0: UDP port 5405, priority 1, ping every 250 ms, down after 500 ms\n {2}haone: 192\.0\.2\.1\n {2}hatwo: 192\.0\.2\.2\n$/,
    },
    {
      line: 'corosync link add haone=198.51.100.1 hatwo=198.51.100.2',
      code: 78,
      err: /allows one link.*set transport: knet/,
    },
    { line: 'corosync set totem.transport knet', code: 0 },
    {
      line: 'corosync link add haone=198.51.100.1',
      code: 1,
      err: /hatwo has no address on the new link/,
    },
    {
      line: 'corosync link add haone=198.51.100.1 hatwo=198.51.100.2 options knet_link_priority=5',
      code: 0,
    },
    {
      line: 'corosync link show',
      code: 0,
      out: /Link 1: UDP port 5406, priority 5[^]*hatwo: 198\.51\.100\.2\nlink_mode: passive/,
    },
    { line: 'corosync link update 1 options speed=9', code: 64, err: /a link has no option speed/ },
    { line: 'corosync link update 1 hatwo=198.51.100.9', code: 0 },
    {
      line: 'corosync get nodelist.node.ring1_addr',
      code: 0,
      out: /^198\.51\.100\.1\n198\.51\.100\.9\n$/,
    },
    { line: 'corosync link remove 1', code: 107, err: /nothing was removed/ },
    { line: 'corosync link remove 0', code: 1, err: /remove link 1 first/ },
    { line: 'corosync link turn', code: 64, err: /usage: link/ },
  ]);
  t.match(after, /ring1_addr: 198\.51\.100\.9/);
});

void t.test('verify says what is wrong with its line, and what would be in force', async (t) => {
  await play(t, FILE, [
    {
      line: 'corosync verify',
      code: 0,
      out: /^votes: haone 1, hatwo 1; 2 are expected, 1 make a quorum\ntwo_node: [^]*\nwait_for_all: [^]*\nthe daemon here runs with this file\n$/,
      err: /WARNING: .*secauth/,
    },
    { line: 'corosync verify /nowhere', code: 66, err: /\/nowhere cannot be read/ },
  ]);
  const rows = [
    {
      change: ['two_node', 'two_nodes'],
      code: 78,
      err: /ERROR: .*:21: quorum\.two_nodes is not a key.*did you mean "two_node"/,
    },
    {
      change: ['192.0.2.2', '192.0.2.1'],
      code: 78,
      err: /ERROR: .*is used already by the node in line 8/,
    },
    {
      change: ['192.0.2.2', 'hatwo.invalid'],
      code: 78,
      err: /"hatwo\.invalid" is no address and resolves to none/,
    },
    {
      change: ['token: 1000', 'secauth: on'],
      code: 78,
      err: /there is neither etc\/holdfast\/authkey nor/,
    },
    { change: ['token: 1000', 'token: 5'], code: 78, err: /totem\.token "5" is less than 30 ms/ },
    {
      change: ['token: 1000', 'tooken_x_y_z: 5'],
      code: 0,
      err: /WARNING: .*tooken_x_y_z is not a key/,
    },
  ] as const;
  for (const { change, code, err } of rows) {
    await play(t, FILE.replace(change[0], change[1]), [{ line: 'corosync verify', code, err }]);
  }
  await play(t, undefined, [{ line: 'corosync verify', code: 66, err: /there is neither/ }]);
});

void t.test('a reload tells what is in force and what waits for a restart', async (t) => {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  t.equal(await shell.run('corosync reload'), 0);
  t.equal(shell.said.out, 'reloaded\nNothing differs from what runs.\n');
  daemon.reload = {
    outcome: '',
    warnings: ['c:1: something.'],
    changes: [
      { key: 'totem.token', from: '1000', to: '5000', effect: 'restart' },
      { key: 'quorum.expected_votes', from: '', to: '5', effect: 'now' },
    ],
  };
  shell.said.out = '';
  t.equal(await shell.run('corosync reload --dry-run'), 0);
  t.equal(
    shell.said.out,
    'nothing was changed\nIn force at once:\n  quorum.expected_votes: (none) → 5\nAfter a restart of holdfastd on every node:\n  totem.token: 1000 → 5000\n',
  );
  t.match(shell.said.err, /WARNING: c:1: something\./);
  t.same(daemon.asked.at(-1)?.params, { dry: true, user: 'root' });
  t.equal(await shell.run('corosync reload now'), 64);
  shell.place.shell.client?.close();
});

void t.test('unblocking and fewer votes need a human, or --force', async (t) => {
  const daemon = await fakeDaemon(t);
  daemon.status = {
    ...daemon.status,
    quorum: { ...daemon.status.quorum, quorate: false, waitingFor: ['hatwo'] },
  };
  const shell = await shellFor(daemon);
  const asked = (): string[] => daemon.asked.map(({ method }) => method);
  t.equal(await shell.run('quorum unblock'), 107);
  t.match(shell.said.err, /nothing was unblocked: somebody must have seen that hatwo run nothing/);
  t.notOk(asked().includes('quorum.unblock'));
  t.equal(await shell.run('quorum expected 1'), 107);
  t.match(shell.said.err, /expected votes stay 2/);
  t.equal(await shell.run('quorum expected 3'), 0, 'more is safe');
  t.equal(await shell.run('quorum expected none'), 64);
  t.equal(await shell.run('quorum status'), 0);
  t.match(shell.said.out, /Quorate: +No\n[^]*Waiting for: +hatwo\n/);
  shell.place.shell.client?.close();
  const forced = await shellFor(daemon, true);
  t.equal(await forced.run('quorum unblock'), 0);
  t.equal(await forced.run('quorum expected 1'), 0);
  t.same(daemon.asked.at(-1)?.params, { votes: 1, user: 'root' });
  forced.place.shell.client?.close();
});

void t.test('status is of the ring, of the votes, or of both; strangers are named', async (t) => {
  const daemon = await fakeDaemon(t);
  const { quorum } = daemon.status;
  daemon.status = {
    ...daemon.status,
    quorum: {
      ...quorum,
      strangers: [{ node: 'hatwo', sections: ['totem', 'quorum'] }],
      device: { votes: 1, counted: false },
    },
  };
  const shell = await shellFor(daemon);
  t.equal(await shell.run('corosync status ring'), 0);
  t.match(shell.said.out, /^Ring: +1\.8 operational\nMembers: +haone hatwo\n$/);
  shell.said.out = '';
  t.equal(await shell.run('corosync status quorum'), 0);
  t.match(
    shell.said.out,
    /Quorum device: +1 votes, not counted\nDiffers: +hatwo \(totem, quorum\)\n$/,
  );
  t.equal(await shell.run('corosync status weather'), 64);
  shell.place.shell.client?.close();
});
