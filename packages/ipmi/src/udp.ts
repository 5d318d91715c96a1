/** The driver: one session over one UDP socket, from its opening to its goodbye. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import { fail, instant, ok, type Result } from '@holdfast/base';
import type { IpmiFault } from './fault.ts';
import type { Login } from './login.ts';
import type { Command } from './message.ts';
import { deadline, makeSession, step } from './session.ts';
import type { SessionEffect, SessionInput, SessionState } from './session-state.ts';

export type BmcAddress = {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
};

type Answer = Result<Uint8Array, IpmiFault>;

const SEED_BYTES = 32;

/**
 * Opens a session, lets `work` use it, and says goodbye whatever comes of it. Never rejects but where
 * `work` does.
 */
export async function withSession<Value>(
  address: BmcAddress,
  login: Login,
  work: (session: Session) => Promise<Result<Value, IpmiFault>>,
): Promise<Result<Value, IpmiFault>> {
  const connected = await connect(address);
  if (!connected.ok) return connected;
  const session = new Session(connected.value, login);
  try {
    const opened = await session.open();
    return opened.ok ? await work(session) : opened;
  } finally {
    await session.close();
  }
}

/** A life: its socket is its own until `close`. */
export class Session {
  readonly #socket: Socket;
  readonly #state: SessionState;
  readonly #asks = new Map<number, (answer: Answer) => void>();
  #asked = 0;
  #timer: NodeJS.Timeout | undefined;
  #onOpened: (opened: Result<void, IpmiFault>) => void = () => undefined;
  #onEnded: () => void = () => undefined;

  constructor(socket: Socket, login: Login) {
    this.#socket = socket;
    this.#state = makeSession(login, randomBytes(SEED_BYTES));
    socket.on('message', (bytes) => {
      this.#take({ kind: 'datagram', bytes });
    });
    socket.on('error', (cause) => {
      this.#take({ kind: 'trouble', cause: cause.message });
    });
  }

  open(): Promise<Result<void, IpmiFault>> {
    return new Promise((resolve) => {
      this.#onOpened = resolve;
      this.#take({ kind: 'open' });
    });
  }

  /** `isRepeatable`: twice is as good as once. */
  ask(command: Command, isRepeatable: boolean): Promise<Answer> {
    return new Promise((resolve) => {
      this.#asked += 1;
      this.#asks.set(this.#asked, resolve);
      this.#take({ kind: 'ask', ask: { number: this.#asked, command, isRepeatable } });
    });
  }

  async close(): Promise<void> {
    if (this.#state.phase.kind !== 'over') {
      await new Promise<void>((resolve) => {
        this.#onEnded = resolve;
        this.#take({ kind: 'leave' });
      });
    }
    clearTimeout(this.#timer);
    this.#socket.close();
  }

  #take(input: SessionInput): void {
    const now = instant(performance.now());
    for (const effect of step(this.#state, input, now)) this.#do(effect);
    clearTimeout(this.#timer);
    const at = deadline(this.#state);
    if (at === undefined) return;
    // A timer may fire a fraction of a millisecond early.
    const waitMs = Math.max(0, Math.ceil(at - performance.now()));
    this.#timer = setTimeout(() => {
      this.#take({ kind: 'tick' });
    }, waitMs);
  }

  #do(effect: SessionEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#socket.send(effect.bytes, (cause) => {
          if (cause !== null) this.#take({ kind: 'trouble', cause: cause.message });
        });
        return;
      case 'opened':
        this.#onOpened(ok(undefined));
        return;
      case 'answered':
        this.#resolve(effect.ask, ok(effect.data));
        return;
      case 'failed':
        this.#resolve(effect.ask, fail(effect.fault));
        return;
      case 'ended':
        if (effect.fault !== undefined) this.#onOpened(fail(effect.fault));
        this.#onEnded();
    }
  }

  #resolve(ask: number, answer: Answer): void {
    this.#asks.get(ask)?.(answer);
    this.#asks.delete(ask);
  }
}

/** A socket that hears nobody but the BMC, and what the network says about it. */
async function connect({ host, port }: BmcAddress): Promise<Result<Socket, IpmiFault>> {
  let found;
  try {
    found = await lookup(host);
  } catch (cause) {
    return unreachable(cause);
  }
  const socket = createSocket(found.family === 6 ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    const onFailure = (cause: unknown): void => {
      socket.close();
      resolve(unreachable(cause));
    };
    socket.once('error', onFailure);
    socket.connect(port, found.address, () => {
      socket.off('error', onFailure);
      resolve(ok(socket));
    });
  });
}

function unreachable(cause: unknown): Result<never, IpmiFault> {
  return fail({
    kind: 'unreachable',
    cause: cause instanceof Error ? cause.message : String(cause),
  });
}
