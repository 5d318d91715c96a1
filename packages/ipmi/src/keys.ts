/** What two sides that know the same secrets compute from one exchange (IPMI v2.0 §13.28 to §13.32). */
import { bytes, concat, le32, padded, utf8 } from './bytes.ts';
import { hmac } from './crypto.ts';
import type { CipherSuite } from './suites.ts';

export const SECRET_BYTES = 20;

/** Everything that went over the wire and that the proofs are over. */
export type Exchange = {
  readonly suite: CipherSuite;
  readonly consoleId: number;
  readonly managedId: number;
  readonly consoleRandom: Uint8Array;
  readonly managedRandom: Uint8Array;
  readonly guid: Uint8Array;
  readonly role: number;
  readonly username: Uint8Array;
};

/** What a session is protected with: K1 signs, K2 seals. */
export type Keys = {
  readonly session: Uint8Array;
  readonly signing: Uint8Array;
  readonly sealing: Uint8Array;
};

/** K[UID]: the password with zeros to 20 bytes. */
export function userKey(password: string): Uint8Array {
  return padded(utf8(password), SECRET_BYTES);
}

/** The BMC's proof that it knows the user's key (RAKP message 2). */
export function managedProof(exchange: Exchange, user: Uint8Array): Uint8Array {
  const { suite, consoleId, managedId, consoleRandom, managedRandom, guid } = exchange;
  return hmac(
    suite.hash,
    user,
    le32(consoleId),
    le32(managedId),
    consoleRandom,
    managedRandom,
    guid,
    identity(exchange),
  );
}

/** The console's proof (RAKP message 3). */
export function consoleProof(exchange: Exchange, user: Uint8Array): Uint8Array {
  const { suite, consoleId, managedRandom } = exchange;
  return hmac(suite.hash, user, managedRandom, le32(consoleId), identity(exchange));
}

/** `group` is K[G]; where a BMC has none, it is the user's key again. */
export function sessionKeys(exchange: Exchange, group: Uint8Array): Keys {
  const { suite, consoleRandom, managedRandom } = exchange;
  const session = hmac(suite.hash, group, consoleRandom, managedRandom, identity(exchange));
  return {
    session,
    signing: hmac(suite.hash, session, constant(1)),
    sealing: hmac(suite.hash, session, constant(2)),
  };
}

/** The BMC's proof that it made the same session key (RAKP message 4). */
export function sessionProof(exchange: Exchange, { session }: Keys): Uint8Array {
  const { suite, consoleRandom, managedId, guid } = exchange;
  const whole = hmac(suite.hash, session, consoleRandom, le32(managedId), guid);
  return whole.subarray(0, suite.proofBytes);
}

function identity({ role, username }: Exchange): Uint8Array {
  return concat(bytes(role, username.length), username);
}

function constant(value: number): Uint8Array {
  return new Uint8Array(SECRET_BYTES).fill(value);
}
