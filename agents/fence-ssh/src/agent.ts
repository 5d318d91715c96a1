/**
 * Fencing by asking the node to switch itself off, over the host's own ssh. For test clusters only: a
 * node that hangs does not answer, and a node that does not answer is not proven off by that.
 */
import { type DeviceAnswer, defineFenceAgent, type FenceContext } from '@holdfast/agent';
import { fail, ok } from '@holdfast/base';

const PARAMETERS = {
  ip: {
    type: 'string',
    aliases: ['ipaddr'],
    shortdesc: 'Address of the node; default is the plug itself',
  },
  ipport: {
    type: 'integer',
    default: 22,
    minimum: 1,
    maximum: 65_535,
    shortdesc: 'Port of its ssh',
  },
  username: { type: 'string', default: 'root', aliases: ['login'], shortdesc: 'Login name' },
  identity_file: { type: 'string', shortdesc: 'File with the private key; no passwords are used' },
  login_timeout: { type: 'duration', default: '5s', shortdesc: 'How long connecting may take' },
  command_off: {
    type: 'string',
    default: '(sleep 1; echo o >/proc/sysrq-trigger) >/dev/null 2>&1 </dev/null &',
    shortdesc: 'What the node is told to do; it must answer before it goes',
  },
} as const;

type Asked = FenceContext<typeof PARAMETERS>;

/** Less than a machine takes to start. */
const ORDER_COUNTS_MS = 60_000;

const WARNING =
  'fence-ssh is for test clusters only: the node is asked to switch itself off, which a node that hangs cannot do';

export const agent = defineFenceAgent({
  name: 'fence-ssh',
  version: '1.0.0',
  shortdesc: 'For test clusters only: asks the node itself to switch off, over ssh',
  longdesc:
    'FOR TEST CLUSTERS ONLY. The node is told over ssh to switch itself off. It counts as off where it took the order within the last minute and has not answered since; silence without an order taken is an error. A node that hangs, or whose network is down, cannot be fenced by this. It cannot switch a node on.',
  parameters: PARAMETERS,
  actions: {
    set: async (context, plug, wanted) => {
      context.log('warning', WARNING);
      if (wanted === 'on') return fail('over ssh a node that is off cannot be switched on');
      const told = await ssh(context, plug, context.parameters.command_off);
      if (told.kind === 'done') {
        await context.files.write(
          recordOf(context, plug),
          `${new Date(context.now()).toISOString()}\n`,
        );
        return ok(undefined);
      }
      // A second "off" finds the node gone that took the first one.
      const isGone = told.kind === 'silent' && (await hasTakenOrder(context, plug));
      return isGone ? ok(undefined) : fail(told.said);
    },
    status: async (context, plug) => {
      const asked = await ssh(context, plug, 'true');
      if (asked.kind !== 'silent') {
        await context.files.remove(recordOf(context, plug));
        return ok('on');
      }
      if (await hasTakenOrder(context, plug)) return ok('off');
      return fail(
        `${asked.said}; it took no order to switch off from here, so that proves nothing`,
      );
    },
    monitor: () => Promise.resolve<DeviceAnswer<void>>(ok(undefined)),
  },
});

type Heard = { readonly kind: 'done' | 'refused' | 'silent'; readonly said: string };

const SSH_FAILED = 255;
const SILENT = /timed out|refused|no route|unreachable|closed by|reset by|could not resolve/i;

/** A login that is denied is an answer too: whoever denies it is alive. */
async function ssh(context: Asked, plug: string, command: string): Promise<Heard> {
  const { ipport, username, identity_file, login_timeout } = context.parameters;
  const host = hostOf(context, plug);
  if (!/^[\w.:%-]+$/.test(host) || host.startsWith('-')) {
    return { kind: 'refused', said: `${host} is no address or host name` };
  }
  const seconds = Math.max(1, Math.ceil(login_timeout / 1000));
  const ran = await context.run(
    [
      'ssh',
      ...['-n', '-p', String(ipport), '-l', username],
      ...['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${seconds}`],
      ...['-o', 'StrictHostKeyChecking=accept-new', '-o', 'ServerAliveInterval=1'],
      ...(identity_file === undefined ? [] : ['-i', identity_file]),
      host,
      command,
    ],
    { timeoutMs: login_timeout + 5000 },
  );
  if (ran.code === 0) {
    return { kind: 'done', said: '' };
  }
  const said = `${host}: ${ran.failure ?? ran.stderr.trim().split('\n').at(-1) ?? ''}`;
  const isSilent = ran.failure === undefined && ran.code === SSH_FAILED && SILENT.test(ran.stderr);
  return { kind: isSilent ? 'silent' : 'refused', said };
}

/** An order counts for a while only: a node that came back since and is silent now took none. */
async function hasTakenOrder(context: Asked, plug: string): Promise<boolean> {
  const taken = await context.files.read(recordOf(context, plug));
  return taken !== undefined && context.now() - Date.parse(taken.trim()) < ORDER_COUNTS_MS;
}

function recordOf(context: Asked, plug: string): string {
  const name = hostOf(context, plug).replace(/[^\w.-]/g, '_');
  return `${context.stateFolder}/fence-ssh/${name}.off`;
}

function hostOf({ parameters }: Asked, plug: string): string {
  return parameters.ip ?? plug;
}
