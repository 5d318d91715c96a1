import t from 'tap';
import { callId, prng } from '@holdfast/base';
import { bench, config, device, DONE, FAILED, level, OFF, ON } from './support/bench.ts';

const MAP = { pcmk_host_map: 'haone:1;hatwo:2' };

void t.test('a target counts as fenced when its status is off, before it is switched on', (t) => {
  const { ask, answer, due, view } = bench(config([device('pdu', MAP)]));
  t.same(ask('f1', 'hatwo', 'reboot', 0), ['run pdu off hatwo(2) #1']);
  t.equal(due(), 60_000);
  t.same(view(), ['hatwo: pdu: off, try 1']);
  t.same(answer(1, DONE, 100), ['run pdu status hatwo(2) #2']);
  t.same(answer(2, OFF, 150), [
    'fenced hatwo (reboot) by pdu after 150 for f1',
    'run pdu on hatwo(2) #3',
  ]);
  t.same(answer(3, DONE, 200), []);
  t.same(view(), []);
  t.equal(due(), undefined);
  t.end();
});

void t.test('off leaves the target off', (t) => {
  const { ask, answer } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'off', 0);
  answer(1, DONE, 10);
  t.same(answer(2, OFF, 20), ['fenced hatwo (off) by pdu after 20 for f1']);
  t.end();
});

void t.test('an "on" that fails after the proof is only told', (t) => {
  const { ask, answer, view } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  answer(1, DONE, 10);
  answer(2, OFF, 20);
  t.same(answer(3, FAILED, 30, 'Timed out\n'), [
    'warning: pdu could not switch hatwo on again: it failed with exit code 1 (Timed out)',
  ]);
  t.same(view(), []);
  t.end();
});

void t.test('a device that lies is no proof, however often it is asked', (t) => {
  const { ask, answer, view, tick, due } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  answer(1, DONE, 100);
  t.same(answer(2, ON, 200), []);
  const lie = 'pdu: the device says it is off, but its status is still on';
  t.same(view(), [`hatwo: pdu is asked again soon (before: ${lie})`]);
  t.equal(due(), 1200, 'a relay may take its time');
  t.same(tick(1200), ['run pdu status hatwo(2) #3']);
  answer(3, ON, 1300);
  t.same(tick(3300), ['run pdu status hatwo(2) #4']);
  t.same(answer(4, ON, 3400), ['run pdu off hatwo(2) #5'], 'then it is told again');
  answer(5, DONE, 3500);
  answer(6, ON, 3600);
  tick(4600);
  answer(7, ON, 4700);
  tick(6700);
  t.same(answer(8, ON, 6800), [`failed hatwo (reboot) for f1: ${lie}`]);
  t.same(view(), []);
  t.end();
});

void t.test('a relay that switches late is a proof when it has', (t) => {
  const { ask, answer, tick } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'off', 0);
  answer(1, DONE, 100);
  answer(2, ON, 200);
  tick(1200);
  t.same(answer(3, OFF, 1300), ['fenced hatwo (off) by pdu after 1300 for f1']);
  t.end();
});

void t.test('nothing but exit code 2 of a status is a proof', (t) => {
  for (const code of [1, 3, 127, 255, -1]) {
    const { ask, answer } = bench(config([device('pdu', { ...MAP, pcmk_off_retries: '1' })]));
    ask('f1', 'hatwo', 'off', 0);
    answer(1, DONE, 10);
    t.match(answer(2, code, 20), [/^failed hatwo \(off\) for f1: pdu: /], `status exits ${code}`);
  }
  const { ask, answer } = bench(config([device('pdu', { ...MAP, pcmk_off_retries: '1' })]));
  ask('f1', 'hatwo', 'off', 0);
  t.match(answer(1, OFF, 10), [/^failed .*exit code 2/], 'an off that exits 2 has failed');
  t.end();
});

void t.test(
  'a silent device is killed when its time is over, and its late answer is no news',
  (t) => {
    const { ask, answer, due, tick } = bench(
      config([device('pdu', { ...MAP, pcmk_off_timeout: '5s', pcmk_off_retries: '3' })]),
    );
    ask('f1', 'hatwo', 'reboot', 0);
    t.equal(due(), 5000);
    t.same(answer(1, FAILED, 2000), ['run pdu off hatwo(2) #2']);
    t.equal(due(), 5000, 'all tries share one time');
    t.same(tick(4999), []);
    t.same(tick(5000), ['kill #2', 'failed hatwo (reboot) for f1: pdu: it did not answer in time']);
    t.same(answer(2, DONE, 5100), [], 'the answer of the killed run');
    t.equal(due(), undefined);
    t.end();
  },
);

