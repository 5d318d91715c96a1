/** Answers that are not answers: repeated, late, forged. */
import fc from 'fast-check';
import t from 'tap';
import { STATUS_COMMAND } from '#src/power.js';
import type { SessionInput } from '#src/session-state.js';
import { type Habits, play } from './bench.ts';

type Loss = NonNullable<Habits['onDatagram']>;

void t.test('answers that come twice, late or changed are not taken for answers', (t) => {
  let first: Uint8Array | undefined;
  const onDatagram: Loss = (number, answers) => {
    const [answer] = answers;
    if (answer === undefined) return answers;
    if (number === 5) first = answer;
    if (number === 5) return [answer, answer];
    if (number !== 6) return answers;
    const forged = answer.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    return first === undefined ? answers : [first, forged, Uint8Array.of(6, 0, 0xff, 7)];
  };
  const ask = (number: number): SessionInput => ({
    kind: 'ask',
    ask: { number, command: STATUS_COMMAND, isRepeatable: true },
  });
  const story = play(
    {},
    { onDatagram },
    [
      { atMs: 10, input: ask(1) },
      { atMs: 20, input: ask(2) },
    ],
    20_000,
  );
  t.same(story.slice(5), [
    '10 sends 0/1 as 2',
    '10 answered 1: ',
    '20 sends 0/1 as 3',
    '1020 sends 0/1 as 3',
    '1020 answered 2: ',
  ]);
  t.end();
});

void t.test('an answer from long ago does not come true again when its number does', (t) => {
  const MESSAGE_NUMBERS = 64;
  let first: Uint8Array | undefined;
  const onDatagram: Loss = (number, answers) => {
    if (number === 5) [first] = answers;
    return number === 5 + MESSAGE_NUMBERS && first !== undefined ? [first, ...answers] : answers;
  };
  const asks = Array.from({ length: MESSAGE_NUMBERS + 1 }, (_, index) => ({
    atMs: 10 + index,
    input: {
      kind: 'ask',
      ask: {
        number: index,
        command: { ...STATUS_COMMAND, data: Uint8Array.of(index) },
        isRepeatable: true,
      },
    } satisfies SessionInput,
  }));
  const story = play({}, { onDatagram }, asks, 20_000);
  t.same(story.slice(-2), ['74 sends 0/1 40 as 2', '74 answered 64: 40']);
  t.end();
});

void t.test('an answer with one bit changed is no answer', (t) => {
  for (const suite of [2, 3, 17]) {
    const onDatagram: Loss = (number, answers) => {
      const [answer] = answers;
      if (number < 5 || answer === undefined) return answers;
      // The four bytes of RMCP in front are nobody's promise.
      const bits = Array.from({ length: (answer.length - 4) * 8 }, (_, index) => index + 32);
      return bits.map((bit) => flipped(answer, bit));
    };
    const ask: SessionInput = {
      kind: 'ask',
      ask: { number: 1, command: STATUS_COMMAND, isRepeatable: false },
    };
    const story = play({ suites: [suite] }, { onDatagram }, [{ atMs: 10, input: ask }], 20_000);
    t.match(story.at(-1), /^3010 failed 1: no answer/, `suite ${suite}`);
  }
  t.end();
});

void t.test('garbage in a login is survived, and nobody is let in by it', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      fc.nat(120),
      (at, changes, length) => {
        const onDatagram: Loss = (number, answers) => {
          const [answer] = answers;
          if (number !== at || answer === undefined) return answers;
          const broken = Uint8Array.from(answer).subarray(0, Math.max(5, length));
          for (const [place, value] of changes) broken[place] = value;
          return [broken];
        };
        const story = play({}, { onDatagram, password: 'other' }, [], 20_000);
        return !story.some((line) => line.includes('opened'));
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}
