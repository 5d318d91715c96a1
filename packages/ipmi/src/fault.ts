/** Why a session or a command came to nothing, told apart so that the operator knows what to repair. */
import { COMPLETION } from './message.ts';
import { STATUS } from './rakp.ts';

/** Where it went silent, in the order of a login. */
export type Step = 'opening' | 'name' | 'proof' | 'privilege' | 'command';

export type Privilege = 'callback' | 'user' | 'operator' | 'administrator';

export type IpmiFault =
  /** `cause`: what the network said, where it said anything. */
  | {
      readonly kind: 'no-answer';
      readonly step: Step;
      readonly waitedMs: number;
      readonly cause: string | undefined;
    }
  /** The BMC's proof is not made with our password, or ours is not accepted. */
  | { readonly kind: 'wrong-password' }
  | { readonly kind: 'unknown-user' }
  /** Password right, session key wrong. `isSet`: a group key was given. */
  | { readonly kind: 'wrong-kg'; readonly isSet: boolean }
  | { readonly kind: 'not-allowed'; readonly what: 'privilege' | 'command' }
  /** It has no session to give. */
  | { readonly kind: 'busy'; readonly waitedMs: number }
  | { readonly kind: 'no-suite'; readonly tried: readonly number[] }
  /** Any other refusal of the login, by its status code. */
  | { readonly kind: 'login-refused'; readonly step: Step; readonly status: number }
  | { readonly kind: 'command-refused'; readonly completion: number }
  /** An answer that says nothing we could use. */
  | { readonly kind: 'useless-answer'; readonly what: string }
  /** Its name has no address, or the socket could not be opened. */
  | { readonly kind: 'unreachable'; readonly cause: string }
  /** What we were told to log in with cannot be right. */
  | { readonly kind: 'bad-login'; readonly what: string };

export type Spoken = {
  readonly where: string;
  readonly username: string;
  readonly privilege: Privilege;
};

/** One sentence with place, value and way out; never with a secret. */
export function describeIpmiFault(fault: IpmiFault, said: Spoken): string {
  const { where, username, privilege } = said;
  switch (fault.kind) {
    case 'no-answer':
      return describeSilence(fault, said);
    case 'wrong-password':
      return `${where}: login denied: wrong password for user ${username}`;
    case 'unknown-user':
      return `${where}: login denied: it has no user ${username}, or not for LAN`;
    case 'wrong-kg':
      return fault.isSet
        ? `${where}: login denied: the group key kg is not the one of this BMC`
        : `${where}: login denied: this BMC has a group key; set kg`;
    case 'not-allowed':
      return fault.what === 'privilege'
        ? `${where}: not allowed: user ${username} may not be ${privilege}; raise the user's privilege at the BMC or lower privlvl`
        : `${where}: not allowed: privilege ${privilege} of user ${username} is too low for this command`;
    case 'busy':
      return `${where}: no session is free after ${fault.waitedMs} ms; end another session or try later`;
    case 'no-suite':
      return `${where}: refuses cipher suite ${fault.tried.join(' and ')}; set cipher to one that it allows`;
    case 'login-refused':
      return `${where}: login refused with status 0x${hex(fault.status)} (${nameOf(STATUS, fault.status)})`;
    case 'command-refused':
      return `${where}: command refused with completion code 0x${hex(fault.completion)} (${nameOf(COMPLETION, fault.completion)})`;
    case 'useless-answer':
      return `${where}: ${fault.what}`;
    case 'unreachable':
      return `${where} cannot be reached: ${fault.cause}`;
    case 'bad-login':
      return fault.what;
  }
}

function describeSilence(
  fault: Extract<IpmiFault, { kind: 'no-answer' }>,
  { where, username }: Spoken,
): string {
  const heard = fault.cause === undefined ? '' : ` (${fault.cause})`;
  const waited = `within ${fault.waitedMs} ms${heard}`;
  switch (fault.step) {
    case 'opening':
      return `no answer from ${where} ${waited}`;
    case 'name':
      return `no answer from ${where} to the login ${waited}, though it opened a session: some BMCs tell an unknown user (${username}) nothing`;
    case 'proof':
      return `no answer from ${where} to the proof of user ${username} ${waited}, though it knows the user`;
    case 'privilege':
      return `no answer from ${where} to the privilege asked for ${waited}, though user ${username} is logged in`;
    case 'command':
      return `no answer from ${where} to a command ${waited}; it may have been carried out`;
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function nameOf(table: Readonly<Record<string, number>>, value: number): string {
  const name = Object.entries(table).find(([, each]) => each === value)?.[0] ?? 'unknown';
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
