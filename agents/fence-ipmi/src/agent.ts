/** Fencing by a BMC over IPMI 2.0 (RMCP+). */
import { type DeviceAnswer, defineFenceAgent, type FenceContext } from '@holdfast/agent';
import { fail, ok, type Result } from '@holdfast/base';
import {
  COMPLETION,
  describeIpmiFault,
  type IpmiFault,
  powerCommand,
  readChassisStatus,
  readLogin,
  type Session,
  STATUS_COMMAND,
  withSession,
} from '@holdfast/ipmi';
import { PARAMETERS } from './parameters.ts';

type Asked = FenceContext<typeof PARAMETERS>;

/** `auto`: the strongest first; nothing weaker than 3 is tried unasked. */
const SUITES_AUTO: readonly number[] = [17, 3];

export const agent = defineFenceAgent({
  name: 'fence-ipmi',
  version: '1.0.0',
  shortdesc: 'Fences with a BMC over IPMI 2.0',
  longdesc:
    'Switches a machine by its BMC (iLO, iDRAC, IMM, XCC and others that speak IPMI 2.0 over LAN). The machine counts as off only when the BMC itself says so after the order. A BMC that shares its power with the machine is silent when the power is gone: silence is an error and never off, so that a second level, a PDU, is needed. A device is for one machine: give pcmk_host_list.',
  parameters: PARAMETERS,
  isSingle: true,
  actions: {
    set: (context, _plug, wanted) =>
      ask(context, async (session) => {
        const told = await session.ask(powerCommand(wanted), true);
        if (told.ok) return ok(undefined);
        if (!isUndecided(told.fault)) return told;
        context.log('warning', `${tell(context, told.fault)}; its status will tell`);
        return ok(undefined);
      }),
    status: (context) =>
      ask(context, async (session) => {
        const answer = await session.ask(STATUS_COMMAND, true);
        if (!answer.ok) return answer;
        const status = readChassisStatus(answer.value);
        if (status === undefined)
          return fail({ kind: 'useless-answer', what: 'its chassis status is too short' });
        if (status.troubles.length > 0)
          context.log('warning', `${where(context)} reports ${status.troubles.join(', ')}`);
        return ok(status.power);
      }),
    monitor: (context) =>
      ask(context, async (session) => {
        const answer = await session.ask(STATUS_COMMAND, true);
        return answer.ok ? ok(undefined) : answer;
      }),
  },
});

/**
 * An order whose answer was lost may have been carried out, and some BMCs refuse to switch to where
 * the power already is. The question that follows decides both.
 */
function isUndecided(fault: IpmiFault): boolean {
  if (fault.kind === 'command-refused') return fault.completion === COMPLETION.notInThisState;
  return fault.kind === 'no-answer' && fault.step === 'command';
}

/** One session for one question: a BMC has few, and a broken one spoils nothing. */
async function ask<Value>(
  context: Asked,
  work: (session: Session) => Promise<Result<Value, IpmiFault>>,
): Promise<DeviceAnswer<Value>> {
  const { parameters } = context;
  const secrets = await readSecrets(context);
  if (!secrets.ok) return secrets;
  const login = readLogin({
    username: parameters.username,
    ...secrets.value,
    suites: parameters.cipher === 'auto' ? SUITES_AUTO : [Number(parameters.cipher)],
    privilege: parameters.privlvl,
    repeatMs: parameters.ipmi_repeat,
    loginMs: parameters.login_timeout,
    commandMs: parameters.shell_timeout,
  });
  if (!login.ok) return fail(tell(context, login.fault));
  const address = { host: parameters.ip, port: parameters.ipport };
  const answer = await withSession(address, login.value, work);
  return answer.ok ? answer : fail(tell(context, answer.fault));
}

type Secrets = { readonly password: string; readonly kg: Uint8Array | undefined };

async function readSecrets(context: Asked): Promise<DeviceAnswer<Secrets>> {
  const { kg, hexadecimal_kg: digits, lanplus, password_script: script } = context.parameters;
  if (!lanplus) return fail('lanplus=false: only IPMI 2.0 is spoken here; leave lanplus out');
  if (kg !== undefined && digits !== undefined)
    return fail('both kg and hexadecimal_kg are given; give one of them');
  const group = digits === undefined ? utf8(kg) : bytesOf(digits);
  if (script === undefined) return ok({ password: context.parameters.password ?? '', kg: group });
  // Its output is the password: whatever goes wrong, none of it is repeated.
  const { code, stdout, failure } = await context.run([script]);
  if (code !== 0)
    return fail(`password_script ${script} failed: ${failure ?? `exit code ${code ?? 'unknown'}`}`);
  return ok({ password: stdout.replace(/\r?\n$/, ''), kg: group });
}

function utf8(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(digits.replace(/^0x/i, '').match(/../g) ?? [], (pair) =>
    parseInt(pair, 16),
  );
}

function where({ parameters }: Asked): string {
  return `BMC ${parameters.ip} port ${parameters.ipport}`;
}

function tell(context: Asked, fault: IpmiFault): string {
  const { username, privlvl } = context.parameters;
  return describeIpmiFault(fault, { where: where(context), username, privilege: privlvl });
}
