/** Whatever is sent to the simulated BMC: it lives on, and nothing is switched by it. */
import { instant } from '@holdfast/base';
import { makeSession, powerCommand, readLogin, SUITES, step } from '@holdfast/ipmi';
import fc from 'fast-check';
import t from 'tap';
import { answer, makeBmc } from '#src/bmc.js';
import { bmcConfig } from '#src/bmc-config.js';
import type { BmcWorld } from '#src/bmc-state.js';

const USERS = [{ name: 'admin', password: 'secret', privilege: 'administrator' }];
const NOW = instant(0);

/** A BMC without a socket; `orders` are those it obeyed. */
function bmc() {
  const suites = SUITES.map(({ id }) => id);
  const place = { name: 'bmc', address: '', port: 0 };
  const config = bmcConfig(place, { users: USERS, suites, sessions: 64, idleMs: 60_000 });
  const made = makeBmc(config, new Uint8Array(16));
  const orders: string[] = [];
  const world: BmcWorld = {
    now: 0,
    from: 'here',
    random: (bytes) => new Uint8Array(bytes).fill(5),
    power: () => 'on',
    order: (command) => orders.push(command) > 0,
    tell: () => undefined,
    isBusy: false,
  };
  return { made, orders, hear: (datagram: Uint8Array) => answer(made, datagram, world)?.bytes };
}

/** Everything a console of this suite sends to switch a machine off, and what is answered. */
function conversation(suite: number, hear: (datagram: Uint8Array) => Uint8Array | undefined) {
  const login = readLogin({
    username: 'admin',
    password: 'secret',
    suites: [suite],
    privilege: 'administrator',
    repeatMs: 100,
    loginMs: 1000,
    commandMs: 1000,
  });
  if (!login.ok) throw new Error(login.fault.kind);
  const session = makeSession(login.value, new Uint8Array(32).fill(suite));
  const ask = { number: 1, command: powerCommand('off'), isRepeatable: true };
  const effects = [
    ...step(session, { kind: 'open' }, NOW),
    ...step(session, { kind: 'ask', ask }, NOW),
  ];
  const sent: Uint8Array[] = [];
  for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
    if (effect.kind !== 'send') continue;
    sent.push(effect.bytes);
    const bytes = hear(effect.bytes);
    if (bytes !== undefined) effects.push(...step(session, { kind: 'datagram', bytes }, NOW));
  }
  return sent;
}

void t.test('the conversation that is then spoilt switches a machine off', (t) => {
  for (const { id } of SUITES) {
    const { hear, orders } = bmc();
    t.equal(conversation(id, hear).length, 5, `suite ${id}`);
    t.same(orders, ['off']);
  }
  t.end();
});

void t.test('what was said once switches nothing again', (t) => {
  for (const { id } of SUITES) {
    const { hear, orders } = bmc();
    const sent = conversation(id, hear);
    for (const datagram of [...sent, ...sent]) hear(datagram);
    t.same(orders, ['off'], `suite ${id}`);
  }
  t.end();
});

void t.test('one bit changed in an order, and it is none', (t) => {
  for (const id of [2, 3, 7, 8, 16, 17]) {
    const { hear, orders } = bmc();
    const sent: Uint8Array[] = [];
    conversation(id, (datagram) => {
      sent.push(datagram);
      return sent.length === 5 ? undefined : hear(datagram);
    });
    const order = sent.at(-1) ?? new Uint8Array();
    for (let bit = 32; bit < order.length * 8; bit += 1) {
      const changed = order.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      hear(changed);
    }
    t.same(orders, [], `suite ${id}: ${order.length} bytes`);
    hear(order);
    t.same(orders, ['off'], 'the right one is still heard');
  }
  t.end();
});

void t.test('garbage of every kind is survived', (t) => {
  const { hear, orders } = bmc();
  const plus = fc
    .tuple(fc.nat(0xff), fc.nat(0x1f), fc.uint8Array({ maxLength: 90 }))
    .map(([marks, type, payload]) =>
      Uint8Array.of(
        6,
        0,
        0xff,
        7,
        6,
        type | (marks & 0xc0),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        payload.length,
        0,
        ...payload,
      ),
    );
  const plain = fc
    .uint8Array({ maxLength: 60 })
    .map((payload) =>
      Uint8Array.of(6, 0, 0xff, 7, 0, ...new Uint8Array(8), payload.length, ...payload),
    );
  fc.assert(
    fc.property(fc.oneof(plus, plain, fc.uint8Array({ maxLength: 100 })), (datagram) => {
      hear(datagram);
    }),
    { numRuns: 3000 },
  );
  t.same(orders, []);
  t.equal(conversation(17, hear).length, 5, 'it still works');
  t.same(orders, ['off']);
  t.end();
});
