import t from 'tap';
import { instant, nodeId, type Prng, prng } from '@holdfast/base';
import { deadline, info, quorum, type QuorumState, step, view } from '@holdfast/quorum';
import { cluster, configOf, type Rules, stateOf, WINDOW_MS } from './support/cluster.ts';

/** 19 and 1500 found two quorate parts once, with last_man_standing and nodes coming back. */
const SEEDS =
  process.env['SEED'] === undefined
    ? [...range(1, Number(process.env['SEEDS'] ?? 300)), 1500]
    : [Number(process.env['SEED'])];
const EVENTS_PER_RUN = 30;

void t.test('two disjoint parts are never both quorate, but with two_node', (t) => {
  let ties = 0;
  for (const seed of SEEDS) {
    const dice = prng(seed);
    const rules = drawRules(dice);
    const nodes = cluster(rules);
    const story = [JSON.stringify(rules)];
    for (let count = 0; count < EVENTS_PER_RUN; count += 1) {
      const event = drawEvent(dice, rules.nodes, [...nodes.machines.keys()]);
      nodes.act(event);
      story.push(`${event} → ${nodes.say()}`);
      const quorate = nodes.groups.filter((group) =>
        group.some((id) => view(stateOf(nodes.machines, id)).quorate),
      );
      const agreed = !nodes.say().includes(' or ');
      if (nodes.groups.length > 1 && quorate.length === 1) ties += 1;
      if (quorate.length > 1 || !agreed) {
        t.fail(`SEED=${seed}\n${story.join('\n')}`);
        t.end();
        return;
      }
    }
  }
  t.ok(ties > SEEDS.length, `one part of several was quorate ${ties} times`);
  t.end();
});

/** What lowers expected votes, and odd tie breakers, only with wait_for_all: as configurations should. */
function drawRules(dice: Prng): Rules {
  const nodes = 2 + dice.below(5);
  const wfa = dice.chance(1, 2);
  const breakers = ['lowest', 'highest', range(1, nodes).sort(() => dice.below(3) - 1)] as const;
  const atb = dice.chance(1, 2) && (wfa || nodes % 2 === 0) ? breakers[dice.below(3)] : undefined;
  const floor = wfa && dice.chance(1, 3) ? 1 + dice.below(nodes) : undefined;
  return {
    nodes,
    wfa,
    lms: wfa && dice.chance(1, 2),
    ...(atb === undefined ? {} : { atb }),
    ...(floor === undefined ? {} : { floor }),
  };
}

function drawEvent(dice: Prng, nodes: number, running: readonly number[]): string {
  const stopped = range(1, nodes).filter((id) => !running.includes(id));
  const one = (from: readonly number[]): number => from[dice.below(from.length)] ?? 1;
  if (running.length === 0) return `up ${stopped.join(',')}`;
  switch (dice.below(5)) {
    case 0:
      return stopped.length === 0 ? 'window' : `up ${one(stopped)}`;
    case 1:
      if (running.length < 2) return 'window';
      return `${dice.chance(1, 3) ? 'leave' : 'crash'} ${one(running)}`;
    case 2:
      return 'window';
    default: {
      const parts: string[] = ['', '', ''];
      for (const id of [...running].sort()) {
        const part = dice.below(dice.chance(1, 3) ? 3 : 2);
        parts[part] = `${parts[part] ?? ''}${id}`;
      }
      return `split ${parts.filter((part) => part !== '').join('|')}`;
    }
  }
}

void t.test('a started node waits and says for whom, whatever its record says', (t) => {
  const config = configOf({ nodes: 2, twoNode: true }, 1);
  const state = quorum(config, { allSeen: true, expectedVotes: 2 });
  t.match(view(state), { quorate: false, waitingFor: [2] });
  const members = [{ id: nodeId(1), info: info(state) }];
  step(state, { kind: 'membership', ringSeq: 4, members }, instant(0));
  t.same(view(state), {
    quorate: false,
    totalVotes: 1,
    expectedVotes: 2,
    needed: 1,
    flags: ['2Node', 'WaitForAll'],
    waitingFor: [2],
    strangers: [],
    device: undefined,
  });
  t.end();
});

