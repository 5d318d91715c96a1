/** Actions that wait for each other in a circle can never be done; they are named, and left out. */
import type { Action } from '../work/action.ts';
import type { Synapse } from './graph.ts';
import { labelOf } from './names.ts';

export type Untangled = {
  readonly synapses: readonly Synapse[];
  /** `a_start_0 n1 → b_start_0 n1 → a_start_0 n1`; undefined: there is no circle. */
  readonly loop: string | undefined;
};

export function withoutLoops(synapses: readonly Synapse[]): Untangled {
  const waiting = new Map(synapses.map(({ action, inputs }) => [action, inputs.length]));
  const dependants = new Map<Action, Action[]>();
  for (const { action, inputs } of synapses) {
    for (const input of inputs) {
      if (!waiting.has(input)) continue;
      const list = dependants.get(input);
      if (list === undefined) dependants.set(input, [action]);
      else list.push(action);
    }
  }
  const missing = new Map(
    synapses.map(({ action, inputs }) => [
      action,
      inputs.filter((each) => waiting.has(each)).length,
    ]),
  );
  const ready = synapses
    .filter(({ action }) => missing.get(action) === 0)
    .map(({ action }) => action);
  const done = new Set<Action>();
  for (let action = ready.pop(); action !== undefined; action = ready.pop()) {
    done.add(action);
    for (const next of dependants.get(action) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (done.size === synapses.length) return { synapses, loop: undefined };
  const left = synapses.filter(({ action }) => !done.has(action));
  return { synapses: synapses.filter(({ action }) => done.has(action)), loop: describe(left) };
}

/** Back from one of them until one is met again. */
function describe(left: readonly Synapse[]): string {
  const inputsOf = new Map(left.map(({ action, inputs }) => [action, inputs]));
  const path: Action[] = [];
  let action = left[0]?.action;
  while (action !== undefined && !path.includes(action)) {
    path.push(action);
    action = inputsOf.get(action)?.find((input) => inputsOf.has(input));
  }
  if (action === undefined) return path.map(labelOf).join(' → ');
  const circle = [...path.slice(path.indexOf(action)), action];
  return circle.reverse().map(labelOf).join(' → ');
}
