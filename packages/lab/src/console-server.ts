/**
 * The SSH face of a PDU: a console for one person at a time. A second one is turned away, and so is
 * everybody for a while after too many wrong passwords.
 */
import { once } from 'node:events';
import ssh2, { type AuthContext, type Channel, type Connection, type Server } from 'ssh2';
import type { Bank } from './bank.ts';
import { nowMs } from './clock.ts';
import { commandConsole } from './console-command.ts';
import { menuConsole } from './console-menu.ts';
import type { ConsoleMachine, ConsoleView, Typed } from './console-screen.ts';
import type { SessionChange, Source } from './event-log.ts';

/** Wrong passwords in a row, and how long nobody is let in then. */
export const DENIALS_MAX = 3;
const LOCK_MS = 120_000;
const IDLE_MS = 180_000;
const LINE_CHARS_MAX = 256;
/** Lets the sentence to whoever is turned away arrive before the connection ends. */
const LAST_WORDS_MS = 100;

export type ConsoleConfig = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly style: 'command' | 'menu';
  readonly users: readonly { readonly name: string; readonly password: string }[];
  /** How long nobody is let in after three wrong passwords. In ms; default two minutes. */
  readonly lockMs?: number;
  /** How many may be logged in at once; default one. */
  readonly sessions?: number;
};

/** A life: it has a port and whoever is logged in. */
export class ConsoleServer {
  readonly #config: ConsoleConfig;
  readonly #bank: Bank;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #inside = new Set<Connection>();
  #denials = 0;
  #lockedUntil = 0;
  /** What ends now ends because we do: nobody writes it down. */
  #isClosed = false;

