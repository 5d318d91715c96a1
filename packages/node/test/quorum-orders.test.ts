/** Orders about votes travel in the agreed stream, through whole nodes. */
import t from 'tap';
import type { QuorumAsk } from '@holdfast/quorum';
import { type NodeInput, readNode } from '@holdfast/node';
import { boot, cluster, type Cluster, feed, form, type Host, settle } from './support/cluster.ts';

function hosts(count: number, twoNode: boolean): { c: Cluster; up: readonly Host[] } {
  const c = cluster(['a', 'b', 'c'].slice(0, count), twoNode);
  for (const host of c.hosts) boot(c, host);
  return { c, up: c.hosts };
}

function asked(c: Cluster, host: Host | undefined, ask: QuorumAsk): string {
  if (host === undefined) throw new Error('no such host');
  host.answers.delete('asked');
  feed(c, host, { kind: 'quorum-ask', id: 'asked', ask });
  settle(c);
  const answer = host.answers.get('asked');
  if (answer === undefined) return 'no answer';
  return answer.kind === 'fault' ? `${answer.fault.code}: ${answer.fault.message}` : answer.kind;
}

function quorumOf(host: Host | undefined): { quorate?: boolean; expectedVotes?: number } {
  return host === undefined ? {} : readNode(host.machine).quorum;
}

void t.test('an operator ends the waiting of a node that started alone', (t) => {
  const { c, up } = hosts(2, true);
  const [a] = up;
  t.match(asked(c, a, { kind: 'unblock' }), /^not-ready: /, 'not before there is a view');
  form(c, up.slice(0, 1));
  t.match(quorumOf(a), { quorate: false });
  t.equal(asked(c, a, { kind: 'unblock' }), 'outcome');
  t.match(quorumOf(a), { quorate: true });
  t.match(asked(c, a, { kind: 'unblock' }), /^refused: nothing waits/);
  form(c, up);
  t.match(up.map(quorumOf), [{ quorate: true }, { quorate: true }], 'the other one joins it');
  t.end();
});

void t.test('expected votes change on every member at once', (t) => {
  const { c, up } = hosts(3, false);
  form(c, up);
  t.equal(asked(c, up[1], { kind: 'expect', votes: 4 }), 'outcome');
  t.match(up.map(quorumOf), [{ expectedVotes: 4 }, { expectedVotes: 4 }, { expectedVotes: 4 }]);
  t.match(asked(c, up[2], { kind: 'expect', votes: 2 }), /^refused: 2 is less than the 3 votes/);
  t.end();
});

void t.test('a reload is taken over by all, or by none', (t) => {
  const { c, up } = hosts(3, false);
  form(c, up);
  const file = (host: Host, quorum: string, expectedVotes: number): Host['file'] => {
    const { config } = host.machine;
    const reading: (NodeInput & { kind: 'reread' })['reading'] = {
      kind: 'config',
      config: { ...config.quorum, expectedVotes, digests: { quorum } },
      digests: { quorum },
    };
    return reading;
  };
  for (const host of up) host.file = file(host, host.name === 'b' ? 'other' : 'same', 5);
  t.match(
    asked(c, up[0], { kind: 'reload' }),
    /^refused: nothing was reloaded anywhere: b has another quorum, compared with a/,
  );
  t.match(up.map(quorumOf), [{ expectedVotes: 3 }, { expectedVotes: 3 }, { expectedVotes: 3 }]);
  for (const host of up) host.file = file(host, 'same', 5);
  t.equal(asked(c, up[0], { kind: 'reload' }), 'outcome');
  t.match(up.map(quorumOf), [{ expectedVotes: 5 }, { expectedVotes: 5 }, { expectedVotes: 5 }]);
  t.ok(up.every(({ said }) => said.includes('takes its file over')));
  t.end();
});
