/** The ways in which a device can be told to disappoint, and what each does to an order or an answer. */
import { fail, ok, type Result } from '@holdfast/base';
import type { Command, Outcome } from './command.ts';

export type Faults = {
  /** Acknowledges every order and acts on none. */
  readonly lie: boolean;
  /** Answers nobody and does nothing. */
  readonly silent: boolean;
  /** Answers, and acts, this much later. In ms. */
  readonly slowMs: number;
  /** Answers every order with an error. */
  readonly refuse: boolean;
  /** Outlets whose relay does not move; what they say of themselves stays true. */
  readonly stuck: readonly number[];
  /** Orders for the first number switch the second instead. */
  readonly wrongOutlet: Readonly<Record<string, number>>;
  /** What it says of every outlet, whatever is true; `ordered`: that every order was carried out. */
  readonly says: 'truth' | 'on' | 'off' | 'ordered';
  /** Acknowledges at once, and the relay moves this much later. In ms. */
  readonly switchMs: number;
  /** So many orders are carried out and their answers lost. */
  readonly loseAnswers: number;
  /** Every answer is sent twice, where a datagram carries it. */
  readonly duplicate: boolean;
  /** Nobody may log in, as while somebody sits at the serial port. */
  readonly busy: boolean;
};

/** Kept for those who knew the PDU before it had more faults. */
export type PduFaults = Faults;

export const NO_FAULTS: Faults = {
  lie: false,
  silent: false,
  slowMs: 0,
  refuse: false,
  stuck: [],
  wrongOutlet: {},
  says: 'truth',
  switchMs: 0,
  loseAnswers: 0,
  duplicate: false,
  busy: false,
};

const SLOW_MS_MAX = 600_000;
const LOST_MAX = 1_000_000;
const SAYS = ['truth', 'on', 'off', 'ordered'] as const;

/** What an order comes to: which relay moves, if any, and what is written down. */
export type Decision = { readonly outcome: Outcome; readonly moves: number | undefined };

/** Under these faults, an order for `outlet`. An order that is refused moves nothing. */
export function decide(faults: Faults, outlet: number): Decision {
  if (faults.refuse) return { outcome: 'refused', moves: undefined };
  if (faults.lie) return { outcome: 'lied', moves: undefined };
  const meant = faults.wrongOutlet[String(outlet)] ?? outlet;
  if (faults.stuck.includes(meant)) return { outcome: 'stuck', moves: undefined };
  return { outcome: meant === outlet ? 'taken' : 'wrong-outlet', moves: meant };
}

/** What the device says of an outlet whose truth, and whose last order, are given. */
export function saying(
  faults: Faults,
  truth: 'on' | 'off',
  ordered: Command | undefined,
): 'on' | 'off' {
  switch (faults.says) {
    case 'truth':
      return truth;
    case 'on':
    case 'off':
      return faults.says;
    case 'ordered':
      return ordered === undefined ? truth : ordered === 'off' ? 'off' : 'on';
  }
}

/** `before` with what `asked` changes; a fault names the field. Names it does not know are faults. */
export function readFaults(
  before: Faults,
  asked: Readonly<Record<string, unknown>>,
): Result<Faults, string> {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(asked)) {
    if (!(name in NO_FAULTS)) {
      return fail(`there is no fault ${name}; there are ${Object.keys(NO_FAULTS).join(', ')}`);
    }
    const wrong = CHECKS[name as keyof Faults](value);
    if (wrong !== undefined) return fail(`${name} must be ${wrong}`);
    after[name] = value;
  }
  // Every field has just been checked, or was there before.
  return ok(after as Faults);
}

type Check = (value: unknown) => string | undefined;

const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

function number(max: number): Check {
  return (value) =>
    typeof value === 'number' && value >= 0 && value <= max
      ? undefined
      : `a number from 0 to ${max}`;
}

const CHECKS: Readonly<Record<keyof Faults, Check>> = {
  lie: flag,
  silent: flag,
  slowMs: number(SLOW_MS_MAX),
  refuse: flag,
  stuck: (value) =>
    Array.isArray(value) && value.every((each) => isOutlet(each)) ? undefined : 'a list of outlets',
  wrongOutlet: (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(isOutlet)
      ? undefined
      : 'an object that says for outlets which other one is switched',
  says: (value) => (SAYS.some((each) => each === value) ? undefined : `one of ${SAYS.join(', ')}`),
  switchMs: number(SLOW_MS_MAX),
  loseAnswers: number(LOST_MAX),
  duplicate: flag,
  busy: flag,
};

function isOutlet(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1024;
}
