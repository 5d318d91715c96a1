/** Ends that are no device's word: withdrawn in mid-shot, a watchdog's time, and drills. */
import t from 'tap';
import { milliseconds, nodeName } from '@holdfast/base';
import { bench, config, device, DONE, FAILED, level, OFF, ON } from './support/bench.ts';

const MAP = { pcmk_host_map: 'haone:1;hatwo:2' };
const hatwo = nodeName('hatwo');
const BACK = { kind: 'withdraw', target: hatwo, why: 'it is back' } as const;

void t.test('what was sent to a device is not called back: it ends proven', (t) => {
  const { ask, answer, send, view } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  t.same(send(BACK, 10), [], 'nobody is answered before the device is');
  t.same(view(), ['hatwo: pdu: off, try 1; it is to be the last']);
  t.same(answer(1, DONE, 20), ['run pdu status hatwo(2) #2']);
  t.same(answer(2, OFF, 30), [
    'fenced hatwo (reboot) by pdu after 30 for f1',
    'run pdu on hatwo(2) #3',
  ]);
  t.end();
});

void t.test('a recalled shot that failed is not fired again', (t) => {
  const { ask, answer, send, view } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'reboot', 0);
  send(BACK, 10);
  t.same(answer(1, FAILED, 20), ['withdrawn hatwo for f1', 'run pdu on hatwo(2) #2']);
  t.same(answer(2, DONE, 30), []);
  t.same(view(), []);
  t.end();
});

void t.test('of two supplies the one that was cut comes back, the other is not touched', (t) => {
  const setup = config(
    [device('left', MAP), device('right', MAP)],
    [level('hatwo', 1, 'left', 'right')],
  );
  const { ask, answer, send } = bench(setup);
  ask('f1', 'hatwo', 'reboot', 0);
  answer(1, DONE, 10);
  send(BACK, 15);
  t.same(answer(2, OFF, 20), ['withdrawn hatwo for f1', 'run left on hatwo(2) #3']);
  t.same(answer(3, DONE, 30), []);
  t.end();
});

void t.test('between two tries the device tells once more how it is', (t) => {
  const { ask, answer, send, tick } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'off', 0);
  answer(1, DONE, 10);
  answer(2, ON, 20);
  t.same(send(BACK, 500), []);
  t.same(tick(1020), ['run pdu status hatwo(2) #3']);
  t.same(answer(3, OFF, 1030), ['fenced hatwo (off) by pdu after 1030 for f1']);
  t.end();
});

void t.test('what was recalled and is wanted again goes on, with one shot', (t) => {
  const { ask, answer, send } = bench(config([device('pdu', MAP)]));
  ask('f1', 'hatwo', 'off', 0);
  answer(1, DONE, 5);
  send(BACK, 10);
  t.same(ask('f2', 'hatwo', 'off', 15), []);
  t.same(answer(2, OFF, 20), [
    'fenced hatwo (off) by pdu after 20 for f1',
    'run pdu status hatwo(2) #3',
  ]);
  t.same(answer(3, OFF, 30), ['fenced hatwo (off) by pdu after 30 for f2']);
  t.end();
});

void t.test('a watchdog has its whole time for every request', (t) => {
  const { ask, tick, due } = bench(config([]));
  const wish = { action: 'off', watchdogMs: milliseconds(10_000) } as const;
  ask('f1', 'hatwo', wish, 0);
  ask('f2', 'hatwo', wish, 4000);
  t.same(tick(10_000), ['fenced hatwo (off) by watchdog after 10000 for f1']);
  t.equal(due(), 14_000);
  t.same(tick(14_000), ['fenced hatwo (off) by watchdog after 14000 for f2']);
  t.end();
});

void t.test('a watchdog is a proof when its time is over, and not before', (t) => {
  const { ask, tick, due, view } = bench(config([]));
  t.same(ask('f0', 'hatwo', 'off', 0), [
    'failed hatwo (off) for f0: no fence device can fence hatwo',
  ]);
  t.same(ask('f1', 'hatwo', { action: 'reboot', watchdogMs: milliseconds(10_000) }, 0), []);
  t.equal(due(), 10_000);
  t.same(view(), ["hatwo: hatwo has its watchdog's time to be gone"]);
  t.same(tick(9999), []);
  t.same(tick(10_000), ['fenced hatwo (reboot) by watchdog after 10000 for f1']);
  t.end();
});

