/** The kinds of devices a scenario may have: what each may be told, and how its face is opened. */
import { fail, ok, type Result } from '@holdfast/base';
import type { Bank } from './bank.ts';
import { BMC_FIELDS, bmcConfig } from './bmc-config.ts';
import { startBmc } from './bmc-server.ts';
import { type ConsoleConfig, ConsoleServer } from './console-server.ts';
import { familyNamed, FAMILIES } from './families.ts';
import * as field from './fields.ts';
import { startRedfish } from './redfish-server.ts';
import { AUTH_PROTOCOLS, PRIV_PROTOCOLS, type SnmpUser, startSnmpAgent } from './snmp-agent.ts';

export type Face = {
  close(): Promise<void>;
  /** How many are logged in, where one can log in. */
  readonly sessions?: number;
};

export type FaceKind = {
  /** `outlets`: it feeds machines; `machine`: it presses the button of one, as a BMC does. */
  readonly drives: 'outlets' | 'machine';
  /** What it may be told beside name, kind, address and port. */
  readonly fields: Readonly<Record<string, field.FieldSpec>>;
  /** Rejects where the port cannot be had. `given` has passed `fields`. */
  readonly open: (given: FaceGiven, bank: Bank) => Promise<Face>;
};

export type FaceGiven = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly fields: field.Fields;
};

const LOGINS: field.Check = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => field.isFields(each) && isText(each['name']) && isText(each['password']))
    ? undefined
    : 'a list of users, each with name and password';

const DEFAULT_LOGINS = [{ name: 'apc', password: 'apc' }];

const SNMP: FaceKind = {
  drives: 'outlets',
  fields: {
    family: { check: field.oneOf(...FAMILIES.map(({ name }) => name)), default: 'apc-rpdu' },
    readCommunity: { check: field.text, default: 'public' },
    writeCommunity: { check: field.text, default: 'private' },
    users: { check: snmpUsers, default: [] },
  },
  open: (given, bank) => {
    const { fields } = given;
    const family = familyNamed(String(fields['family']));
    if (!family.ok) throw new Error(family.fault);
    return startSnmpAgent(
      {
        ...given,
        family: family.value,
        readCommunity: String(fields['readCommunity']),
        writeCommunity: String(fields['writeCommunity']),
        // Passed `snmpUsers`.
        users: fields['users'] as readonly SnmpUser[],
      },
      bank,
    );
  },
};

const CONSOLE: FaceKind = {
  drives: 'outlets',
  fields: {
    style: { check: field.oneOf('command', 'menu'), default: 'command' },
    users: { check: LOGINS, default: DEFAULT_LOGINS },
    lockMs: { check: field.between(0, 3_600_000), default: 120_000 },
    sessions: { check: field.between(1, 100), default: 1 },
  },
  open: ({ name, address, port, fields }, bank) =>
    // Passed the checks above, and has the same names.
    ConsoleServer.start({ name, address, port, ...fields } as ConsoleConfig, bank),
};

const REDFISH: FaceKind = {
  drives: 'machine',
  fields: { users: { check: LOGINS, default: [{ name: 'admin', password: 'secret' }] } },
  open: ({ name, address, port, fields }, bank) =>
    startRedfish(
      { name, address, port, users: fields['users'] as { name: string; password: string }[] },
      bank,
    ),
};

const BMC: FaceKind = {
  drives: 'machine',
  fields: BMC_FIELDS,
  open: (given, bank) => startBmc(bmcConfig(given, given.fields), bank),
};

export const FACES: Readonly<Record<string, FaceKind>> = {
  snmp: SNMP,
  console: CONSOLE,
  redfish: REDFISH,
  bmc: BMC,
};

export function faceKind(kind: string): Result<FaceKind, string> {
  const found = Object.hasOwn(FACES, kind) ? FACES[kind] : undefined;
  if (found !== undefined) return ok(found);
  return fail(`there is no kind of device ${kind}; there are ${Object.keys(FACES).join(', ')}`);
}

function snmpUsers(value: unknown): string | undefined {
  const what =
    'a list of users: name, access (read or write), auth and priv (protocol and password of 8 or more)';
  if (!Array.isArray(value)) return what;
  return value.every(isSnmpUser) ? undefined : what;
}

function isSnmpUser(value: unknown): boolean {
  if (!field.isFields(value) || !isText(value['name'])) return false;
  const { access, auth, priv } = value;
  if (access !== 'read' && access !== 'write') return false;
  if (auth === undefined) return priv === undefined;
  return isSecret(auth, AUTH_PROTOCOLS) && (priv === undefined || isSecret(priv, PRIV_PROTOCOLS));
}

function isSecret(value: unknown, protocols: readonly string[]): boolean {
  if (!field.isFields(value)) return false;
  const { protocol, password } = value;
  return (
    typeof protocol === 'string' &&
    protocols.includes(protocol) &&
    typeof password === 'string' &&
    password.length >= 8
  );
}

function isText(value: unknown): boolean {
  return field.text(value) === undefined;
}
