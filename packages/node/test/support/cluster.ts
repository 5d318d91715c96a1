/**
 * Whole nodes over a perfect ring: messages are ordered by one list, views change when the test says
 * so, disks and agents answer at once. For what nodes decide together; the simulator does the rest.
 */
import { type CallId, epochMs, type Instant, instant, milliseconds } from '@holdfast/base';
import { parseXml, replaceChild, firstChild } from '@holdfast/cib';
import { type Answer, type Request } from '@holdfast/controller';
import { type NodeEffect, type NodeInput, step } from '@holdfast/node';
import { schedule } from '@holdfast/scheduler';
import { type Cluster, type Host, machineOf } from './hosts.ts';

export { cluster, type Cluster, type Host } from './hosts.ts';

/** Powers a host on: a new life, with what its disk holds. */
export function boot(c: Cluster, host: Host): void {
  host.life += 1;
  host.isUp = true;
  host.runs.clear();
  const twoNode = host.machine.config.quorum.twoNode;
  const names = c.hosts.map(({ name }) => name);
  host.machine = machineOf(
    { self: host.id, names, twoNode, life: host.life, watchdogMs: c.watchdogMs },
    host.disk,
  );
  feed(c, host, { kind: 'clock', wall: epochMs(1_700_000_000_000 + c.time) });
}

/** The hosts that hear each other from now on; each of them gets a new view. */
export function form(c: Cluster, members: readonly Host[]): void {
  c.ringSeq += 4;
  c.view = members;
  const [first] = members;
  if (first === undefined) return;
  const event = {
    kind: 'regular',
    ringId: { representative: first.id, seq: c.ringSeq },
    members: members.map(({ id }) => id),
  } as const;
  for (const host of members) feed(c, host, { kind: 'ring', event });
  settle(c);
}

export function ask(c: Cluster, host: Host, request: Request): () => Answer | undefined {
  c.requests += 1;
  const id = `request-${c.requests}`;
  feed(c, host, { kind: 'request', id, request });
  settle(c);
  return () => host.answers.get(id);
}

/** A configuration given as the inside of `<configuration>`. */
export function configure(c: Cluster, host: Host, inside: string): () => Answer | undefined {
  const parsed = parseXml(`<configuration>${inside}</configuration>`);
  if (!parsed.ok) throw new Error(parsed.fault.what);
  const { root } = host.machine.controller.store;
  const old = firstChild(root, 'configuration');
  if (old === undefined) throw new Error('no configuration');
  const base = `${root.attributes['admin_epoch'] ?? '0'}.${root.attributes['epoch'] ?? '0'}`;
  return ask(c, host, {
    kind: 'replace-configuration',
    base,
    root: replaceChild(root, old, parsed.value),
    user: 'test',
  });
}

/** Delivers what was said, to all members in one order, until nobody says anything more. */
export function settle(c: Cluster): void {
  for (let round = 0; round < 5000; round += 1) {
    const message = c.stream.shift();
    if (message === undefined) return;
    if (message.view !== c.ringSeq) continue;
    for (const host of c.view) {
      if (host.isUp)
        feed(c, host, {
          kind: 'ring',
          event: { kind: 'delivered', from: message.from, payload: message.payload },
        });
    }
  }
  throw new Error('the nodes do not come to rest');
}

/** A tick at least so often, as the world would give when it is due. */
const TICK_MS = 500;

/** Lets time pass: what is due is done. */
export function pass(c: Cluster, ms: number): void {
  const until = c.time + ms;
  while (c.time < until) {
    c.time = Math.min(until, c.time + TICK_MS);
    for (const host of c.hosts) if (host.isUp) feed(c, host, { kind: 'tick' });
    settle(c);
  }
}

export function feed(c: Cluster, host: Host, input: NodeInput): void {
  const now: Instant = instant(c.time);
  for (const effect of step(host.machine, input, now)) perform(c, host, effect);
}

