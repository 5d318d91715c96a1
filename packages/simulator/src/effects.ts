/** What the two machines of a host ask for, done in the world. */
import { assert, type Note } from '@holdfast/base';
import type { NodeEffect } from '@holdfast/node';
import { type RingEffect, step as stepRing } from '@holdfast/totem';
import type { Daemon, HostFace as Host } from './host-face.ts';
import { resultOf } from './services.ts';
import { between } from './stage.ts';

/** Notes that only repeat what the world tells itself; results are told by the node they are of. */
const SAID_OTHERWISE: ReadonlySet<string> = new Set(['ring', 'membership']);

export function carryOutRing(host: Host, daemon: Daemon, effect: RingEffect): void {
  const { network } = host.setup;
  switch (effect.kind) {
    case 'persist-ring-seq':
      host.disk.ringSeq = effect.seq;
      return;
    case 'send':
      network.send(host.id, effect.to, effect.bytes);
      return;
    case 'delivered':
      host.watch.delivered(host, effect.from, effect.payload);
      daemon.jobs.push({ kind: 'node', input: { kind: 'ring', event: effect } });
      return;
    case 'transitional':
    case 'regular':
      if (effect.kind === 'regular') {
        if (effect.members.length > 1) daemon.hasCompany = true;
        host.tell(
          `ring ${effect.ringId.representative}.${effect.ringId.seq}: members ${effect.members.join(' ')}`,
        );
      }
      host.watch.membership(host, effect);
      daemon.jobs.push({ kind: 'node', input: { kind: 'ring', event: effect } });
      return;
    case 'refused':
      host.tell('the ring refused a message');
      return;
    case 'note':
      tellNote(host, effect);
      return;
  }
}

const OF_THE_DISK = ['disk-prepare', 'disk-commit', 'disk-store'] as const;
const OF_AGENTS = ['run', 'kill', 'run-device', 'kill-device'] as const;

type Kind<Name extends NodeEffect['kind']> = Extract<NodeEffect, { kind: Name }>;

function isOneOf<Name extends NodeEffect['kind']>(
  effect: NodeEffect,
  names: readonly Name[],
): effect is Kind<Name> {
  return names.some((name) => name === effect.kind);
}

export function carryOutNode(host: Host, daemon: Daemon, effect: NodeEffect): void {
  if (isOneOf(effect, OF_THE_DISK)) {
    toDisk(host, daemon, effect);
    return;
  }
  if (isOneOf(effect, OF_AGENTS)) {
    toAgents(host, daemon, effect);
    return;
  }
  switch (effect.kind) {
    case 'multicast':
      daemon.jobs.push({ kind: 'ring', input: effect });
      return;
    case 'persist-quorum':
      host.disk.quorum = effect.record;
      return;
    case 'persist-fences':
      host.disk.fences = effect.text;
      return;
    case 'fenced-alive':
      host.crashDaemon();
      return;
    case 'schedule':
      plan(host, effect);
      return;
    case 'answer':
      host.watch.answered(host, effect.id, effect.answer, daemon.requests.delete(effect.id));
      return;
    case 'leave':
      leave(host, daemon);
      return;
    case 'device-poll':
    case 'reread':
    case 'take-over':
      // No operator asks for a reload here, and there is no quorum device.
      return;
    case 'note':
      tellNote(host, effect);
      return;
  }
}

function leave(host: Host, daemon: Daemon): void {
  for (const last of stepRing(daemon.ring, { kind: 'leave' }, host.now())) {
    if (last.kind === 'send') host.setup.network.send(host.id, last.to, last.bytes);
  }
  host.left();
}

function toDisk(
  host: Host,
  daemon: Daemon,
  effect: Kind<'disk-prepare' | 'disk-commit' | 'disk-store'>,
): void {
  host.disk.ask(effect, ({ token, failure }) => {
    inDaemon(host, daemon, () => {
      host.nodeInput({ kind: 'disk', token, failure });
    });
  });
}

function toAgents(
  host: Host,
  daemon: Daemon,
  effect: Kind<'run' | 'kill' | 'run-device' | 'kill-device'>,
): void {
  switch (effect.kind) {
    case 'run':
      runAgent(host, daemon, effect);
      return;
    case 'kill':
      daemon.calls.get(effect.call)?.();
      return;
    case 'run-device':
      runDevice(host, daemon, effect);
      return;
    case 'kill-device':
      daemon.deviceCalls.delete(effect.call);
      return;
  }
}

/** Answers that come from outside the machine reach the daemon that asked, after a thaw. */
function inDaemon(host: Host, daemon: Daemon, run: () => void): void {
  if (host.daemon === daemon) host.laterInDaemonNow(run);
}

function tellNote(host: Host, { severity, event, text }: Note): void {
  if (severity === 'debug' || SAID_OTHERWISE.has(event)) return;
  if (event.startsWith('op-') && !text.includes(` on ${host.name}:`)) return;
  host.tell(`[${event}] ${text}`);
}

function plan(host: Host, { seq, cib }: NodeEffect & { kind: 'schedule' }): void {
  const { planner, stage, clock, spent } = host.setup;
  const started = clock();
  const planned = planner(cib, host.wallMs());
  spent.scheduleMs += clock() - started;
  spent.schedules += 1;
  const waitMs = between(stage.dice, 2, stage.dice.chance(1, 10) ? 1500 : 40);
  host.laterInDaemon(waitMs, () => {
    host.nodeInput({ kind: 'scheduled', seq, ...planned });
  });
}

function runAgent(host: Host, daemon: Daemon, { call, op }: NodeEffect & { kind: 'run' }): void {
  const { stage, power } = host.setup;
  const what = `${op.resource} ${op.task}${op.intervalMs > 0 ? ` every ${op.intervalMs} ms` : ''}`;
  if (op.task !== 'monitor' || op.intervalMs === 0) host.tell(`runs ${what}`);
  const startedAt = stage.agenda.now();
  const wallMs = host.wallMs();
  const performance = host.services.begin(op, () => power.isReachable(host.name));
  let isOver = false;
  const exit = (rc: number): void => {
    daemon.calls.delete(call);
    const result = resultOf(rc, wallMs, stage.agenda.now() - startedAt);
    host.nodeInput({ kind: 'exited', call, result });
  };
  daemon.calls.set(call, () => {
    if (isOver) return;
    isOver = true;
    host.laterInDaemon(between(stage.dice, 1, 20), () => {
      exit(1);
    });
  });
  if (performance.lengthMs === undefined) {
    host.tell(`${what} hangs`);
    return;
  }
  host.laterOnMachine(performance.lengthMs, () => {
    if (isOver) return;
    isOver = true;
    const rc = performance.end();
    if (rc !== 0 && !(op.task === 'monitor' && rc === 7)) host.tell(`${what} ends with ${rc}`);
    assert(host.daemon === daemon, 'an agent dies with its daemon');
    exit(rc);
  });
}

function runDevice(
  host: Host,
  daemon: Daemon,
  { call, run }: NodeEffect & { kind: 'run-device' },
): void {
  const { power } = host.setup;
  host.tell(`asks ${run.device}: ${run.action} ${run.plug}`);
  if (run.action === 'off') host.watch.shoots(host, run.target);
  daemon.deviceCalls.add(call);
  power.run(host.name, run, ({ code, output }) => {
    inDaemon(host, daemon, () => {
      if (!daemon.deviceCalls.delete(call)) return;
      host.tell(`${run.device} answers ${run.action} ${run.plug}: ${code}`);
      host.nodeInput({ kind: 'device-result', call, code, output, timedOut: false });
    });
  });
}
