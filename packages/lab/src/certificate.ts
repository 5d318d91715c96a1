/** A key and a self-signed certificate made on the spot, for faces that speak TLS (RFC 5280, in DER). */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { bytes, element, INTEGER, OBJECT_ID, SEQUENCE, SET } from './der.ts';

const DAY_MS = 86_400_000;

const OID = {
  commonName: [0x55, 0x04, 0x03],
  /** ecdsa-with-SHA256 */
  signature: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
} as const;

export type Certificate = { readonly key: string; readonly cert: string };

/** Good from yesterday for ten years. */
export function selfSigned(commonName: string, nowMs: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = element(
    SEQUENCE,
    element(SET, element(SEQUENCE, oid(OID.commonName), element(0x0c, Buffer.from(commonName)))),
  );
  const algorithm = element(SEQUENCE, oid(OID.signature));
  const serial = randomBytes(8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = element(
    SEQUENCE,
    element(0xa0, element(INTEGER, bytes(2))),
    element(INTEGER, serial),
    algorithm,
    name,
    element(SEQUENCE, time(nowMs - DAY_MS), time(nowMs + 3650 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = element(SEQUENCE, body, algorithm, element(0x03, bytes(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function oid(bytes: readonly number[]): Buffer {
  return element(OBJECT_ID, Buffer.from(bytes));
}

/** GeneralizedTime, to the second. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return element(0x18, Buffer.from(`${digits}Z`));
}
