/** What a simulated BMC remembers of those who talk to it, and what it has of the world. */
import type { CipherSuite, Exchange, Keys, Protection, Window } from '@holdfast/ipmi';
import type { BmcConfig, BmcUser } from './bmc-config.ts';
import type { Command } from './command.ts';

export type Bmc = {
  readonly config: BmcConfig;
  /** 16 bytes by which the BMC is known. */
  readonly guid: Uint8Array;
  /** By the BMC's own number of the session. */
  readonly sessions: Map<number, BmcSession>;
  opened: number;
};

export type BmcSession = {
  readonly managedId: number;
  readonly consoleId: number;
  readonly suite: CipherSuite;
  /** The Open Session Request, and who sent it: a repetition is the same session. */
  readonly request: Uint8Array;
  readonly from: string;
  /** In ms of the BMC's clock. */
  heardAt: number;
  stage: Stage;
};

/** `rakp`: the message that brought it here, and `answer` what was answered: a repetition gets the same. */
export type Stage =
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'named';
      readonly user: BmcUser;
      readonly exchange: Exchange;
      readonly rakp: Uint8Array;
      readonly answer: Uint8Array;
    }
  | Active;

export type Active = {
  readonly kind: 'active';
  readonly user: BmcUser;
  readonly keys: Keys;
  readonly protection: Protection;
  readonly rakp: Uint8Array;
  readonly answer: Uint8Array;
  /** The highest that was asked for at the login. */
  readonly limit: number;
  level: number;
  readonly received: Window;
  sent: number;
  /** The request answered last, and its answer. */
  last: { readonly request: Uint8Array; readonly response: Uint8Array } | undefined;
};

/** The machine behind the BMC, and the hour; what a datagram causes goes through here. */
export type BmcWorld = {
  readonly now: number;
  /** Who sent the datagram. */
  readonly from: string;
  readonly random: (bytes: number) => Uint8Array;
  readonly power: () => 'on' | 'off';
  /** False: the order is refused. */
  readonly order: (command: Command, user: string) => boolean;
  readonly tell: (what: 'opened' | 'closed' | 'busy' | 'denied', user: string) => void;
  /** Nobody may log in just now. */
  readonly isBusy: boolean;
};

/** A login that stops half-way is forgotten after so long. */
const HALF_OPEN_MS = 5000;

/** Forgets whoever has been silent for too long. */
export function expire({ config, sessions }: Bmc, world: BmcWorld): void {
  for (const [id, session] of sessions) {
    const isActive = session.stage.kind === 'active';
    if (world.now - session.heardAt < (isActive ? config.idleMs : HALF_OPEN_MS)) continue;
    sessions.delete(id);
    if (session.stage.kind === 'active') world.tell('closed', session.stage.user.name);
  }
}

export function activeSessions({ sessions }: Bmc, user?: string): number {
  return [...sessions.values()].filter(
    ({ stage }) => stage.kind === 'active' && (user === undefined || stage.user.name === user),
  ).length;
}

export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
