/** Who is answered, and when: merging, differing requests, a human's word, withdrawal, bounds. */
import t from 'tap';
import { nodeName } from '@holdfast/base';
import { bench, config, device, DONE, FAILED, level, OFF, ON } from './support/bench.ts';

const MAP = { pcmk_host_map: 'haone:1;hatwo:2' };

void t.test('equal requests are one job with one answer', (t) => {
  const { ask, answer } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  for (const id of ['f2', 'f3', 'f4']) t.same(ask(id, 'hatwo', 'reboot', 10), []);
  answer(1, DONE, 100);
  t.same(answer(2, OFF, 120), [
    'fenced hatwo (reboot) by pdu after 120 for f1,f2,f3,f4',
    'run pdu on hatwo(2) #3',
  ]);
  t.end();
});

void t.test('a request that comes while the status is read has it read once more', (t) => {
  const setup = config(
    [device('left', MAP), device('right', MAP)],
    [level('hatwo', 1, 'left', 'right')],
  );
  const { ask, answer } = bench(setup);
  ask('f1', 'hatwo', 'off', 0);
  answer(1, DONE, 10);
  t.same(ask('f2', 'hatwo', 'off', 15), [], 'the left one may have been read before');
  answer(2, OFF, 20);
  answer(3, DONE, 30);
  t.same(answer(4, OFF, 40), [
    'fenced hatwo (off) by left+right after 40 for f1',
    'run left status hatwo(2) #5',
  ]);
  t.same(answer(5, OFF, 50), ['run right status hatwo(2) #6'], 'nothing is switched');
  t.same(answer(6, OFF, 60), ['fenced hatwo (off) by left+right after 60 for f2']);

  const back = bench(config([device('pdu', MAP)]));
  back.ask('f1', 'hatwo', 'off', 0);
  back.answer(1, DONE, 10);
  back.ask('f2', 'hatwo', 'off', 15);
  t.match(back.answer(2, OFF, 20), [/for f1$/, 'run pdu status hatwo(2) #3']);
  t.same(back.answer(3, ON, 30), []);
  t.same(back.tick(1030), ['run pdu status hatwo(2) #4']);
  back.answer(4, ON, 1040);
  back.tick(3040);
  t.same(back.answer(5, ON, 3050), ['run pdu off hatwo(2) #6'], 'it lives again: it is shot again');
  t.end();
});

void t.test('a request after the answer is about the next life, and runs anew', (t) => {
  const { ask, answer } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  answer(1, DONE, 10);
  answer(2, OFF, 20);
  t.same(
    ask('f2', 'hatwo', 'reboot', 30),
    ['kill #3', 'run pdu off hatwo(2) #4'],
    'an "on" that hangs holds nobody up',
  );
  t.same(answer(3, DONE, 40), []);
  t.end();
});

void t.test('requests that differ are not merged: off after reboot ends off', (t) => {
  const { ask, answer } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  ask('f2', 'hatwo', 'off', 1);
  ask('f3', 'hatwo', 'on', 2);
  ask('f4', 'hatwo', 'off', 3);
  answer(1, DONE, 10);
  t.match(answer(2, OFF, 20), [/^fenced hatwo \(reboot\).* for f1$/, 'run pdu on hatwo(2) #3']);
  t.same(answer(3, DONE, 30), ['run pdu off hatwo(2) #4']);
  answer(4, DONE, 40);
  t.same(answer(5, OFF, 50), [
    'fenced hatwo (off) by pdu after 20 for f2,f4',
    'run pdu on hatwo(2) #6',
  ]);
  t.same(answer(6, DONE, 60), ['fenced hatwo (on) by pdu after 10 for f3']);
  t.end();
});

void t.test('an "on" that was asked for may fail, after its tries', (t) => {
  const { ask, answer } = bench(config([device('pdu', MAP)]));
  t.same(ask('f1', 'hatwo', 'on', 0), ['run pdu on hatwo(2) #1']);
  t.same(answer(1, FAILED, 10), ['run pdu on hatwo(2) #2']);
  t.same(answer(2, FAILED, 20), ['failed hatwo (on) for f1: pdu: it failed with exit code 1']);
  t.end();
});

void t.test('a human vouches: every request to get the target off is answered', (t) => {
  const { ask, answer, send, view } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  ask('f2', 'hatwo', 'off', 1);
  ask('f3', 'hatwo', 'on', 2);
  t.same(send({ kind: 'confirm', target: nodeName('hatwo'), by: 'root' }, 500), [
    'kill #1',
    'fenced hatwo (reboot) by a human after 500 for f1',
    'fenced hatwo (off) by a human after 500 for f2',
    'run pdu on hatwo(2) #2',
  ]);
  t.same(answer(1, FAILED, 510), [], 'the killed run is no news');
  t.same(answer(2, DONE, 520), ['fenced hatwo (on) by pdu after 20 for f3']);
  t.same(view(), []);
  t.same(send({ kind: 'confirm', target: nodeName('haone'), by: 'root' }, 600), []);
  t.end();
});

void t.test('a withdrawn request shoots nobody', (t) => {
  const given = device('pdu', { ...MAP, pcmk_delay_base: '5s' });
  const { ask, send, due, tick } = bench(config([given]));
  ask('f1', 'hatwo', 'reboot', 0);
  t.same(send({ kind: 'withdraw', target: nodeName('hatwo'), why: 'haone has fenced it' }, 100), [
    'notice: hatwo is no longer to be fenced: haone has fenced it',
    'withdrawn hatwo for f1',
  ]);
  t.equal(due(), undefined);
  t.same(tick(5000), []);
  t.end();
});

void t.test('what is asked is bounded', (t) => {
  const { ask } = bench(config([device('pdu', { pcmk_host_check: 'none' })]));
  for (let count = 0; count < 256; count += 1) ask(`f${count}`, 'hatwo', 'off', 0);
  t.same(ask('late', 'hatwo', 'off', 1), [
    'failed hatwo (off) for late: 256 requests to fence hatwo are waiting already',
  ]);
  for (let count = 0; count < 63; count += 1) ask(`n${count}`, `node${count}`, 'off', 2);
  t.match(ask('f', 'one-more', 'off', 3), [/too many nodes are being fenced at once/]);
  t.end();
});
