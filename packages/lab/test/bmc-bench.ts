/** A machine with a BMC, and a session of ours with it. */
import type { Result } from '@holdfast/base';
import {
  describeIpmiFault,
  type IpmiFault,
  type LoginWords,
  readChassisStatus,
  readLogin,
  type Session,
  STATUS_COMMAND,
  withSession,
} from '@holdfast/ipmi';
import type { Bank, PduEvent } from '@holdfast/lab';
import { type Bench, bench } from './bench.ts';

export const PORT = 6230;

export const USERS = [
  { name: 'admin', password: 'secret', privilege: 'administrator' },
  { name: 'operator', password: 'oppass', privilege: 'operator' },
  { name: 'viewer', password: 'viewpass', privilege: 'user' },
  { name: 'long', password: '0123456789abcdefghij', privilege: 'administrator' },
  { name: 'onlyone', password: 'one', privilege: 'administrator', sessions: 1 },
];

export type BmcBench = Bench & { readonly bank: Bank; readonly power: () => string };

/** `bmc`: what is not as usual. */
export async function bmcBench(
  bmc: Readonly<Record<string, unknown>> = {},
  machine: Readonly<Record<string, unknown>> = {},
  feeder: readonly object[] = [],
): Promise<BmcBench> {
  const device = { name: 'bmc', kind: 'bmc', port: PORT, machine: 'haone', users: USERS, ...bmc };
  const made = await bench([{ name: 'haone', ...machine }], [device, ...feeder]);
  return {
    ...made,
    bank: made.lab.bank('bmc'),
    power: () => made.machine('haone')?.power ?? 'gone',
  };
}

/** Logs in and works; the outcome, or the fault in words. */
export async function talk<Value>(
  { address }: Bench,
  words: Partial<LoginWords>,
  work: (session: Session) => Promise<Result<Value, IpmiFault>>,
): Promise<Value | string> {
  const given: LoginWords = {
    username: 'admin',
    password: 'secret',
    suites: [17],
    privilege: 'administrator',
    repeatMs: 200,
    loginMs: 1000,
    commandMs: 1000,
    ...words,
  };
  const login = readLogin(given);
  const said = { where: 'bmc', username: given.username, privilege: given.privilege };
  if (!login.ok) return describeIpmiFault(login.fault, said);
  const answer = await withSession({ host: address, port: PORT }, login.value, work);
  return answer.ok ? answer.value : describeIpmiFault(answer.fault, said);
}

/** `on`, `off`, or why it is not known. */
export async function status(made: Bench, words: Partial<LoginWords> = {}): Promise<string> {
  const data = await talk(made, words, (session) => session.ask(STATUS_COMMAND, true));
  return typeof data === 'string' ? data : (readChassisStatus(data)?.power ?? 'too short');
}

/** What happened to orders and logins, a word each, in order. */
export function story({ lab }: Bench): string[] {
  return lab.events().flatMap((event: PduEvent) => {
    if (event.kind === 'session') return [`${event.what} ${event.user}`.trim()];
    return event.kind === 'set' ? [`${event.command} ${event.outcome}`] : [];
  });
}
