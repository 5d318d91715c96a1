/** Questions to an SNMP device, each with one answer or one sentence saying why there is none. */
import type { DeviceAnswer } from '@holdfast/agent';
import { fail, ok } from '@holdfast/base';
import snmp, { type Options, type Session, type User, type Varbind } from 'net-snmp';
import { guardedSocket, type Level } from './protected.ts';

/** Who asks: by a community, or as a user of version 3. */
export type Credentials =
  | { readonly version: '1' | '2c'; readonly community: string }
  | { readonly version: '3'; readonly user: User; readonly level: Level };

export type Access = {
  readonly ip: string;
  readonly udpPort: number;
  readonly credentials: Credentials;
  /** For one try. */
  readonly timeoutMs: number;
  readonly retries: number;
};

/** What an outlet column may hold; more is no rack PDU. */
const ROWS_MAX = 1024;
const ROWS_AT_ONCE = 20;

/** The integer at `oid`. An object that is not there, or holds something else, is a fault. */
export function getInteger(access: Access, oid: string): Promise<DeviceAnswer<number>> {
  return ask(access, (session, done) => {
    session.get([oid], (error, varbinds) => {
      done(error === null ? integerOf(varbinds?.[0], oid) : fail(describe(error, access)));
    });
  });
}

/** The object id at `oid`, as sysObjectID is one. */
export function getOid(access: Access, oid: string): Promise<DeviceAnswer<string>> {
  return ask(access, (session, done) => {
    session.get([oid], (error, varbinds) => {
      const [varbind] = varbinds ?? [];
      if (error !== null) done(fail(describe(error, access)));
      else if (varbind?.type === snmp.ObjectType.OID && typeof varbind.value === 'string')
        done(ok(varbind.value));
      else done(fail(`the device does not say what it is (${oid})`));
    });
  });
}

/** Which object comes after `oid`: what a device has under it, if anything. */
export function nextOid(access: Access, oid: string): Promise<DeviceAnswer<string>> {
  return ask(access, (session, done) => {
    session.getNext([oid], (error, varbinds) => {
      const next = varbinds?.[0];
      if (error !== null) done(fail(describe(error, access)));
      else if (next === undefined || snmp.isVarbindError(next))
        done(fail(`nothing comes after ${oid}`));
      else done(ok(next.oid));
    });
  });
}

export function setInteger(
  access: Access,
  oid: string,
  value: number,
): Promise<DeviceAnswer<void>> {
  return ask(access, (session, done) => {
    session.set([{ oid, type: snmp.ObjectType.Integer, value }], (error, varbinds) => {
      if (error !== null) {
        done(fail(describe(error, access)));
        return;
      }
      const taken = integerOf(varbinds?.[0], oid);
      done(taken.ok ? ok(undefined) : taken);
    });
  });
}

/** The texts under `column`, by the last number of their object id. */
export function getColumn(
  access: Access,
  column: string,
): Promise<DeviceAnswer<ReadonlyMap<string, string>>> {
  return ask(access, (session, done) => {
    const rows = new Map<string, string>();
    const take = (varbinds: Varbind[]): void => {
      for (const varbind of varbinds) {
        if (snmp.isVarbindError(varbind) || rows.size >= ROWS_MAX) continue;
        rows.set(varbind.oid.slice(column.length + 1), String(varbind.value));
      }
    };
    session.subtree(column, ROWS_AT_ONCE, take, (error) => {
      done(error === null ? ok(rows) : fail(describe(error, access)));
    });
  });
}

function integerOf(varbind: Varbind | undefined, oid: string): DeviceAnswer<number> {
  if (varbind === undefined) return fail(`the device answered nothing about ${oid}`);
  if (snmp.isVarbindError(varbind))
    return fail(`the device has no ${oid} (${snmp.varbindError(varbind)})`);
  if (varbind.oid !== oid)
    return fail(`the device answered about ${varbind.oid} instead of ${oid}`);
  if (varbind.type !== snmp.ObjectType.Integer || typeof varbind.value !== 'number') {
    return fail(`the device answered about ${oid} with something that is no number`);
  }
  return ok(varbind.value);
}

/** One session for one question: nothing is shared, so nothing can be mixed up. */
function ask<Value>(
  access: Access,
  question: (session: Session, done: (answer: DeviceAnswer<Value>) => void) => void,
): Promise<DeviceAnswer<Value>> {
  return new Promise((resolve) => {
    const session = open(access);
    const done = (answer: DeviceAnswer<Value>): void => {
      resolve(answer);
      session.close();
    };
    session.on('error', (cause) => {
      resolve(fail(describe(cause, access)));
    });
    question(session, done);
  });
}

function open({ ip, udpPort, credentials, timeoutMs, retries }: Access): Session {
  const level = credentials.version === '3' ? credentials.level : 0;
  const options: Options = {
    port: udpPort,
    version: VERSIONS[credentials.version],
    timeout: timeoutMs,
    retries,
    transport: ip.includes(':') ? 'udp6' : 'udp4',
    dgramModule: { createSocket: (kind) => guardedSocket(kind, udpPort, level) },
  };
  return credentials.version === '3'
    ? snmp.createV3Session(ip, credentials.user, options)
    : snmp.createSession(ip, credentials.community, options);
}

const VERSIONS = { '1': snmp.Version1, '2c': snmp.Version2c, '3': snmp.Version3 };

/** What devices say of those they do not let in, in our words; a wrong privacy key is met with silence. */
const DENIALS: readonly (readonly [RegExp, string])[] = [
  [
    /wrong digest|does not match digest/i,
    'login denied: wrong password, or a wrong snmp_auth_prot',
  ],
  [/unknown user/i, 'login denied: the device knows no such user'],
  [
    /unsupported security level/i,
    'login denied: the device does not offer this snmp_sec_level to the user',
  ],
  [/noaccess|authorizationerror/i, 'not allowed: this community or user may not switch'],
];

function describe(error: Error, { ip, udpPort, timeoutMs, retries, credentials }: Access): string {
  if (error.name === 'RequestTimedOutError') {
    const hint = credentials.version === '3' ? 'wrong privacy password' : 'wrong community';
    return `no answer from ${ip} port ${udpPort} to ${retries + 1} questions of ${timeoutMs} ms (a ${hint} gets none either)`;
  }
  const denial = DENIALS.find(([said]) => said.test(error.message));
  return `${ip}: ${denial?.[1] ?? error.message}`;
}
