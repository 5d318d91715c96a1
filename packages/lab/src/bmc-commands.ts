/** The commands a simulated BMC knows, each with the privilege it needs (IPMI v2.0 appendix G). */
import {
  COMMAND,
  COMPLETION,
  LEVEL,
  type Request,
  type CipherSuite,
  verbOf,
  writeChassisStatus,
} from '@holdfast/ipmi';
import type { Active, Bmc, BmcSession, BmcWorld } from './bmc-state.ts';
import type { Command } from './command.ts';

export type Reply = {
  readonly completion: number;
  readonly data?: Uint8Array;
  /** The session ends behind the answer. */
  readonly isLast?: boolean;
  /** It was an order to switch. */
  readonly isOrder?: boolean;
};

export type Within = {
  readonly bmc: Bmc;
  readonly session: BmcSession;
  readonly stage: Active;
  readonly world: BmcWorld;
};

type Known = {
  readonly netFn: number;
  readonly command: number;
  readonly level: number;
  readonly answer: (data: Uint8Array, within: Within) => Reply;
};

const NO_SUCH_SESSION = 0x87;
const SOFT_OFF = 5;
const CHANNEL_LAN = 1;
const RECORDS_BYTES = 16;
const LIST_INDEX_MASK = 0x3f;

const KNOWN: readonly Known[] = [
  {
    ...COMMAND.chassisStatus,
    level: LEVEL.user,
    answer: (_data, { world }) => done(writeChassisStatus(world.power())),
  },
  { ...COMMAND.chassisControl, level: LEVEL.operator, answer: control },
  { ...COMMAND.deviceId, level: LEVEL.user, answer: () => done(DEVICE_ID) },
  { ...COMMAND.setPrivilege, level: LEVEL.callback, answer: setPrivilege },
  { ...COMMAND.closeSession, level: LEVEL.callback, answer: close },
];

/** Device 0x20, revision 1, firmware 1.00, IPMI 2.0, a chassis device; of no manufacturer. */
const DEVICE_ID = Uint8Array.of(0x20, 1, 1, 0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0);

export function answerCommand(request: Request, within: Within): Reply {
  const outside = answerOutside(request, within.bmc);
  if (outside !== undefined) return outside;
  const { netFn, command, data } = request;
  const known = KNOWN.find((each) => each.netFn === netFn && each.command === command);
  if (known === undefined) return { completion: COMPLETION.invalidCommand };
  if (within.stage.level < known.level) return { completion: COMPLETION.insufficientPrivilege };
  return known.answer(data, within);
}

/** What may be asked before anybody has logged in; undefined for everything else. */
export function answerOutside({ netFn, command, data }: Request, bmc: Bmc): Reply | undefined {
  const is = (other: { readonly netFn: number; readonly command: number }): boolean =>
    other.netFn === netFn && other.command === command;
  if (is(COMMAND.authCapabilities)) return done(authCapabilities(bmc, data));
  if (is(COMMAND.channelCipherSuites)) return done(cipherSuites(bmc, data));
  return undefined;
}

function control(data: Uint8Array, { world, stage }: Within): Reply {
  const verb = data[0] === SOFT_OFF ? 'off' : verbOf(data);
  if (verb === undefined) return { completion: COMPLETION.badField };
  const command: Command = verb === 'cycle' || verb === 'reset' ? 'reboot' : verb;
  if (command === 'reboot' && world.power() === 'off')
    return { completion: COMPLETION.notInThisState };
  const isTaken = world.order(command, stage.user.name);
  return { completion: isTaken ? COMPLETION.done : COMPLETION.unspecified, isOrder: true };
}

function setPrivilege([wanted = 0]: Uint8Array, { stage }: Within): Reply {
  const most = Math.min(stage.limit, LEVEL[stage.user.privilege]);
  if (wanted === 0) return done(Uint8Array.of(stage.level));
  if (wanted > LEVEL.administrator) return { completion: COMPLETION.levelNotAvailable };
  if (wanted > most) return { completion: COMPLETION.levelAboveLimit };
  if (wanted < LEVEL.user) return { completion: COMPLETION.badField };
  stage.level = wanted;
  return done(Uint8Array.of(wanted));
}

/** One's own session; nobody closes another's here. */
function close(data: Uint8Array, { bmc, session, stage, world }: Within): Reply {
  const named = data.length < 4 ? 0 : Buffer.from(data).readUInt32LE(0);
  if (named !== session.managedId) return { completion: NO_SUCH_SESSION };
  bmc.sessions.delete(named);
  world.tell('closed', stage.user.name);
  return { completion: COMPLETION.done, isLast: true };
}

/** RMCP+ only; users have names; bit 5 says that K[G] is set. */
function authCapabilities({ config }: Bmc, data: Uint8Array): Uint8Array {
  const isExtended = ((data[0] ?? 0) & 0x80) !== 0;
  const status = (config.kg === undefined ? 0 : 0x20) | 0x04;
  return Uint8Array.of(CHANNEL_LAN, isExtended ? 0x80 : 0, status, isExtended ? 2 : 0, 0, 0, 0, 0);
}

/** Records of five bytes, in pieces of sixteen; a shorter piece is the last. */
function cipherSuites({ config }: Bmc, data: Uint8Array): Uint8Array {
  const all = config.suites.flatMap(suiteRecord);
  const from = ((data[2] ?? 0) & LIST_INDEX_MASK) * RECORDS_BYTES;
  return Uint8Array.of(CHANNEL_LAN, ...all.slice(from, from + RECORDS_BYTES));
}

function suiteRecord(suite: CipherSuite): readonly number[] {
  const { id, authentication, integrity, confidentiality } = suite;
  return [0xc0, id, authentication, 0x40 | integrity, 0x80 | confidentiality];
}

function done(data: Uint8Array): Reply {
  return { completion: COMPLETION.done, data };
}
