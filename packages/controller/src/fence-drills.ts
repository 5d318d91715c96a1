/** Drills: every other member asks each device about a node, and all remember what was said. */
import { type Instant, milliseconds, type NodeName } from '@holdfast/base';
import { knows, planFor } from '@holdfast/fencer';
import type { Command, FenceProof } from './commands.ts';
import { readFencerConfig } from './fencing-config.ts';
import { recordProof } from './fence-record.ts';
import { answer, refusal } from './proposals.ts';
import type { ControllerInput } from './protocol.ts';
import { type ControllerState, isMember, nameOf, selfName, wallMs } from './state.ts';
import { emit, send } from './stream.ts';

/** Devices that a fence of the node could use, in any of its levels. */
export function devicesFor(state: ControllerState, target: NodeName): readonly string[] {
  const config = readFencerConfig(state.store.configuration);
  const planned = planFor(config, { target, action: 'off' }).flat();
  const able = planned.filter(
    (device) =>
      config.levels.some((level) => level.target === target) || knows(device, target) !== 'no',
  );
  return [...new Set(able.map(({ id }) => id))];
}

export function onDrillAsk(
  state: ControllerState,
  from: NodeName,
  { id, target, device }: Command & { kind: 'drill-ask' },
): void {
  const devices = devicesFor(state, target).filter((each) => device === null || each === device);
  const { view } = state;
  const members = view.kind === 'agreed' ? view.members.map((each) => nameOf(state, each)) : [];
  const executors = members.filter((name) => name !== target);
  if (executors.includes(selfName(state))) {
    for (const each of devices)
      emit(state, { kind: 'fence-drill', id: `${id} ${each}`, target, device: each });
  }
  const waiting = state.waiting.get(id);
  if (from !== selfName(state) || waiting?.kind !== 'drilling') return;
  for (const executor of executors)
    for (const each of devices) waiting.open.add(`${each} ${executor}`);
  if (waiting.open.size > 0) return;
  const nobody = `there is no other member that could fence ${target}`;
  const text = devices.length > 0 ? nobody : nothingFences(target, device);
  answer(state, id, refusal('refused', text));
}

function nothingFences(target: NodeName, device: string | null): string {
  return device === null
    ? `no fence device can fence ${target}`
    : `the fence device ${device} does not exist, or cannot fence ${target}`;
}

/** The fencer here has asked a device. */
export function onDrilled(
  state: ControllerState,
  input: ControllerInput & { kind: 'drilled' },
  now: Instant,
): void {
  const { target, device, isGood, words } = input;
  const atMs = wallMs(state, now);
  const proof: FenceProof = {
    target,
    device,
    executor: selfName(state),
    kind: 'asked',
    isGood,
    words,
    tookMs: Math.round(milliseconds(input.tookMs)),
    atMs,
    goodAtMs: isGood ? atMs : null,
  };
  send(state, { kind: 'drill-end', id: input.id.split(' ')[0] ?? '', proof });
}

export function onDrillEnd(
  state: ControllerState,
  { id, proof }: Command & { kind: 'drill-end' },
): void {
  recordProof(state.replica, proof);
  const waiting = state.waiting.get(id);
  if (waiting?.kind !== 'drilling') return;
  if (!waiting.open.delete(`${proof.device} ${proof.executor}`)) return;
  waiting.proofs.push(proof);
  if (waiting.open.size > 0) return;
  const lines = waiting.proofs.map(sentence);
  const isGood = waiting.proofs.every((each) => each.isGood);
  const text = lines.join('\n');
  answer(state, id, isGood ? { kind: 'outcome', text } : refusal('refused', text));
}

function sentence({ target, device, executor, isGood, words, tookMs }: FenceProof): string {
  const verdict = isGood ? 'good' : 'FAILED';
  return `${target} by ${device} from ${executor}: ${verdict}, ${words}, ${tookMs} ms`;
}

/** A request of an operator here. */
export function drillByHand(
  state: ControllerState,
  id: string,
  request: { readonly node: NodeName; readonly device: string | undefined },
): void {
  if (state.view.kind !== 'agreed' || !isMember(state, selfName(state))) {
    answer(
      state,
      id,
      refusal('not-ready', 'the members are not agreed yet; try again in a moment'),
    );
    return;
  }
  const { node: target, device } = request;
  const view = state.view.id;
  state.waiting.set(id, { kind: 'drilling', target, view, open: new Set(), proofs: [] });
  send(state, { kind: 'drill-ask', id, target, device: device ?? null });
}
