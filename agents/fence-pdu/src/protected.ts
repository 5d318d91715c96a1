/**
 * A guard before net-snmp's session: that package takes an answer without authentication for an
 * answer, though the question was authenticated, so whoever can send a datagram could say "off".
 * What comes from another port, or answers a sealed question unsealed, is dropped here (RFC 3414 §3.2).
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const REPORT = 0xa8;

/** The level an answer must have: how many of authentication (1) and privacy (2). */
export type Level = 0 | 1 | 3;

export function guardedSocket(kind: 'udp4' | 'udp6', fromPort: number, level: Level): Socket {
  const socket = createSocket(kind);
  const emit = socket.emit.bind(socket) as (event: string, ...rest: unknown[]) => boolean;
  const guarded = (event: string, ...rest: unknown[]): boolean => {
    if (event !== 'message') return emit(event, ...rest);
    const [data, from] = rest as [Buffer, RemoteInfo];
    if (from.port !== fromPort || !isAsProtected(data, level)) return false;
    return emit(event, ...rest);
  };
  return Object.assign(socket, { emit: guarded });
}

/** Reports may come unsealed: they tell why a question was not taken, and never carry an answer. */
export function isAsProtected(data: Buffer, level: Level): boolean {
  if (level === 0) return true;
  try {
    const message = inside(data, 0, SEQUENCE);
    const version = inside(data, message.from, INTEGER);
    const header = inside(data, version.to, SEQUENCE);
    const id = inside(data, header.from, INTEGER);
    const size = inside(data, id.to, INTEGER);
    const flags = inside(data, size.to, OCTETS);
    const had = (data[flags.from] ?? 0) & 3;
    if ((had & level) === level) return true;
    // An unsealed message is: header, security parameters, scoped PDU (engine, context, PDU).
    const security = inside(data, header.to, OCTETS);
    const scoped = inside(data, security.to, SEQUENCE);
    const engine = inside(data, scoped.from, OCTETS);
    const context = inside(data, engine.to, OCTETS);
    return data[context.to] === REPORT;
  } catch {
    return false;
  }
}

type Span = { readonly from: number; readonly to: number };

/** The content of the element at `at`; throws where there is none of that kind. */
function inside(data: Buffer, at: number, tag: number): Span {
  if (data[at] !== tag) throw new Error(`no element ${tag} at ${at}`);
  const first = data[at + 1] ?? 0;
  const more = first > 0x7f ? first & 0x7f : 0;
  const from = at + 2 + more;
  const length = more === 0 ? first : data.readUIntBE(at + 2, more);
  if (from + length > data.length) throw new Error('the element is longer than the message');
  return { from, to: from + length };
}