void t.test('a silent status is no proof', (t) => {
  const { ask, answer, send } = bench(config([device('pdu', { ...MAP, pcmk_off_retries: '1' })]));
  ask('f1', 'hatwo', 'off', 0);
  answer(1, DONE, 10);
  const late = { kind: 'device-result', call: callId(2), code: OFF, output: '', timedOut: true };
  t.match(send({ ...late, kind: 'device-result' }, 60_010), [/did not answer in time/]);
  t.end();
});

void t.test('nobody can fence a target that no device knows', (t) => {
  const { ask } = bench(config([device('pdu', MAP)]));
  t.same(ask('f1', 'ghost', 'reboot', 0), [
    'failed ghost (reboot) for f1: no fence device can fence ghost',
  ]);
  t.end();
});

void t.test('the node that the delay protects survives: the other is shot at once', (t) => {
  const setup = config([device('pdu', { ...MAP, pcmk_delay_base: 'haone:3s;hatwo:0' })]);
  const one = bench(setup);
  t.same(one.ask('f1', 'hatwo', 'reboot', 0), ['run pdu off hatwo(2) #1'], 'haone shoots at once');
  const two = bench(setup);
  t.same(two.ask('f1', 'haone', 'reboot', 0), ['notice: pdu waits 3000 ms before it fences haone']);
  t.equal(two.due(), 3000);
  t.same(two.view(), ['haone: pdu waits out its delay']);
  t.same(two.tick(2999), []);
  t.same(two.tick(3000), ['run pdu off haone(1) #1'], 'hatwo would have been dead by then');
  t.end();
});

void t.test('a retry does not wait out the delay again', (t) => {
  const { ask, tick, answer } = bench(config([device('pdu', { ...MAP, pcmk_delay_base: '1s' })]));
  ask('f1', 'hatwo', 'reboot', 0);
  tick(1000);
  t.same(answer(1, FAILED, 1100), ['run pdu off hatwo(2) #2']);
  t.end();
});

void t.test('a base delay beyond the maximum is capped, and that is said', (t) => {
  const given = { ...MAP, pcmk_delay_base: '9', pcmk_delay_max: '2' };
  t.same(bench(config([device('pdu', given)])).ask('f1', 'hatwo', 'off', 0), [
    'warning: pdu: pcmk_delay_base is longer than pcmk_delay_max, which counts',
    'notice: pdu waits 2000 ms before it fences hatwo',
  ]);
  t.end();
});

void t.test('one device serves one target at a time, another device at the same time', (t) => {
  const { ask, answer, view } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  t.same(ask('f2', 'haone', 'reboot', 5), []);
  t.same(view(), ['hatwo: pdu: off, try 1', 'haone: waits for pdu']);
  t.same(answer(1, FAILED, 10), ['run pdu off hatwo(2) #2']);
  t.same(answer(2, FAILED, 20), [
    'failed hatwo (reboot) for f1: pdu: it failed with exit code 1',
    'run pdu off haone(1) #3',
  ]);
  const both = bench(config([device('pdu', { ...MAP, pcmk_action_limit: '-1' })]));
  both.ask('f1', 'hatwo', 'reboot', 0);
  t.same(both.ask('f2', 'haone', 'reboot', 5), ['run pdu off haone(1) #2'], 'without a limit');
  t.end();
});

void t.test('without levels the next device is tried when one fails', (t) => {
  const { ask, answer } = bench(config([device('b', MAP), device('a', MAP)]));
  t.same(ask('f1', 'hatwo', 'off', 0), ['run a off hatwo(2) #1']);
  answer(1, FAILED, 10);
  t.same(answer(2, FAILED, 20, 'Connection refused'), [
    'warning: a: it failed with exit code 1 (Connection refused); hatwo is fenced by b next',
    'run b off hatwo(2) #3',
  ]);
  answer(3, DONE, 30);
  t.same(answer(4, OFF, 40), ['fenced hatwo (off) by b after 40 for f1']);
  t.end();
});

