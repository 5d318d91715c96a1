/** One login at a console over SSH: text in, text out, and in which way it failed where it did. */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '@holdfast/base';
import type { Channel, Client } from 'ssh2';

export type Login = {
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly password: string | undefined;
  /** A private key, in OpenSSH's or PEM form. */
  readonly key: string | undefined;
  /** `SHA256:…` as ssh-keygen prints it; undefined: any host key is taken. */
  readonly hostKey: string | undefined;
  /** Also ciphers and exchanges that are weak, for consoles that know no others. */
  readonly isLegacy: boolean;
  /** For connecting and being let in. */
  readonly timeoutMs: number;
};

/** Why nobody was let in. Only `busy` and `no-answer` are worth another try. */
export type LoginFault = {
  readonly kind: 'denied' | 'busy' | 'no-answer' | 'stranger';
  readonly said: string;
};

export type Talk = {
  readonly send: (text: string) => void;
  /** Everything up to and with the first place where `pattern` fits; a fault where it never does. */
  readonly until: (pattern: RegExp, timeoutMs: number) => Promise<Result<string, string>>;
  /** Forgets what was said and not read. */
  readonly clear: () => void;
  readonly end: () => void;
};

/** What a console may say before anybody reads it. */
const TEXT_MAX = 256 * 1024;
const TURNED_AWAY = /logged in|in use|one at a time|busy/i;

const LEGACY = {
  kex: { append: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'] },
  serverHostKey: { append: ['ssh-rsa', 'ssh-dss'] },
  cipher: { append: ['aes128-cbc', '3des-cbc'] },
  hmac: { append: ['hmac-sha1', 'hmac-md5'] },
} as const;

/** Logs in and opens the console. `end` must be called on what is answered. */
export async function logIn(login: Login): Promise<Result<Talk, LoginFault>> {
  // Loaded where it is needed: it is large, and most clusters have no console.
  const { default: ssh2 } = await import('ssh2');
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    let isStranger = false;
    const verify = (key: Buffer): boolean => {
      isStranger = login.hostKey !== undefined && fingerprint(key) !== login.hostKey;
      return !isStranger;
    };
    client.on('error', (cause) => {
      resolve(fail(faultOf(cause, isStranger, login)));
      client.destroy();
    });
    client.on('close', () => {
      resolve(fail({ kind: 'busy', said: 'the console ended the connection before the login' }));
    });
    client.on('ready', () => {
      client.setNoDelay(true);
      client.shell({ term: 'vt100', cols: 120, rows: 60 }, (cause, channel) => {
        if ((cause ?? undefined) === undefined) resolve(ok(talkOver(client, channel)));
        else resolve(fail({ kind: 'busy', said: `it opens no shell: ${cause?.message ?? ''}` }));
      });
    });
    connect(client, login, verify);
  });
}

function connect(client: Client, login: Login, verify: (key: Buffer) => boolean): void {
  client.connect({
    host: login.ip,
    port: login.port,
    username: login.username,
    ...(login.password === undefined ? {} : { password: login.password }),
    ...(login.key === undefined ? {} : { privateKey: login.key }),
    // Asked for only by consoles that do not take a password as such; a second try could lock us out.
    tryKeyboard: false,
    readyTimeout: login.timeoutMs,
    hostVerifier: verify,
    ...(login.isLegacy ? { algorithms: mutable(LEGACY) } : {}),
  });
}

function mutable(table: typeof LEGACY): Record<string, { append: string[] }> {
  return Object.fromEntries(
    Object.entries(table).map(([kind, { append }]) => [kind, { append: [...append] }]),
  );
}

function faultOf(cause: Error & { level?: string }, isStranger: boolean, login: Login): LoginFault {
  if (isStranger) return { kind: 'stranger', said: 'its host key is another one than host_key' };
  if (cause.level === 'client-authentication') return { kind: 'denied', said: cause.message };
  if (/ended|reset|lost|ECONNRESET|EPIPE/i.test(cause.message)) {
    return { kind: 'busy', said: cause.message };
  }
  return { kind: 'no-answer', said: `${login.ip} port ${login.port}: ${cause.message}` };
}

/** As ssh-keygen prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function talkOver(client: Client, channel: Channel): Talk {
  let text = '';
  let isOver = false;
  let look: () => void = () => undefined;
  channel.on('data', (data) => {
    text = (text + data.toString('latin1')).slice(-TEXT_MAX);
    look();
  });
  const over = (): void => {
    isOver = true;
    look();
  };
  channel.on('close', over);
  client.on('close', over);
  const until: Talk['until'] = (pattern, timeoutMs) =>
    new Promise((resolve) => {
      const done = (answer: Result<string, string>): void => {
        clearTimeout(timer);
        look = () => undefined;
        resolve(answer);
      };
      look = () => {
        const found = pattern.exec(text);
        if (found !== null) {
          const end = found.index + found[0].length;
          const said = text.slice(0, end);
          text = text.slice(end);
          done(ok(said));
        } else if (isOver) done(fail(overFault(text)));
      };
      const timer = setTimeout(() => {
        done(fail(`it did not say ${pattern.source} within ${timeoutMs} ms`));
      }, timeoutMs);
      look();
    });
  return {
    send: (words) => {
      channel.write(words);
    },
    until,
    clear: () => {
      text = '';
    },
    end: () => {
      client.end();
      client.destroy();
    },
  };
}

/** What stands before a connection that the console ended. */
export const BUSY = 'busy';

function overFault(text: string): string {
  if (TURNED_AWAY.test(text)) return BUSY;
  return `it ended the connection${text.trim() === '' ? '' : ` after saying ${JSON.stringify(text.trim().slice(-80))}`}`;
}
