/** Authentication of IPMI 1.5 packets (IPMI v2.0 §22.17.1): read where a BMC is met that speaks no RMCP+. */
import { le32, padded, utf8 } from './bytes.ts';
import { md5 } from './crypto.ts';
import type { PlainPacket } from './packet.ts';

const PASSWORD_BYTES = 16;

/** The MD5 code over a packet: password, session, message, sequence number, password. */
export function md5Code(
  password: string,
  { sessionId, sequence, payload }: Pick<PlainPacket, 'sessionId' | 'sequence' | 'payload'>,
): Uint8Array {
  const key = padded(utf8(password), PASSWORD_BYTES);
  return md5(key, le32(sessionId), payload, le32(sequence), key);
}
