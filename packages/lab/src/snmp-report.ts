/** The one report that net-snmp does not send: that a message's digest is wrong (RFC 3414 §3.2, step 6). */
import { bytes, contentAt, element, INTEGER, OBJECT_ID, OCTETS, SEQUENCE } from './der.ts';

const REPORT = 0xa8;
const COUNTER_32 = 0x41;
/** usmStatsWrongDigests.0 = 1.3.6.1.6.3.15.1.1.5.0 */
const WRONG_DIGESTS = [0x2b, 6, 1, 6, 3, 15, 1, 1, 5, 0];

export type Engine = { readonly id: Buffer; readonly boots: number; readonly time: number };

/** Answers the version 3 message `data`; undefined where it is none. */
export function wrongDigestReport(data: Buffer, engine: Engine): Buffer | undefined {
  const message = contentAt(data, 0, SEQUENCE);
  const version = message && contentAt(data, message.from, INTEGER);
  const header = version && contentAt(data, version.to, SEQUENCE);
  const id = header && contentAt(data, header.from, INTEGER);
  if (id === undefined) return undefined;
  const empty = element(OCTETS);
  const security = element(
    SEQUENCE,
    element(OCTETS, engine.id),
    number(engine.boots),
    number(engine.time),
    ...[empty, empty, empty],
  );
  const counter = element(
    SEQUENCE,
    element(OBJECT_ID, bytes(...WRONG_DIGESTS)),
    element(COUNTER_32, bytes(1)),
  );
  const report = element(REPORT, number(0), number(0), number(0), element(SEQUENCE, counter));
  return element(
    SEQUENCE,
    number(3),
    element(
      SEQUENCE,
      element(INTEGER, data.subarray(id.from, id.to)),
      number(65_507),
      element(OCTETS, bytes(0)),
      number(3),
    ),
    element(OCTETS, security),
    element(SEQUENCE, element(OCTETS, engine.id), empty, report),
  );
}

/** Not negative, and below 2^31. */
function number(value: number): Buffer {
  const content = Buffer.alloc(5);
  content.writeUInt32BE(value, 1);
  let from = 0;
  while (from < 4 && content[from] === 0 && (content[from + 1] ?? 0) < 0x80) from += 1;
  return element(INTEGER, content.subarray(from));
}
