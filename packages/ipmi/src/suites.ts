/** Cipher suites (IPMI v2.0 tables 22-20, 13-17 to 13-19): how a login is proven, packets signed and sealed. */
import type { Hash } from './crypto.ts';

export type CipherSuite = {
  readonly id: number;
  /** Proves the login; also makes the keys. */
  readonly hash: Hash;
  readonly authentication: number;
  readonly integrity: number;
  readonly confidentiality: number;
  /** How much of the hash signs a packet, in bytes; 0: packets are not signed. */
  readonly codeBytes: number;
  /** How much of the hash RAKP message 4 carries. */
  readonly proofBytes: number;
  readonly isSealed: boolean;
};

const AUTHENTICATION: Readonly<Record<Hash, number>> = { sha1: 1, md5: 2, sha256: 3 };
const INTEGRITY: Readonly<Record<Hash, number>> = { sha1: 1, md5: 2, sha256: 4 };
/** HMAC-SHA1-96, HMAC-MD5-128, HMAC-SHA256-128. */
const CODE_BYTES: Readonly<Record<Hash, number>> = { sha1: 12, md5: 16, sha256: 16 };
const AES_CBC_128 = 1;

/**
 * Those that prove the user with a keyed hash. Suite 0 proves nobody anything, and xRC4 (4, 5, 9, 10,
 * 13, 14) and the keyless MD5-128 (11, 12) protect nothing today: they are not spoken.
 */
export const SUITES: readonly CipherSuite[] = [
  suite(1, 'sha1', 'login'),
  suite(2, 'sha1', 'signed'),
  suite(3, 'sha1', 'sealed'),
  suite(6, 'md5', 'login'),
  suite(7, 'md5', 'signed'),
  suite(8, 'md5', 'sealed'),
  suite(15, 'sha256', 'login'),
  suite(16, 'sha256', 'signed'),
  suite(17, 'sha256', 'sealed'),
];

export function suiteById(id: number): CipherSuite | undefined {
  return SUITES.find((each) => each.id === id);
}

/** The suite that is made of these three algorithms, by their numbers on the wire. */
export function suiteOf(algorithms: Algorithms): CipherSuite | undefined {
  return SUITES.find(
    (each) =>
      each.authentication === algorithms.authentication &&
      each.integrity === algorithms.integrity &&
      each.confidentiality === algorithms.confidentiality,
  );
}

export type Algorithms = Pick<CipherSuite, 'authentication' | 'integrity' | 'confidentiality'>;

function suite(id: number, hash: Hash, strength: 'login' | 'signed' | 'sealed'): CipherSuite {
  const isSigned = strength !== 'login';
  const isSealed = strength === 'sealed';
  return {
    id,
    hash,
    authentication: AUTHENTICATION[hash],
    integrity: isSigned ? INTEGRITY[hash] : 0,
    confidentiality: isSealed ? AES_CBC_128 : 0,
    codeBytes: isSigned ? CODE_BYTES[hash] : 0,
    proofBytes: CODE_BYTES[hash],
    isSealed,
  };
}
