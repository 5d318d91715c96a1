import { callId, epochMs, instant, milliseconds } from '@holdfast/base';
import { deadline, view } from '@holdfast/executor';
import t from 'tap';
import { QUEUE_MAX } from '#src/accept.js';
import { db, driven, every, op, result, web } from './support.ts';

void t.test('operations on one resource run one at a time, in order', (t) => {
  const { ask, exit } = driven();
  t.same(ask(op(web, 'start'), 0), ['run web start #1']);
  t.same(ask(op(web, 'stop'), 5), []);
  t.same(exit(1, 0, 900), ['report web start done 0', 'run web stop #2']);
  t.end();
});

void t.test('operations on different resources run side by side', (t) => {
  const { ask } = driven();
  t.same(ask(op(web, 'start'), 0), ['run web start #1']);
  t.same(ask(op(db, 'start'), 0), ['run db start #2']);
  t.end();
});

void t.test('a recurring monitor comes due one interval after it ended', (t) => {
  const { state, ask, exit, tick } = driven();
  ask(every(web, 10_000), 0);
  t.same(exit(1, 0, 3000), ['report web monitor done 0']);
  t.equal(deadline(state), 13_000, 'start to start is interval plus run time');
  t.same(tick(12_999), []);
  t.same(tick(13_000), ['run web monitor #2']);
  t.same(exit(2, 0, 13_100), [], 'the same result again is not news');
  t.end();
});

void t.test('a recurring monitor is reported when rc or status changes, and only then', (t) => {
  const { state, ask, exit, send, tick } = driven();
  ask(every(web, 1000), 0);
  const told: string[][] = [exit(1, 0, 0)];
  const codes = [0, 1, 1, 7, 0];
  codes.forEach((rc, index) => {
    tick(deadline(state) ?? 0);
    told.push(exit(index + 2, rc, (index + 1) * 1000));
  });
  tick(deadline(state) ?? 0);
  told.push(
    send({ kind: 'exited', call: callId(7), result: result(0, { status: 'not-installed' }) }, 6000),
  );
  t.same(told, [
    ['report web monitor done 0'],
    [],
    ['report web monitor done 1'],
    [],
    ['report web monitor done 7'],
    ['report web monitor done 0'],
    ['report web monitor not-installed 0'],
  ]);
  t.equal(deadline(state), 7000, 'whatever the end was, it comes back');
  t.end();
});

void t.test('an operation that overstays is killed and reported once', (t) => {
  const { effects, ask, exit, tick } = driven();
  ask(op(db, 'monitor'), 500);
  exit(1, 0, 600);
  ask(op(web, 'start', { timeoutMs: milliseconds(90_000) }), 1000);
  ask(op(web, 'stop'), 1001);
  t.same(tick(90_999), []);
  const [kill, told, report] = effects({ kind: 'tick' }, 91_000);
  t.match(kill, { kind: 'kill', call: 2 });
  t.match(told, { kind: 'note', event: 'operation-timed-out' });
  t.match(report, {
    kind: 'report',
    result: { rc: 1, status: 'timed-out', execMs: 90_000, reason: /within 1m30s/ },
  });
  t.match(
    report,
    { result: { startedAt: epochMs(1_000_500) } },
    'wall clock as the last run had it',
  );
  t.same(exit(2, 0, 91_010), ['run web stop #3'], 'its exit is no news, and frees the resource');
  t.end();
});

void t.test('what will not die blocks its resource until it is gone, and no other', (t) => {
  const { state, ask, exit, tick } = driven();
  ask(op(web, 'start'), 0);
  tick(20_000);
  t.same(ask(op(web, 'stop'), 20_001), []);
  t.same(tick(25_000), ['note will-not-die']);
  t.equal(deadline(state), undefined, 'told once');
  t.same(ask(op(db, 'start'), 60_000), ['run db start #2']);
  t.same(exit(1, 0, 70_000), ['run web stop #3']);
  t.end();
});

void t.test('no timeout means the interval, and 0 means no limit', (t) => {
  const { state, ask } = driven();
  ask(op(web, 'start', { timeoutMs: milliseconds(0) }), 0);
  t.equal(deadline(state), undefined);
  ask(every(db, 7000, { timeoutMs: milliseconds(0) }), 0);
  t.equal(deadline(state), 7000);
  t.end();
});

