/** How a console gets into a simulated BMC: Open Session and RAKP 1 to 4, with every refusal (IPMI v2.0 §13.17 on). */
import {
  consoleProof,
  decodeOpenRequest,
  decodeRakp1,
  decodeRakp3,
  encodeOpenResponse,
  encodePlus,
  encodeRakp2,
  encodeRakp4,
  encodeRefusal,
  type Exchange,
  LEVEL,
  makeWindow,
  managedProof,
  PAYLOAD,
  type PlusPacket,
  type Rakp1,
  RANDOM_BYTES,
  sessionKeys,
  sessionProof,
  STATUS,
  suiteOf,
  userKey,
} from '@holdfast/ipmi';
import type { BmcUser } from './bmc-config.ts';
import {
  activeSessions,
  type Bmc,
  type BmcSession,
  type BmcWorld,
  isSameBytes,
  type Stage,
} from './bmc-state.ts';

const LEVEL_MASK = 0x0f;
const NAME_ONLY = 0x10;

/** Answers a handshake message; undefined: it is none, or of no session. */
export function answerLogin(bmc: Bmc, packet: PlusPacket, world: BmcWorld): Uint8Array | undefined {
  switch (packet.payloadType) {
    case PAYLOAD.openRequest:
      return answerOpen(bmc, packet.payload, world);
    case PAYLOAD.rakp1:
      return answerName(bmc, packet.payload, world);
    case PAYLOAD.rakp3:
      return answerProof(bmc, packet.payload, world);
    default:
      return undefined;
  }
}

function answerOpen(bmc: Bmc, payload: Uint8Array, world: BmcWorld): Uint8Array | undefined {
  const asked = decodeOpenRequest(payload);
  if (asked === undefined) return undefined;
  const { tag, consoleId, algorithms, privilege } = asked;
  const refused = (status: number): Uint8Array =>
    handshake(PAYLOAD.openResponse, encodeRefusal({ tag, status, consoleId }));
  const suite = suiteOf(algorithms);
  if (suite === undefined || !bmc.config.suites.includes(suite)) return refused(STATUS.noSuchSuite);
  const before = [...bmc.sessions.values()].find(
    ({ request, from }) => from === world.from && isSameBytes(request, payload),
  );
  if (before === undefined && (world.isBusy || bmc.sessions.size >= bmc.config.sessions)) {
    world.tell('busy', '');
    return refused(STATUS.noResources);
  }
  const session = before ?? {
    managedId: newId(bmc, world),
    consoleId,
    suite,
    request: payload.slice(),
    from: world.from,
    heardAt: world.now,
    stage: { kind: 'opened' } satisfies Stage,
  };
  bmc.sessions.set(session.managedId, session);
  const { managedId } = session;
  const highest = privilege === 0 ? LEVEL.administrator : privilege;
  return handshake(
    PAYLOAD.openResponse,
    encodeOpenResponse({
      tag,
      status: STATUS.done,
      privilege: highest,
      consoleId,
      managedId,
      algorithms,
    }),
  );
}

function answerName(bmc: Bmc, payload: Uint8Array, world: BmcWorld): Uint8Array | undefined {
  const one = decodeRakp1(payload);
  const session = one && bmc.sessions.get(one.managedId);
  if (one === undefined || session === undefined) return undefined;
  const { stage, consoleId } = session;
  if (stage.kind === 'named' && isSameBytes(stage.rakp, payload)) return stage.answer;
  if (stage.kind === 'active') return undefined;
  const found = findUser(bmc, one);
  if (typeof found === 'number') {
    bmc.sessions.delete(session.managedId);
    world.tell('denied', Buffer.from(one.username).toString());
    const why = { tag: one.tag, status: found, consoleId };
    return handshake(PAYLOAD.rakp2, encodeRefusal(why));
  }
  const exchange: Exchange = {
    ...one,
    suite: session.suite,
    consoleId,
    consoleRandom: one.consoleRandom.slice(),
    username: one.username.slice(),
    managedRandom: world.random(RANDOM_BYTES),
    guid: bmc.guid,
  };
  const answer = handshake(
    PAYLOAD.rakp2,
    encodeRakp2({
      ...exchange,
      tag: one.tag,
      status: STATUS.done,
      code: managedProof(exchange, userKey(found.password)),
    }),
  );
  session.heardAt = world.now;
  session.stage = { kind: 'named', user: found, exchange, rakp: payload.slice(), answer };
  return answer;
}

/** The user, or the status that says why there is none. */
function findUser(bmc: Bmc, { role, username }: Rakp1): BmcUser | number {
  const level = role & LEVEL_MASK;
  if (level < LEVEL.callback || level > LEVEL.administrator) return STATUS.badRole;
  const name = Buffer.from(username).toString();
  const named = bmc.config.users.filter((user) => user.name === name);
  const isEnough = ({ privilege }: BmcUser): boolean => LEVEL[privilege] >= level;
  const [user] = (role & NAME_ONLY) === 0 ? named.filter(isEnough) : named;
  if (user === undefined) return STATUS.unknownName;
  if (!isEnough(user)) return STATUS.roleNotAllowed;
  const { sessions = Infinity } = user;
  return activeSessions(bmc, name) < sessions ? user : STATUS.noResourcesForRole;
}

function answerProof(bmc: Bmc, payload: Uint8Array, world: BmcWorld): Uint8Array | undefined {
  const three = decodeRakp3(payload);
  const session = three && bmc.sessions.get(three.managedId);
  if (three === undefined || session === undefined) return undefined;
  const { stage, managedId } = session;
  if (stage.kind === 'active') return isSameBytes(stage.rakp, payload) ? stage.answer : undefined;
  if (stage.kind === 'opened') return refuseProof(session, three.tag, STATUS.inactiveSession);
  const { user, exchange } = stage;
  if (three.status !== STATUS.done) {
    bmc.sessions.delete(managedId);
    return undefined;
  }
  const key = userKey(user.password);
  if (!isSameBytes(consoleProof(exchange, key), three.code)) {
    bmc.sessions.delete(managedId);
    world.tell('denied', user.name);
    return refuseProof(session, three.tag, STATUS.badProof);
  }
  const { kg } = bmc.config;
  const keys = sessionKeys(exchange, kg === undefined ? key : userKey(kg));
  const code = sessionProof(exchange, keys);
  const { consoleId, suite } = session;
  const answer = handshake(
    PAYLOAD.rakp4,
    encodeRakp4({ tag: three.tag, status: STATUS.done, consoleId, code }),
  );
  const limit = exchange.role & LEVEL_MASK;
  session.heardAt = world.now;
  session.stage = {
    kind: 'active',
    user,
    keys,
    protection: { suite, keys },
    rakp: payload.slice(),
    answer,
    limit,
    level: Math.min(limit, LEVEL.user),
    received: makeWindow(),
    sent: 0,
    last: undefined,
  };
  world.tell('opened', user.name);
  return answer;
}

function refuseProof({ consoleId }: BmcSession, tag: number, status: number): Uint8Array {
  return handshake(PAYLOAD.rakp4, encodeRefusal({ tag, status, consoleId }));
}

function handshake(payloadType: number, payload: Uint8Array): Uint8Array {
  return encodePlus({ payloadType, sessionId: 0, sequence: 0, payload });
}

/** Never zero, never one that was had before. */
function newId(bmc: Bmc, { random }: BmcWorld): number {
  bmc.opened += 1;
  const [high = 0, low = 0] = random(2);
  return ((high << 23) | (low << 15) | (bmc.opened & 0x7fff)) >>> 0;
}
