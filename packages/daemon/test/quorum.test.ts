/** Two real daemons and their votes: an operator's word, another file, and a reload. */
import t from 'tap';
import { type Client } from '@holdfast/ipc';
import {
  clientOf,
  conf,
  endDaemon,
  logOf,
  newPlace,
  removePlace,
  startDaemon,
  until,
  writeConf,
} from './support/daemons.ts';

async function quorumOf(client: Client) {
  const answer = await client.call('cluster.status', {});
  if (!answer.ok) throw new Error(answer.fault.message);
  return { ...answer.value.quorum, members: answer.value.ring.members.length };
}

void t.test(
  'a node alone is unblocked; a stranger is named; a reload is taken by both',
  async (t) => {
    const place = newPlace();
    const byMajority = (text: string): string => text.replace('two_node: 1', 'two_node: 0');
    writeConf(place, 'haone', conf(place));
    writeConf(place, 'hatwo', conf(place, '  join: 60\n'));
    const one = startDaemon(place, 'haone');
    t.teardown(async () => {
      await endDaemon(one, 'SIGKILL');
      removePlace(place);
    });
    const first = await clientOf(place, 'haone');
    await until(async () => (await quorumOf(first)).members === 1, 'haone is alone in a ring');
    await until(
      async () => (await first.call('quorum.unblock', { user: 'test' })).ok,
      'haone takes the word',
    );
    t.match(await quorumOf(first), { quorate: true, waitingFor: [] });
    const status = await first.call('cluster.status', {});
    t.match(
      status.ok ? status.value.warnings.join('\n') : '',
      /two_node, and no fence device is configured: when the nodes lose sight of each other/,
    );
    t.match(logOf(place, 'haone'), /waiting for absent nodes is over: ordered on haone/);

    const two = startDaemon(place, 'hatwo');
    t.teardown(() => endDaemon(two, 'SIGKILL'));
    const second = await clientOf(place, 'hatwo');
    await until(async () => (await quorumOf(second)).quorate, 'hatwo joins the quorate one');
    t.same((await quorumOf(first)).strangers, [{ node: 'hatwo', sections: ['totem'] }]);
    t.same((await quorumOf(second)).strangers, [{ node: 'haone', sections: ['totem'] }]);

    const reload = (client: Client, dry: boolean) =>
      client.call('corosync.reload', { dry, user: 'test' });
    t.match(await reload(first, false), {
      ok: false,
      fault: {
        message: /^nothing was reloaded anywhere: hatwo has another totem, compared with haone/,
      },
    });
    writeConf(place, 'haone', conf(place).replace('two_node: 1', 'two_nodes: 1'));
    t.match(await reload(second, false), {
      ok: false,
      fault: {
        message: /haone: .*corosync\.conf:\d+: quorum\.two_nodes .*did you mean "two_node"/,
      },
    });

    const changed = byMajority(conf(place, '  join: 60\n'));
    for (const name of ['haone', 'hatwo']) writeConf(place, name, changed);
    const changes = [
      { key: 'quorum.two_node', from: '1', to: '0', effect: 'now' },
      { key: 'totem.join', from: '50', to: '60', effect: 'restart' },
    ];
    t.match(await reload(first, true), { ok: true, value: { changes } });
    t.match((await quorumOf(first)).flags, ['2Node'], 'a dry run changes nothing');
    t.match(await reload(first, false), {
      ok: true,
      value: { outcome: 'reloaded on haone, hatwo', changes },
    });
    for (const client of [first, second]) {
      const quorum = await quorumOf(client);
      t.match(quorum, { quorate: true, needed: 2 });
      t.notOk(quorum.flags.includes('2Node'));
    }
    t.same((await quorumOf(first)).strangers, [{ node: 'hatwo', sections: ['totem'] }]);
    t.match(logOf(place, 'hatwo'), /quorum\.two_node: 1 → 0 is in force/);
    t.match(logOf(place, 'haone'), /totem\.join: 50 → 60 needs a restart/);
    t.match(await second.call('quorum.expect', { votes: 3, user: 'test' }), { ok: true });
    t.match(await quorumOf(first), { expectedVotes: 3, needed: 2, quorate: true });
    await endDaemon(two, 'SIGKILL');
    await until(async () => !(await quorumOf(first)).quorate, 'a majority is needed now');
    first.close();
    second.close();
  },
);
