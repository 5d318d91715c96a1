/** The Redfish face of a machine's BMC: HTTPS with a certificate of its own, users by password or session. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Bank } from './bank.ts';
import { selfSigned } from './certificate.ts';
import { nowMs } from './clock.ts';
import type { Source } from './event-log.ts';
import { answerRedfish, type RedfishAsked, type RedfishView } from './redfish.ts';

const BODY_BYTES_MAX = 65_536;
const SESSIONS_MAX = 16;

export type RedfishConfig = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly users: readonly { readonly name: string; readonly password: string }[];
};

export type RedfishServer = { close(): Promise<void>; readonly sessions: number };

/** The bank has one outlet: the machine's button. */
export async function startRedfish(config: RedfishConfig, bank: Bank): Promise<RedfishServer> {
  const tokens = new Map<string, string>();
  const server = createServer(selfSigned(config.name, nowMs()), (request, response) => {
    void respond({ config, bank, tokens }, request, response).catch(() => {
      response.destroy();
    });
  });
  // Without power nobody is at this address: the nearest that a loopback can come to it is a refusal.
  server.on('connection', (socket) => {
    if (!bank.isAlive) socket.destroy();
  });
  const listening = once(server, 'listening');
  server.listen(config.port, config.address);
  await listening;
  return {
    get sessions() {
      return tokens.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Service = {
  readonly config: RedfishConfig;
  readonly bank: Bank;
  /** By token: whose session it is. */
  readonly tokens: Map<string, string>;
};

async function respond(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const heard = service.bank.hearing();
  if (!service.bank.isAlive) {
    response.destroy();
    return;
  }
  // Silence: the connection is left as it is, until the client has had enough.
  if (heard === undefined) return;
  setTimeout(() => {
    const user = userOf(service, request);
    const asked: RedfishAsked = {
      method: request.method ?? 'GET',
      path: (request.url ?? '/').split('?')[0] ?? '/',
      body,
      isKnown: user !== undefined,
    };
    const { socket } = request;
    const by: Source = {
      kind: 'redfish',
      address: socket.remoteAddress ?? '',
      port: socket.remotePort ?? 0,
      user: user ?? '',
    };
    let isOrder = false;
    const view = viewOf(service, by, () => (isOrder = true));
    const { status, headers = {}, body: said } = answerRedfish(asked, view);
    if (service.bank.copies(isOrder) === 0) {
      response.destroy();
      return;
    }
    response.writeHead(status, { 'OData-Version': '4.0', ...headers, ...typeOf(said) });
    response.end(said === undefined ? undefined : JSON.stringify(said));
  }, heard.delayMs);
}

function viewOf({ config, bank, tokens }: Service, by: Source, onOrder: () => void): RedfishView {
  const [system] = bank.shown();
  return {
    name: config.name,
    system: system ?? { number: 1, name: '', power: 'off', isPending: false },
    order: (command) => {
      onOrder();
      const outcome = bank.order(1, command, by);
      return outcome !== undefined && outcome !== 'refused';
    },
    logIn: (user, password) => {
      const isRight = isLogin(config, user, password);
      bank.log.add({ kind: 'session', what: isRight ? 'opened' : 'denied', user }, by);
      if (!isRight || tokens.size >= SESSIONS_MAX) return undefined;
      const token = randomBytes(16).toString('hex');
      tokens.set(token, user);
      return token;
    },
    logOut: (token) => {
      const user = tokens.get(token);
      if (user === undefined) return false;
      bank.log.add({ kind: 'session', what: 'closed', user }, by);
      return tokens.delete(token);
    },
  };
}

function userOf({ config, tokens }: Service, request: IncomingMessage): string | undefined {
  const token = request.headers['x-auth-token'];
  if (typeof token === 'string') return tokens.get(token);
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return undefined;
  const [, user = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
  return isLogin(config, user, password) ? user : undefined;
}

function isLogin({ users }: RedfishConfig, user: string, password: string): boolean {
  return users.some((each) => each.name === user && each.password === password);
}

/** What the body says as JSON; undefined where it says nothing. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > BODY_BYTES_MAX) throw new Error('the request is too long');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function typeOf(body: object | undefined): Record<string, string> {
  return body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' };
}