  private constructor(config: ConsoleConfig, bank: Bank) {
    this.#config = config;
    this.#bank = bank;
    const key = ssh2.utils.generateKeyPairSync('ed25519');
    this.#server = new ssh2.Server({ hostKeys: [key.private] }, (connection, { ip, port }) => {
      this.#onConnection(connection, { kind: 'console', address: ip, port, user: '' });
    });
  }

  static async start(config: ConsoleConfig, bank: Bank): Promise<ConsoleServer> {
    const made = new ConsoleServer(config, bank);
    const listening = once(made.#server, 'listening');
    made.#server.listen(config.port, config.address);
    await listening;
    return made;
  }

  /** Who is logged in. */
  get sessions(): number {
    return this.#inside.size;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const connection of this.#connections) connection.end();
    await closed;
  }

  #onConnection(connection: Connection, by: ConsoleSource): void {
    this.#connections.add(connection);
    connection.setNoDelay(true);
    connection.on('error', () => undefined);
    let user = '';
    const tell = (what: SessionChange): void => {
      if (this.#isClosed) return;
      this.#bank.log.add({ kind: 'session', what, user }, { ...by, user });
    };
    connection.on('close', () => {
      this.#connections.delete(connection);
      if (this.#inside.delete(connection)) tell('closed');
    });
    if (!this.#bank.isAlive) {
      connection.end();
      return;
    }
    if (nowMs() < this.#lockedUntil && this.#bank.hearing() !== undefined) {
      tell('locked-out');
      connection.end();
      return;
    }
    connection.on('authentication', (asked) => {
      // Without an answer, the client waits until it has had enough.
      if (this.#bank.hearing() === undefined) return;
      user = asked.username;
      this.#authenticate(asked, tell);
    });
    connection.on('ready', () => {
      if (!this.#letIn(connection, tell)) return;
      connection.on('session', (accept) => {
        const session = accept();
        session.on('pty', (agree) => agree?.());
        session.on('shell', (agree) => {
          this.#serve(agree(), connection, { ...by, user });
        });
      });
    });
  }

  #authenticate(asked: AuthContext, tell: (what: SessionChange) => void): void {
    if (asked.method === 'keyboard-interactive') {
      asked.prompt([{ prompt: 'Password: ', echo: false }], ([password]) => {
        this.#decide(asked, password, tell);
      });
      return;
    }
    if (asked.method !== 'password') asked.reject(['password', 'keyboard-interactive']);
    else this.#decide(asked, asked.password, tell);
  }

  #decide(
    asked: AuthContext,
    password: string | undefined,
    tell: (what: SessionChange) => void,
  ): void {
    const user = this.#config.users.find(({ name }) => name === asked.username);
    const heard = this.#bank.hearing();
    if (heard === undefined) return;
    const isRight = user !== undefined && user.password === password;
    this.#denials = isRight ? 0 : this.#denials + 1;
    if (!isRight) tell('denied');
    if (this.#denials >= DENIALS_MAX) {
      this.#denials = 0;
      this.#lockedUntil = nowMs() + (this.#config.lockMs ?? LOCK_MS);
    }
    setTimeout(() => {
      if (isRight) asked.accept();
      else asked.reject(['password', 'keyboard-interactive']);
    }, heard.delayMs);
  }

  /** False: somebody else is inside, and the newcomer is told so and turned away. */
  #letIn(connection: Connection, tell: (what: SessionChange) => void): boolean {
    if (this.#inside.size < (this.#config.sessions ?? 1) && !this.#bank.faults.busy) {
      this.#inside.add(connection);
      tell('opened');
      return true;
    }
    tell('busy');
    connection.on('session', (accept) => {
      const session = accept();
      session.on('pty', (agree) => agree?.());
      session.on('shell', (agree) => {
        agree().end('\r\nSomebody else is logged in: this console serves one at a time.\r\n');
        setTimeout(() => {
          connection.end();
        }, LAST_WORDS_MS);
      });
    });
    return false;
  }

  #serve(channel: Channel, connection: Connection, by: ConsoleSource): void {
    const machine = this.#config.style === 'menu' ? menuConsole() : commandConsole();
    const idle = setTimeout(() => {
      connection.end();
    }, IDLE_MS);
    connection.on('close', () => {
      clearTimeout(idle);
    });
    const keyboard = new Keyboard((typed) => {
      idle.refresh();
      this.#answer(typed, machine, { channel, connection, by });
    });
    channel.on('data', (data) => {
      if (this.#bank.hearing() === undefined) return;
      channel.write(keyboard.press(data.toString('latin1')));
    });
    this.#answer({ kind: 'login' }, machine, { channel, connection, by });
  }

  #answer(
    typed: Typed,
    machine: ConsoleMachine,
    { channel, connection, by }: { channel: Channel; connection: Connection; by: ConsoleSource },
  ): void {
    const act = (): void => {
      let isOrder = false;
      const view: ConsoleView = {
        name: this.#config.name,
        user: by.user,
        outlets: this.#bank.shown(),
        order: (outlet, command) => {
          isOrder = true;
          return this.#bank.order(outlet, command, by) !== 'refused';
        },
      };
      const { text, leaves } = machine.type(typed, view);
      // A stream cannot bring an answer twice, but it can lose one.
      if (this.#bank.copies(isOrder) > 0) channel.write(text);
      if (leaves) connection.end();
    };
    const heard = this.#bank.hearing();
    if (heard !== undefined) setTimeout(act, heard.delayMs);
  }
}

type ConsoleSource = Extract<Source, { kind: 'console' | 'redfish' | 'bmc' }>;

/** Keys to lines. What it answers to `press` is the echo. */
class Keyboard {
  readonly #onTyped: (typed: Typed) => void;
  #line = '';

  constructor(onTyped: (typed: Typed) => void) {
    this.#onTyped = onTyped;
  }

  press(keys: string): string {
    let echo = '';
    for (const key of keys) {
      if (key === '\x03' || key === '\x1b') {
        this.#line = '';
        this.#onTyped({ kind: key === '\x03' ? 'interrupt' : 'escape' });
      } else if (key === '\r') {
        echo += '\r\n';
        this.#onTyped({ kind: 'line', line: this.#line });
        this.#line = '';
      } else if (key >= ' ' && this.#line.length < LINE_CHARS_MAX) {
        this.#line += key;
        echo += key;
      }
    }
    return echo;
  }
}