void t.test('a watchdog device counts only for a target known to have one armed', (t) => {
  const dog = { ...device('dog', {}), agent: 'fence_watchdog' };
  const setup = config(
    [device('bmc', MAP), dog],
    [level('hatwo', 1, 'bmc'), level('hatwo', 2, 'dog')],
  );
  const armed = bench(setup);
  armed.ask('f1', 'hatwo', { action: 'off', watchdogMs: milliseconds(5000) }, 0);
  armed.answer(1, FAILED, 10);
  t.match(armed.answer(2, FAILED, 20), [/hatwo is fenced by dog next/]);
  t.equal(armed.due(), 5020);
  t.match(armed.tick(5020), [/^fenced hatwo \(off\) by dog/]);
  const bare = bench(setup);
  bare.ask('f1', 'hatwo', 'off', 0);
  bare.answer(1, FAILED, 10);
  t.match(bare.answer(2, FAILED, 20), [
    /hatwo is fenced by dog next/,
    /^failed hatwo .*not known to have an armed watchdog/,
  ]);
  t.end();
});

void t.test('a drill asks, switches nothing, and tells what was said', (t) => {
  const { send, answer, tick } = bench(
    config([device('pdu', { ...MAP, pcmk_status_timeout: '3s' }), device('other', MAP)]),
  );
  const drill = (id: string, on: string, at: number, target = 'hatwo'): string[] =>
    send({ kind: 'drill', id, target: nodeName(target), device: on }, at);
  t.same(drill('d1', 'pdu', 0), ['run pdu status hatwo(2) #1']);
  t.same(drill('d2', 'pdu', 1), [], 'one run at a time, as configured');
  t.same(answer(1, ON, 40, 'Status: ON'), [
    'drilled pdu for hatwo: good, status: on (Status: ON), 40 ms',
    'run pdu status hatwo(2) #2',
  ]);
  t.match(tick(3040), ['kill #2', /^drilled pdu for hatwo: bad, it did not answer in time/]);
  t.match(drill('d3', 'ghost', 4000), [/bad, there is no fence device ghost/]);
  t.match(drill('d4', 'pdu', 4000, 'n9'), [/bad, it is not configured for n9/]);
  drill('d5', 'other', 4000);
  t.match(answer(3, FAILED, 4010, 'login denied'), [/bad, .*exit code 1 \(login denied\)/]);
  t.end();
});

void t.test('what a device was told in confidence is in no reason and no drill', (t) => {
  const given = { ...MAP, password: 's3cret!', community: 'pr1vate', kg: '0123', login: 'admin' };
  const { ask, answer, send } = bench(
    config([device('pdu', { ...given, pcmk_off_retries: '1', pcmk_action_limit: '-1' })]),
  );
  const words = 'login admin s3cret! refused, community pr1vate, kg 0123';
  ask('f1', 'hatwo', 'off', 0);
  t.same(answer(1, FAILED, 10, words), [
    'failed hatwo (off) for f1: pdu: it failed with exit code 1 (login admin ****** refused, community ******, kg ******)',
  ]);
  send({ kind: 'drill', id: 'd', target: hatwo, device: 'pdu' }, 20);
  t.match(answer(2, FAILED, 30, words), [/login admin \*{6} refused/]);
  t.notMatch(JSON.stringify(answer(2, FAILED, 30, words)), /s3cret/);
  t.end();
});

void t.test('a drill gives way to a fence that needs its device', (t) => {
  const { ask, send } = bench(config([device('pdu', MAP), device('other', MAP)]));
  send({ kind: 'drill', id: 'd1', target: hatwo, device: 'pdu' }, 0);
  send({ kind: 'drill', id: 'd2', target: hatwo, device: 'other' }, 0);
  t.same(ask('f1', 'haone', { action: 'off', device: 'pdu' }, 10), [
    'kill #1',
    'drilled pdu for hatwo: bad, the device was needed to fence haone, 10 ms',
    'run pdu off haone(1) #3',
  ]);
  t.end();
});

void t.test('an order for one device uses no other', (t) => {
  const { ask, answer } = bench(config([device('a', MAP), device('b', MAP)]));
  t.same(ask('f1', 'hatwo', { action: 'reboot', device: 'b' }, 0), ['run b off hatwo(2) #1']);
  t.same(ask('f2', 'hatwo', 'reboot', 1), [], 'and is not merged with an ordinary one');
  answer(1, FAILED, 10);
  t.match(answer(2, FAILED, 20), [/^failed hatwo .*for f1: b:/, 'run a off hatwo(2) #3']);
  t.end();
});
