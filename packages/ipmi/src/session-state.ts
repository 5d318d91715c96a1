/** What a session knows between inputs, and the words it is spoken to with. */
import { after, type Instant, milliseconds } from '@holdfast/base';
import { le32 } from './bytes.ts';
import { hmac } from './crypto.ts';
import type { IpmiFault, Step } from './fault.ts';
import type { Exchange, Keys } from './keys.ts';
import type { Login } from './login.ts';
import type { Command } from './message.ts';
import type { Protection } from './seal.ts';
import type { CipherSuite } from './suites.ts';
import type { Window } from './window.ts';

/** A command with the caller's number, which its outcome carries. */
export type Ask = {
  readonly number: number;
  readonly command: Command;
  /** False: sent once, for twice would be another thing than once. */
  readonly isRepeatable: boolean;
};

export type SessionInput =
  | { readonly kind: 'open' }
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array }
  /** The network says why nothing may come: nobody listens, no way there. */
  | { readonly kind: 'trouble'; readonly cause: string }
  | { readonly kind: 'ask'; readonly ask: Ask }
  /** Says goodbye. No ask may be unanswered. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'tick' };

export type SessionEffect =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'opened'; readonly suite: number }
  | { readonly kind: 'answered'; readonly ask: number; readonly data: Uint8Array }
  | { readonly kind: 'failed'; readonly ask: number; readonly fault: IpmiFault }
  /** Nothing comes after it. Without a fault: as was wished. */
  | { readonly kind: 'ended'; readonly fault: IpmiFault | undefined };

export type SessionState = {
  readonly login: Login;
  /** 32 bytes nobody knows: all that must be unforeseeable is drawn from it. */
  readonly seed: Uint8Array;
  drawn: number;
  /** What the network said last. */
  cause: string | undefined;
  readonly waiting: Ask[];
  phase: Phase;
};

export type Phase =
  | { readonly kind: 'new' }
  | { readonly kind: 'opening'; readonly attempt: Attempt; readonly pending: Pending }
  | {
      readonly kind: 'greeting';
      readonly attempt: Attempt;
      readonly managedId: number;
      readonly consoleRandom: Uint8Array;
      readonly pending: Pending;
    }
  | {
      readonly kind: 'proving';
      readonly attempt: Attempt;
      readonly exchange: Exchange;
      readonly keys: Keys;
      readonly pending: Pending;
    }
  /** The BMC has no session free: it is asked again at `until`. */
  | { readonly kind: 'resting'; readonly attempt: Attempt; readonly until: Instant }
  | {
      readonly kind: 'raising';
      readonly attempt: Attempt;
      readonly link: Link;
      readonly current: Current;
    }
  | { readonly kind: 'ready'; readonly link: Link; current: Current | undefined }
  | { readonly kind: 'leaving'; readonly link: Link; readonly current: Current }
  | { readonly kind: 'over' };

/** One try to log in; several may be made before `giveUpAt`. */
export type Attempt = {
  readonly number: number;
  /** Which of the login's suites. */
  readonly suiteIndex: number;
  readonly suite: CipherSuite;
  readonly consoleId: number;
  readonly startedAt: Instant;
  readonly giveUpAt: Instant;
  /** The furthest that any attempt came: where the silence began. */
  furthest: Step;
  /** Something was sent twice: the two sides may have different answers in mind. */
  wasRepeated: boolean;
};

/** A handshake message that waits for its answer. */
export type Pending = { readonly bytes: Uint8Array; repeatAt: Instant; sent: number };

/** A command that waits for its answer. */
export type Current = {
  readonly ask: Ask;
  /** Of the message: its answer has the same. */
  readonly sequence: number;
  readonly askedAt: Instant;
  readonly giveUpAt: Instant;
  repeatAt: Instant;
};

/** An open session. */
export type Link = {
  readonly protection: Protection;
  readonly consoleId: number;
  readonly managedId: number;
  /** Of the packet sent last. */
  sent: number;
  /** Of the message sent last. */
  asked: number;
  readonly received: Window;
};

/** `length` bytes, at most 32, that were never drawn before. */
export function draw(state: SessionState, length: number): Uint8Array {
  state.drawn += 1;
  return hmac('sha256', state.seed, le32(state.drawn)).subarray(0, length);
}

export function later(now: Instant, ms: number): Instant {
  return after(now, milliseconds(ms));
}