void t.test('a cancelled monitor does not come back', (t) => {
  const { state, ask, send, effects, exit } = driven();
  const cancel = {
    kind: 'cancel',
    resource: web,
    task: 'monitor',
    intervalMs: milliseconds(10_000),
    userData: 'asked-by',
  } as const;
  ask(every(web, 10_000), 0);
  t.same(send(cancel, 50), ['kill #1', 'report web monitor cancelled 0']);
  t.same(exit(1, 0, 60), []);
  t.equal(deadline(state), undefined);
  const [report] = effects(cancel, 70);
  t.match(
    report,
    {
      kind: 'report',
      op: { resource: 'web', userData: 'asked-by' },
      result: { status: 'cancelled' },
    },
    'reported even if none was there',
  );
  t.equal(state.lanes.size, 0, 'nothing is kept');
  t.end();
});

void t.test('a monitor that waits is cancelled without a kill', (t) => {
  const { ask, send, exit } = driven();
  ask(op(web, 'start'), 0);
  ask(every(web, 10_000), 1);
  const cancel = { resource: web, task: 'monitor', intervalMs: milliseconds(10_000), userData: '' };
  t.same(send({ kind: 'cancel', ...cancel }, 2), ['report web monitor cancelled 0']);
  t.same(exit(1, 0, 3), ['report web start done 0']);
  t.end();
});

void t.test('what changes a resource ends its monitors first; a probe does not', (t) => {
  for (const task of ['stop', 'start', 'promote', 'demote', 'reload-agent', 'migrate_to']) {
    const { ask, exit } = driven();
    ask(every(web, 10_000), 0);
    exit(1, 0, 10);
    t.same(ask(op(web, task), 5000), ['note recurring-ended', `run web ${task} #2`]);
    exit(2, 0, 5100);
    t.same(ask(op(web, 'monitor'), 60_000), ['run web monitor #3'], 'and nothing came due');
  }
  const { state, ask, exit } = driven();
  ask(every(web, 10_000), 0);
  exit(1, 0, 10);
  ask(op(web, 'monitor'), 20);
  exit(2, 0, 30);
  t.equal(deadline(state), 10_010);
  t.end();
});

void t.test(
  'a stop kills the running monitor and begins when that is gone, never beside it',
  (t) => {
    const { ask, exit } = driven();
    ask(every(web, 10_000), 0);
    t.same(
      ask(op(web, 'stop'), 5),
      ['kill #1', 'note recurring-ended', 'report web monitor cancelled 0'],
      'an asker that has heard nothing yet is told',
    );
    t.same(exit(1, 0, 8), ['run web stop #2']);
    t.end();
  },
);

void t.test('a one-off waits while the monitor runs; ticks do not pile up', (t) => {
  const { ask, exit, tick } = driven();
  ask(every(web, 1000), 0);
  exit(1, 0, 10);
  ask(op(web, 'monitor', { userData: 'probe' }), 500);
  tick(1010);
  tick(9000);
  t.same(exit(2, 0, 9000), ['report web monitor done 0', 'run web monitor #3']);
  t.same(exit(3, 0, 9010), []);
  t.same(tick(10_009), [], 'one run stood for all the ticks that were missed');
  t.same(tick(10_010), ['run web monitor #4']);
  t.end();
});

void t.test('the same recurring operation sent again replaces the one before it', (t) => {
  const { state, ask, exit, effects } = driven();
  ask(every(web, 10_000), 0);
  exit(1, 0, 10);
  t.same(ask(every(web, 10_000, { userData: 'second' }), 100), ['run web monitor #2'], 'idle: now');
  t.same(ask(every(web, 10_000, { userData: 'third' }), 110), [], 'running: no second process');
  const [report] = effects({ kind: 'exited', call: callId(2), result: result(0) }, 120);
  t.match(report, { op: { userData: 'third' } }, 'and reported, though unchanged');
  t.equal(deadline(state), 10_120, 'one timer');
  t.same(ask(every(web, 10_000, { parameters: { port: '80' } }), 200), ['run web monitor #3']);
  t.same(
    ask(every(web, 10_000, { parameters: { port: '81' } }), 210),
    ['kill #3'],
    'running with other parameters: not its result',
  );
  t.same(exit(3, 0, 220), ['run web monitor #4']);
  t.same(exit(4, 0, 230), ['report web monitor done 0']);
  t.same(
    ask(every(web, 30_000), 300),
    ['run web monitor #5'],
    'another interval is another operation',
  );
  t.end();
});

