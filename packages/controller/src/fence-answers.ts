/** What operators who asked for a fence or a drill are told, each once. */
import type { ControllerState } from './state.ts';
import { answer, refusal } from './proposals.ts';

/** What was asked for in an earlier view, and of which nobody knows in this one. */
export function answerForgottenFences(state: ControllerState): void {
  if (state.view.kind !== 'agreed') return;
  for (const [id, waiting] of state.waiting) {
    if (waiting.kind === 'drilling' && waiting.view !== state.view.id) {
      const text = `the membership changed while ${waiting.target} was drilled; ask again`;
      answer(state, id, refusal('lost', text));
      continue;
    }
    if (waiting.kind !== 'fencing' || waiting.view === state.view.id) continue;
    if (state.replica.fences.some((each) => each.id === id)) continue;
    const text = `the membership changed while ${waiting.target} was to be fenced; look whether it was, and ask again`;
    answer(state, id, refusal('lost', text));
  }
}

/** Answers operators whose fence has ended, however it did. */
export function answerFences(state: ControllerState): void {
  for (const [id, waiting] of state.waiting) {
    if (waiting.kind !== 'fencing') continue;
    const entry = state.replica.fences.find((each) => each.id === id);
    if (entry === undefined || entry.state === 'pending') continue;
    switch (entry.state) {
      case 'done': {
        const text = entry.action === 'on' ? `${entry.target} is switched on` : entry.detail;
        answer(state, id, { kind: 'outcome', text });
        break;
      }
      case 'failed':
        answer(state, id, refusal('refused', `fencing ${entry.target} failed: ${entry.detail}`));
        break;
      case 'withdrawn': {
        const text = `${entry.target} was not fenced: ${entry.detail}`;
        answer(state, id, refusal('refused', text));
        break;
      }
    }
  }
}