void t.test('when level 1 fails, level 2 is used', (t) => {
  const setup = config(
    [device('ipmi', { pcmk_off_retries: '1' }), device('pdu', MAP)],
    [level('hatwo', 1, 'ipmi'), level('hatwo', 2, 'pdu')],
  );
  const { ask, answer } = bench(setup);
  t.same(ask('f1', 'hatwo', 'reboot', 0), ['run ipmi off hatwo #1']);
  t.same(answer(1, FAILED, 10), [
    'warning: ipmi: it failed with exit code 1; hatwo is fenced by pdu next',
    'run pdu off hatwo(2) #2',
  ]);
  answer(2, DONE, 20);
  t.match(answer(3, OFF, 30), [/^fenced hatwo \(reboot\) by pdu/, 'run pdu on hatwo(2) #4']);
  t.end();
});

void t.test('two power supplies on two PDUs: all off, and only then on', (t) => {
  const setup = config(
    [device('left', MAP), device('right', MAP)],
    [level('hatwo', 1, 'left', 'right')],
  );
  const { ask, answer } = bench(setup);
  ask('f1', 'hatwo', 'reboot', 0);
  answer(1, DONE, 10);
  t.same(answer(2, OFF, 20), ['run right off hatwo(2) #3'], 'one cord out is no proof');
  answer(3, DONE, 30);
  t.same(answer(4, OFF, 40), [
    'fenced hatwo (reboot) by left+right after 40 for f1',
    'run left on hatwo(2) #5',
  ]);
  t.same(answer(5, FAILED, 50), [
    'warning: left could not switch hatwo on again: it failed with exit code 1',
    'run right on hatwo(2) #6',
  ]);
  t.same(answer(6, DONE, 60), []);
  t.end();
});

void t.test('one of two PDUs dead: the node is not fenced', (t) => {
  const setup = config(
    [device('left', MAP), device('right', { ...MAP, pcmk_off_retries: '1' })],
    [level('hatwo', 1, 'left', 'right')],
  );
  const { ask, answer } = bench(setup);
  ask('f1', 'hatwo', 'reboot', 0);
  answer(1, DONE, 10);
  answer(2, OFF, 20);
  t.same(answer(3, FAILED, 30), [
    'failed hatwo (reboot) for f1: right: it failed with exit code 1',
  ]);
  t.end();
});

void t.test('actions under other names, and a device whose reboot is off', (t) => {
  const { ask, answer } = bench(
    config([device('pdu', { ...MAP, pcmk_off_action: 'olOff', pcmk_reboot_action: 'off' })]),
  );
  t.same(ask('f1', 'hatwo', 'reboot', 0), ['run pdu olOff hatwo(2) #1']);
  answer(1, DONE, 10);
  t.same(answer(2, OFF, 20), ['fenced hatwo (reboot) by pdu after 20 for f1'], 'no "on" after it');
  t.end();
});

void t.test(
  'whatever devices do, every request is answered once, and never without a proof',
  (t) => {
    let proofs = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const dice = prng(seed);
      const setup = config(
        [device('a', { pcmk_delay_max: '3' }), device('b', MAP), device('c')],
        dice.chance(1, 2) ? [level('hatwo', 1, 'a', 'b'), level('hatwo', 2, 'c')] : [],
      );
      const { ask, answer, tick, due } = bench(setup, seed);
      const open = new Map<number, string>();
      const answered: string[] = [];
      let isProven = false;
      let now = 0;
      const hear = (said: readonly string[]): void => {
        for (const line of said) {
          const [verb = '', , action = ''] = line.split(' ');
          if (verb === 'run') open.set(Number(line.split('#')[1]), action);
          if (verb === 'kill') open.delete(Number(line.split('#')[1]));
          if (verb === 'fenced' && !isProven) t.fail(`SEED=${seed}: ${line} without a proof`);
          if (verb === 'fenced') proofs += 1;
          if (verb === 'fenced' || verb === 'failed') {
            answered.push(...(/ for ([\w,]+)/.exec(line)?.[1] ?? '').split(','));
          }
        }
      };
      for (const id of ['f1', 'f2', 'f3']) hear(ask(id, 'hatwo', 'reboot', now));
      for (let turn = 0; turn < 200 && (open.size > 0 || due() !== undefined); turn += 1) {
        const [next] = open;
        now = dice.chance(1, 4) || next === undefined ? Math.max(now, due() ?? now) : now + 10;
        if (next === undefined || now === due()) hear(tick(now));
        else {
          const [call, action] = next;
          const code = dice.below(3);
          open.delete(call);
          isProven = action === 'status' && code === OFF;
          hear(answer(call, code, now));
        }
      }
      if (answered.sort().join() !== 'f1,f2,f3')
        t.fail(`SEED=${seed}: answered ${answered.join()}`);
    }
    t.ok(proofs > 20 && proofs < 200, `${proofs} of 200 ended with a proof`);
    t.end();
  },
);