void t.test('a start delay holds the head of the queue, once; a stop drops it', (t) => {
  const { state, ask, exit, tick } = driven();
  ask(every(web, 10_000, { startDelayMs: milliseconds(30_000) }), 0);
  t.same(ask(op(web, 'monitor'), 10), []);
  t.equal(deadline(state), 30_000);
  t.same(tick(30_000), ['run web monitor #1']);
  exit(1, 0, 30_100);
  exit(2, 0, 30_200);
  t.equal(deadline(state), 40_100, 'the delay is for the first run only');
  const other = driven();
  other.ask(every(web, 10_000, { startDelayMs: milliseconds(30_000) }), 0);
  t.same(other.ask(op(web, 'stop'), 50).at(-1), 'run web stop #1');
  t.end();
});

void t.test('a stop uses the parameters the resource was started with', (t) => {
  const { ask, effects } = driven();
  const old = { ip: '10.0.0.1', CRM_meta_timeout: '1' };
  ask(op(web, 'start', { parameters: old }), 0);
  effects({ kind: 'exited', call: callId(1), result: result(0) }, 5);
  const stop = op(web, 'stop', { parameters: { ip: '10.0.0.2', CRM_meta_timeout: '2' } });
  t.match(effects({ kind: 'execute', op: stop }, 10)[0], {
    op: { parameters: { ip: '10.0.0.1', CRM_meta_timeout: '2' } },
  });
  effects({ kind: 'exited', call: callId(2), result: result(0) }, 15);
  t.match(
    effects({ kind: 'execute', op: stop }, 20)[0],
    { op: { parameters: { ip: '10.0.0.2' } } },
    'once stopped, nothing is remembered',
  );
  t.end();
});

void t.test('a failed start teaches no parameters', (t) => {
  const { ask, effects } = driven();
  ask(op(web, 'start', { parameters: { ip: '1' } }), 0);
  effects({ kind: 'exited', call: callId(1), result: result(1) }, 5);
  const [run] = effects({ kind: 'execute', op: op(web, 'stop', { parameters: { ip: '2' } }) }, 10);
  t.match(run, { op: { parameters: { ip: '2' } } });
  t.end();
});

void t.test('a start with an interval runs once, and it is said', (t) => {
  const { state, ask, exit } = driven();
  const start = op(web, 'start', { intervalMs: milliseconds(5000) });
  t.same(ask(start, 0), ['note interval-ignored', 'run web start #1']);
  t.same(exit(1, 0, 5), ['report web start done 0']);
  t.equal(deadline(state), undefined);
  t.end();
});

void t.test('a queue is bounded; what does not fit is answered', (t) => {
  const { ask } = driven();
  ask(op(web, 'start'), 0);
  for (let index = 0; index < QUEUE_MAX; index += 1) t.same(ask(op(web, 'monitor'), 1), []);
  t.same(ask(op(web, 'monitor'), 2), ['report web monitor error 1']);
  t.end();
});

void t.test('the view says what runs, waits and recurs', (t) => {
  const { state, ask, exit, tick } = driven();
  ask(every(web, 10_000), 0);
  exit(1, 0, 100);
  ask(op(web, 'monitor', { timeoutMs: milliseconds(50) }), 200);
  ask(op(web, 'notify'), 210);
  t.same(view(state, instant(1100)), [
    {
      resource: 'web',
      running: { call: 2, task: 'monitor', intervalMs: 0, isKilled: false },
      waiting: ['notify'],
      recurring: [{ task: 'monitor', intervalMs: 10_000, nextInMs: 9000 }],
    },
  ]);
  tick(1200);
  t.equal(view(state, instant(1200))[0]?.running?.isKilled, true);
  t.end();
});
