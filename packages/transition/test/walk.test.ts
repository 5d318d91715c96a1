import t from 'tap';
import { milliseconds, nodeName } from '@holdfast/base';
import type { ActionId, Graph, GraphAction } from '#src/graph.js';
import { step, transition, type TransitionEffect } from '#src/machine.js';

type Shape = { readonly after?: readonly ActionId[]; readonly priority?: number };

function run(id: ActionId, { after = [], priority = 0 }: Shape = {}): GraphAction {
  return {
    kind: 'resource',
    id,
    after,
    priority,
    node: nodeName('haone'),
    resource: `r${id}`,
    agent: { class: 'ocf', provider: 'heartbeat', type: 'Dummy' },
    task: 'start',
    intervalMs: milliseconds(0),
    timeoutMs: milliseconds(20_000),
    startDelayMs: milliseconds(0),
    parameters: {},
    targetRc: 0,
    opDigest: undefined,
  };
}

function pseudo(id: ActionId, { after = [], priority = 0 }: Shape = {}): GraphAction {
  return { kind: 'pseudo', id, after, priority, resource: `r${id}`, task: 'stop' };
}

function say(effects: readonly TransitionEffect[]): string {
  return effects
    .map((effect) =>
      effect.kind === 'fire'
        ? `fire ${effect.action.id}`
        : `${effect.outcome}${effect.unrun.length > 0 ? ` without ${effect.unrun.join(' ')}` : ''}`,
    )
    .join(', ');
}

/** A script of words: `start`, `ok N`, `bad N`, `abort`; one line of effects for each. */
function walk(graph: Graph, script: readonly string[]): readonly string[] {
  const state = transition(graph);
  return script.map((line) => {
    const [word, id] = line.split(' ');
    if (word === 'start') return say(step(state, { kind: 'start' }));
    if (word === 'abort') return say(step(state, { kind: 'abort', why: 'news' }));
    return say(step(state, { kind: 'completed', id: Number(id), ok: word === 'ok' }));
  });
}

const walks: readonly {
  readonly why: string;
  readonly actions: readonly GraphAction[];
  readonly limit?: number;
  readonly script: readonly (readonly [string, string])[];
}[] = [
  { why: 'an empty graph is complete at once', actions: [], script: [['start', 'complete']] },
  {
    why: 'an action waits for every one of its inputs',
    actions: [run(1), run(2), run(3, { after: [1, 2] })],
    script: [
      ['start', 'fire 1, fire 2'],
      ['ok 2', ''],
      ['ok 1', 'fire 3'],
      ['ok 3', 'complete'],
    ],
  },
  {
    why: 'no more are in flight than the batch limit allows',
    actions: [run(1), run(2), run(3)],
    limit: 2,
    script: [
      ['start', 'fire 1, fire 2'],
      ['ok 1', 'fire 3'],
      ['ok 2', ''],
      ['ok 3', 'complete'],
    ],
  },
  {
    why: 'a higher priority goes first where only some may',
    actions: [run(1), run(2, { priority: 1000 }), run(3)],
    limit: 1,
    script: [
      ['start', 'fire 2'],
      ['ok 2', 'fire 1'],
      ['ok 1', 'fire 3'],
      ['ok 3', 'complete'],
    ],
  },
  {
    why: 'behind a failure nothing is fired, the rest goes on',
    actions: [
      run(1),
      run(2, { after: [1] }),
      run(3, { after: [2] }),
      run(4),
      run(5, { after: [4] }),
    ],
    script: [
      ['start', 'fire 1, fire 4'],
      ['bad 1', ''],
      ['ok 4', 'fire 5'],
      ['ok 5', 'failed without 2 3'],
    ],
  },
  {
    why: 'an abort fires nothing new and waits for what is in flight',
    actions: [run(1), run(2), run(3, { after: [1] })],
    script: [
      ['start', 'fire 1, fire 2'],
      ['abort', ''],
      ['ok 1', ''],
      ['bad 2', 'aborted without 3'],
    ],
  },
  {
    why: 'an abort before the start runs nothing',
    actions: [run(1)],
    script: [
      ['abort', 'aborted without 1'],
      ['start', ''],
    ],
  },
  {
    why: 'a walk that was aborted with nothing left to do is complete',
    actions: [run(1)],
    script: [
      ['start', 'fire 1'],
      ['abort', ''],
      ['ok 1', 'complete'],
    ],
  },
  {
    why: 'pseudo actions are done as soon as they may be, and count for no limit',
    actions: [run(1), pseudo(2, { after: [1] }), pseudo(3, { after: [2] }), run(4, { after: [3] })],
    limit: 1,
    script: [
      ['start', 'fire 1'],
      ['ok 1', 'fire 4'],
      ['ok 4', 'complete'],
    ],
  },
  {
    why: 'pseudo actions are done even after an abort',
    actions: [run(1), pseudo(2, { after: [1] }), run(3, { after: [2] })],
    script: [
      ['start', 'fire 1'],
      ['abort', ''],
      ['ok 1', 'aborted without 3'],
    ],
  },
  {
    why: 'a circle does not hang: what waits for itself is left unrun',
    actions: [run(1, { after: [2] }), run(2, { after: [1] }), run(3)],
    script: [
      ['start', 'fire 3'],
      ['ok 3', 'failed without 1 2'],
    ],
  },
  {
    why: 'a graph that is nothing but a circle ends at once',
    actions: [run(1, { after: [1] })],
    script: [['start', 'failed without 1']],
  },
  {
    why: 'an input that is not in the graph holds nothing up, one named twice counts once',
    actions: [run(1), run(2, { after: [1, 1, 99] })],
    script: [
      ['start', 'fire 1'],
      ['ok 1', 'fire 2'],
      ['ok 2', 'complete'],
    ],
  },
  {
    why: 'a result that was not asked for, or comes twice, changes nothing',
    actions: [run(1), run(2, { after: [1] }), run(3, { after: [2] })],
    script: [
      ['start', 'fire 1'],
      ['ok 2', ''],
      ['ok 77', ''],
      ['ok 1', 'fire 2'],
      ['ok 1', ''],
      ['ok 2', 'fire 3'],
      ['bad 3', 'failed'],
    ],
  },
  {
    why: 'a finished walk says nothing more',
    actions: [run(1)],
    script: [
      ['start', 'fire 1'],
      ['ok 1', 'complete'],
      ['ok 1', ''],
      ['abort', ''],
    ],
  },
];

for (const { why, actions, limit = 0, script } of walks) {
  void t.test(why, (t) => {
    const lines = walk(
      { actions, batchLimit: limit },
      script.map(([word]) => word),
    );
    t.same(
      lines.map((line, index) => `${script[index]?.[0] ?? ''} → ${line}`),
      script.map(([word, expected]) => `${word} → ${expected}`),
    );
    t.end();
  });
}
