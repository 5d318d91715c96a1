/** Fencing at the console of a rack PDU, over SSH. */
import {
  type DeviceAnswer,
  defineFenceAgent,
  type FenceContext,
  type PowerState,
} from '@holdfast/agent';
import { fail, ok } from '@holdfast/base';
import { BUSY, type Login, logIn, type LoginFault } from './connection.ts';
import { type Dialogue, greet, type Row } from './talk.ts';

const PARAMETERS = {
  ip: {
    type: 'string',
    required: true,
    aliases: ['ipaddr'],
    shortdesc: 'Address or host name of the console',
  },
  ipport: {
    type: 'integer',
    default: 22,
    minimum: 1,
    maximum: 65_535,
    shortdesc: 'TCP port of its SSH service',
  },
  username: { type: 'string', required: true, aliases: ['login'], shortdesc: 'Login name' },
  password: { type: 'string', isPrivate: true, aliases: ['passwd'], shortdesc: 'Password' },
  identity_file: { type: 'string', shortdesc: 'File with the private key to log in with' },
  host_key: {
    type: 'string',
    pattern: '^SHA256:[A-Za-z0-9+/]{43}$',
    shortdesc: 'Fingerprint of the console, as ssh-keygen prints it; without it any is taken',
  },
  legacy_ssh: {
    type: 'boolean',
    default: false,
    shortdesc: 'Allow weak old ciphers, for consoles that know no others',
  },
  login_timeout: {
    type: 'duration',
    default: '5s',
    shortdesc: 'How long connecting and logging in may take',
  },
  shell_timeout: {
    type: 'duration',
    default: '3s',
    shortdesc: 'How long the answer to one line may take',
  },
  busy_timeout: {
    type: 'duration',
    default: '10s',
    shortdesc: 'How long to try again while somebody else is logged in',
  },
} as const;

type Asked = FenceContext<typeof PARAMETERS>;

const BUSY_PAUSE_MS = 300;
const POLL_MS = 100;

export const agent = defineFenceAgent({
  name: 'fence-console',
  version: '1.0.0',
  shortdesc: 'Fences at the SSH console of an APC rack PDU',
  longdesc:
    'Logs in at the console of an APC rack PDU and switches outlets, by its command line or its menus. Such consoles serve one login at a time: where somebody else is in, the agent tries again until busy_timeout, and it stays in until the outlet it switched off says so. A wrong password is tried once, since three of them lock everybody out.',
  parameters: PARAMETERS,
  actions: {
    set: (context, plug, wanted) =>
      inside(context, async (console) => {
        const row = await find(console, plug);
        if (!row.ok) return row;
        const told = await console.order(row.value.outlet, wanted);
        if (!told.ok) return told;
        await settle(context, console, { outlet: row.value.outlet, wanted });
        return ok(undefined);
      }),
    status: (context, plug) =>
      inside(context, async (console) => {
        const row = await find(console, plug);
        if (!row.ok) return row;
        if (row.value.power !== 'switching') return ok(row.value.power);
        return fail(`outlet ${plug} is still switching, which is neither on nor off`);
      }),
    list: (context) =>
      inside(context, async (console) => {
        const rows = await console.rows();
        if (!rows.ok) return rows;
        return ok(rows.value.map(({ outlet, name }) => ({ plug: String(outlet), name })));
      }),
    monitor: (context) =>
      inside(context, async (console) => {
        const rows = await console.rows();
        if (!rows.ok) return rows;
        return rows.value.length > 0 ? ok(undefined) : fail('the console shows no outlets');
      }),
  },
});

/** By number, or by the name the console shows. An outlet that is not shown is an error, never off. */
async function find(console: Dialogue, plug: string): Promise<DeviceAnswer<Row>> {
  const rows = await console.rows();
  if (!rows.ok) return rows;
  const isNumber = /^[1-9]\d{0,3}$/.test(plug);
  const fits = rows.value.filter(({ outlet, name }) =>
    isNumber ? outlet === Number(plug) : name === plug,
  );
  const [row] = fits;
  if (row === undefined) return fail(`the console shows no outlet ${plug}`);
  return fits.length === 1 ? ok(row) : fail(`the console shows ${fits.length} outlets ${plug}`);
}

/** Stays logged in until the outlet has switched, so that the machine just shot cannot come in next. */
async function settle(
  context: Asked,
  console: Dialogue,
  { outlet, wanted }: { readonly outlet: number; readonly wanted: PowerState },
): Promise<void> {
  const until = context.now() + context.parameters.shell_timeout;
  while (context.now() < until) {
    const rows = await console.rows();
    if (!rows.ok || rows.value.some((row) => row.outlet === outlet && row.power === wanted)) return;
    await context.sleep(POLL_MS);
  }
}

/** One login, freed again whatever happens; while somebody else has it, tried again. */
async function inside<Value>(
  context: Asked,
  act: (console: Dialogue) => Promise<DeviceAnswer<Value>>,
): Promise<DeviceAnswer<Value>> {
  const login = await loginOf(context);
  if (!login.ok) return login;
  const until = context.now() + context.parameters.busy_timeout;
  for (;;) {
    const entered = await enter(login.value, context.parameters.shell_timeout);
    if (entered.ok) {
      const { console, end } = entered.value;
      try {
        const answer = await act(console);
        await console.leave();
        return answer;
      } finally {
        end();
      }
    }
    const { kind } = entered.fault;
    const isWorthAnotherTry = kind === 'busy' || kind === 'no-answer';
    if (!isWorthAnotherTry || context.now() >= until) return fail(describe(entered.fault, context));
    await context.sleep(BUSY_PAUSE_MS);
  }
}

type Entered = { readonly console: Dialogue; readonly end: () => void };

async function enter(
  login: Login,
  timeoutMs: number,
): Promise<{ ok: true; value: Entered } | { ok: false; fault: LoginFault }> {
  const talk = await logIn(login);
  if (!talk.ok) return talk;
  const { end } = talk.value;
  const console = await greet(talk.value, timeoutMs);
  if (console.ok) return ok({ console: console.value, end });
  end();
  return fail({ kind: console.fault === BUSY ? 'busy' : 'no-answer', said: console.fault });
}

function describe({ kind, said }: LoginFault, { parameters }: Asked): string {
  switch (kind) {
    case 'denied':
      return 'login denied: wrong user name, password or key (after three such tries consoles lock everybody out)';
    case 'busy':
      return `the console is busy: somebody else is logged in, or it is locked after wrong passwords; tried for ${parameters.busy_timeout} ms`;
    case 'no-answer':
      return `no answer: ${said}`;
    case 'stranger':
      return `this is not the console that was meant: ${said}`;
  }
}

async function loginOf({ parameters, files }: Asked): Promise<DeviceAnswer<Login>> {
  const { ip, ipport, username, password, identity_file } = parameters;
  if (password === undefined && identity_file === undefined) {
    return fail('password or identity_file is required');
  }
  const key = identity_file === undefined ? undefined : await files.read(identity_file);
  if (identity_file !== undefined && key === undefined) {
    return fail(`identity_file=${identity_file}: there is no such file`);
  }
  return ok({
    ip,
    port: ipport,
    username,
    password,
    key,
    hostKey: parameters.host_key,
    isLegacy: parameters.legacy_ssh,
    timeoutMs: parameters.login_timeout,
  });
}