function perform(c: Cluster, host: Host, effect: NodeEffect): void {
  switch (effect.kind) {
    case 'multicast':
      c.stream.push({ from: host.id, payload: effect.payload, view: c.ringSeq });
      return;
    case 'disk-prepare':
    case 'disk-commit':
    case 'disk-store':
      onDisk(c, host, effect);
      return;
    case 'persist-quorum':
      host.quorum = effect.record;
      return;
    case 'persist-fences':
      host.disk.fences = effect.text;
      return;
    case 'fenced-alive':
      host.isUp = false;
      c.log.push(`${host.name} ends: it is counted as off`);
      return;
    case 'schedule': {
      const { graph, notes } = schedule({
        cib: effect.cib,
        now: epochMs(1_700_000_000_000 + c.time),
      });
      feed(c, host, { kind: 'scheduled', seq: effect.seq, graph, notes, recheckInMs: undefined });
      return;
    }
    case 'run':
      onRun(c, host, effect.call, effect.op);
      return;
    case 'run-device':
      if (c.isSlow)
        c.unanswered.push(() => {
          runDevice(c, host, effect);
        });
      else runDevice(c, host, effect);
      return;
    case 'answer':
      host.answers.set(effect.id, effect.answer);
      return;
    case 'note':
      host.said.push(`${effect.event}: ${effect.text}`);
      return;
    case 'leave':
      host.isUp = false;
      c.log.push(`${host.name} leaves`);
      return;
    case 'kill':
    case 'kill-device':
    case 'device-poll':
      return;
    case 'reread':
      if (host.file !== undefined)
        feed(c, host, { kind: 'reread', of: effect.of, reading: host.file });
      return;
    case 'take-over':
      host.said.push('takes its file over');
      return;
  }
}

function runDevice(c: Cluster, host: Host, effect: NodeEffect & { kind: 'run-device' }): void {
  const { action, target, device } = effect.run;
  const isCutOff = c.cutOff.has(host.name);
  const told = action === 'off' ? c.device.off : action === 'status' ? c.device.status : 0;
  const code = isCutOff ? 1 : told;
  const output = action === 'list' ? c.hosts.map(({ name }) => name).join('\n') : '';
  if (action === 'off') c.log.push(`${host.name} shoots ${target}`);
  if (action === 'status') c.log.push(`${host.name} asks ${device} about ${target}`);
  const victim = c.hosts.find(({ name }) => name === target);
  if (action === 'off' && c.device.status === 2 && !isCutOff && victim !== undefined)
    victim.isUp = false;
  feed(c, host, { kind: 'device-result', call: effect.call, code, output, timedOut: false });
}

/** Slow devices have done what they were asked, one after the other. */
export function answerDevices(c: Cluster): void {
  for (let next = c.unanswered.shift(); next !== undefined; next = c.unanswered.shift()) {
    next();
    settle(c);
  }
}

function onDisk(
  c: Cluster,
  host: Host,
  effect: NodeEffect & { kind: 'disk-prepare' | 'disk-commit' | 'disk-store' },
): void {
  const failure = effect.kind === 'disk-commit' ? undefined : host.disk.fails;
  if (failure === undefined) {
    if (effect.kind === 'disk-prepare') host.disk.prepared = effect.text;
    else host.disk.text = effect.kind === 'disk-store' ? effect.text : host.disk.prepared;
    if (effect.kind !== 'disk-prepare') {
      host.disk.root = host.machine.controller.store.root;
      host.disk.term = host.machine.controller.store.term;
    }
  }
  feed(c, host, { kind: 'disk', token: effect.token, failure });
}

function onRun(
  c: Cluster,
  host: Host,
  call: CallId,
  op: { readonly resource: string; readonly task: string; readonly intervalMs: number },
): void {
  const { resource, task } = op;
  if (task === 'start') host.runs.add(resource);
  if (task === 'stop') host.runs.delete(resource);
  if (task !== 'monitor') c.log.push(`${resource} ${task} on ${host.name}`);
  const rc = task === 'monitor' && !host.runs.has(resource) ? 7 : 0;
  feed(c, host, {
    kind: 'exited',
    call,
    result: {
      rc,
      status: 'done',
      reason: '',
      output: '',
      startedAt: epochMs(1_700_000_000_000 + c.time),
      execMs: milliseconds(1),
    },
  });
}