void t.test('a node that joins a quorate one waits no longer', (t) => {
  const nodes = cluster({ nodes: 3, wfa: true });
  for (const event of ['up 1,2,3', 'crash 3', 'crash 2', 'up 2,3']) nodes.act(event);
  t.equal(nodes.say(), '{1,2,3}:Q t3/EV3/q2');
  for (const event of ['crash 3', 'crash 2']) nodes.act(event);
  t.same(view(stateOf(nodes.machines, 1)).waitingFor, [2, 3], 'armed again when quorum was lost');
  nodes.act('up 2,3');
  nodes.act('crash 2');
  nodes.act('up 2');
  t.match(view(stateOf(nodes.machines, 2)), { quorate: true, waitingFor: [] });
  t.end();
});

void t.test('nobody waits for a node without a vote', (t) => {
  const nodes = cluster({ nodes: 3, votes: [1, 1, 0], wfa: true });
  nodes.act('up 1');
  t.same(view(stateOf(nodes.machines, 1)).waitingFor, [2]);
  nodes.act('up 2');
  t.equal(nodes.say(), '{1,2}:Q t2/EV2/q2');
  t.end();
});

void t.test('a node taken out of the file is not expected, whatever the record says', (t) => {
  const state = quorum(configOf({ nodes: 2 }, 1), { allSeen: true, expectedVotes: 3 });
  t.equal(view(state).expectedVotes, 2);
  const raised = quorum(configOf({ nodes: 3, expected: 1 }, 1), {
    allSeen: true,
    expectedVotes: 3,
  });
  t.equal(view(raised).expectedVotes, 3, 'what the file still lists is remembered');
  t.end();
});

void t.test('having seen all is persisted once, and only then', (t) => {
  const nodes = cluster({ nodes: 2, twoNode: true });
  const persisted = (): readonly unknown[] =>
    (nodes.lastEffects.get(1) ?? []).filter(({ kind }) => kind === 'persist-quorum');
  nodes.act('up 1');
  t.same(persisted(), []);
  nodes.act('up 2');
  t.same(persisted(), [{ kind: 'persist-quorum', record: { allSeen: true, expectedVotes: 2 } }]);
  nodes.act('split 1|2');
  nodes.act('split 12');
  t.same(persisted(), []);
  t.end();
});

void t.test('every change of membership starts the window anew', (t) => {
  const rules: Rules = { nodes: 5, wfa: true, lms: true };
  const states = new Map(range(1, 5).map((id) => [id, quorum(configOf(rules, id), undefined)]));
  let ringSeq = 0;
  const form = (ids: readonly number[], ms: number): void => {
    ringSeq += 4;
    const members = ids.map((id) => ({ id: nodeId(id), info: info(at(id)) }));
    for (const id of ids) step(at(id), { kind: 'membership', ringSeq, members }, instant(ms));
  };
  const at = (id: number): QuorumState => stateOf(states, id);
  form([1, 2, 3, 4, 5], 0);
  t.equal(deadline(at(1)), undefined, 'nobody is missing');
  form([1, 2, 3], 1000);
  t.equal(deadline(at(1)), 1000 + WINDOW_MS);
  form([1, 2, 3, 4], 6000);
  t.equal(deadline(at(1)), 6000 + WINDOW_MS);
  step(at(1), { kind: 'tick' }, instant(1000 + WINDOW_MS));
  t.equal(view(at(1)).expectedVotes, 5, 'not yet');
  const asked = step(at(1), { kind: 'tick' }, instant(6000 + WINDOW_MS));
  t.match(asked, [{ kind: 'order', order: { kind: 'shrink', ringSeq: 12, expectedVotes: 4 } }]);
  t.equal(view(at(1)).expectedVotes, 5, 'not before it comes back in the stream');
  t.equal(deadline(at(2)), undefined, 'one speaks for all');
  const shrink = { kind: 'shrink', ringSeq: 12, expectedVotes: 4 };
  const input = { kind: 'order', from: nodeId(1), order: shrink } as const;
  const told = step(at(1), input, instant(6000 + WINDOW_MS));
  t.match(told, [
    { kind: 'note', text: 'expected votes shrink from 5 to 4 (last_man_standing)' },
    { kind: 'quorum', view: { quorate: true, expectedVotes: 4, needed: 3 } },
  ]);
  t.equal(deadline(at(1)), undefined);
  t.end();
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
