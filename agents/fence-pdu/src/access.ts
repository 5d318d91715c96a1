/** The parameters that say where the PDU is and who asks, as fence agents call them. */
import { fail, ok, type Milliseconds, type Result } from '@holdfast/base';
import snmp, { type User } from 'net-snmp';
import type { Access, Credentials } from './snmp.ts';

export const ACCESS_PARAMETERS = {
  ip: {
    type: 'string',
    required: true,
    aliases: ['ipaddr'],
    shortdesc: 'Address or host name of the PDU',
  },
  ipport: {
    type: 'integer',
    default: 161,
    minimum: 1,
    maximum: 65_535,
    aliases: ['udpport'],
    shortdesc: 'UDP port of its SNMP service',
  },
  community: {
    type: 'string',
    default: 'private',
    isPrivate: true,
    shortdesc: 'SNMP community that may write (versions 1 and 2c)',
  },
  snmp_version: {
    type: 'string',
    default: '2c',
    values: ['1', '2c', '3'],
    shortdesc: 'SNMP version',
  },
  username: {
    type: 'string',
    aliases: ['login'],
    shortdesc: 'User that may write (version 3)',
  },
  password: {
    type: 'string',
    isPrivate: true,
    aliases: ['passwd'],
    shortdesc: "The user's authentication password",
  },
  snmp_auth_prot: {
    type: 'string',
    default: 'SHA',
    values: ['MD5', 'SHA', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'],
    shortdesc: 'How the user is authenticated',
  },
  snmp_priv_prot: {
    type: 'string',
    default: 'AES',
    values: ['AES', 'AES-256', 'AES-256-Reeder'],
    shortdesc: 'How questions and answers are sealed',
  },
  snmp_priv_passwd: {
    type: 'string',
    isPrivate: true,
    shortdesc: "The user's privacy password",
  },
  snmp_sec_level: {
    type: 'string',
    values: ['noAuthNoPriv', 'authNoPriv', 'authPriv'],
    shortdesc: 'Security level; by default, as high as the passwords given allow',
  },
  snmp_timeout: {
    type: 'duration',
    default: '1s',
    shortdesc: 'How long to wait for the answer to one question',
  },
  snmp_retries: {
    type: 'integer',
    default: 2,
    minimum: 0,
    maximum: 20,
    shortdesc: 'How often an unanswered question is asked again',
  },
} as const;

export type AccessValues = {
  readonly ip: string;
  readonly ipport: number;
  readonly community: string;
  readonly snmp_version: '1' | '2c' | '3';
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly snmp_auth_prot: keyof typeof AUTH;
  readonly snmp_priv_prot: keyof typeof PRIV;
  readonly snmp_priv_passwd: string | undefined;
  readonly snmp_sec_level: 'noAuthNoPriv' | 'authNoPriv' | 'authPriv' | undefined;
  readonly snmp_timeout: Milliseconds;
  readonly snmp_retries: number;
};

const AUTH = {
  MD5: 'md5',
  SHA: 'sha',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
} as const;
const PRIV = { AES: 'aes', 'AES-256': 'aes256b', 'AES-256-Reeder': 'aes256r' } as const;

/** SNMP wants passwords of at least eight characters (RFC 3414 §11.2). */
const PASSWORD_MIN = 8;

export function accessOf(values: AccessValues): Result<Access, string> {
  const credentials = credentialsOf(values);
  if (!credentials.ok) return credentials;
  return ok({
    ip: values.ip,
    udpPort: values.ipport,
    credentials: credentials.value,
    timeoutMs: values.snmp_timeout,
    retries: values.snmp_retries,
  });
}

function credentialsOf(values: AccessValues): Result<Credentials, string> {
  const { snmp_version: version, community, username: name, password, snmp_priv_passwd } = values;
  if (version !== '3') return ok({ version, community });
  if (name === undefined) return fail('snmp_version=3 needs a username');
  const level =
    values.snmp_sec_level ??
    (password === undefined
      ? 'noAuthNoPriv'
      : snmp_priv_passwd === undefined
        ? 'authNoPriv'
        : 'authPriv');
  if (level === 'noAuthNoPriv') {
    return ok({ version, level: 0, user: { name, level: snmp.SecurityLevel.noAuthNoPriv } });
  }
  const auth = goodPassword('password', password);
  if (!auth.ok) return auth;
  const user: User = {
    name,
    level: snmp.SecurityLevel.authNoPriv,
    authProtocol: snmp.AuthProtocols[AUTH[values.snmp_auth_prot]] ?? '',
    authKey: auth.value,
  };
  if (level === 'authNoPriv') return ok({ version, level: 1, user });
  const priv = goodPassword('snmp_priv_passwd', snmp_priv_passwd);
  if (!priv.ok) return priv;
  return ok({
    version,
    level: 3,
    user: {
      ...user,
      level: snmp.SecurityLevel.authPriv,
      privProtocol: snmp.PrivProtocols[PRIV[values.snmp_priv_prot]] ?? '',
      privKey: priv.value,
    },
  });
}

function goodPassword(name: string, given: string | undefined): Result<string, string> {
  if (given === undefined) return fail(`this snmp_sec_level needs ${name}`);
  if (given.length >= PASSWORD_MIN) return ok(given);
  return fail(`${name} is too short: SNMP version 3 wants at least ${PASSWORD_MIN} characters`);
}
