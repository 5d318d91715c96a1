/** A session through a network that loses, doubles, delays, reorders and spoils: slow, and never wrong. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Prng, prng } from '@holdfast/base';
import {
  powerCommand,
  readChassisStatus,
  readLogin,
  STATUS_COMMAND,
  withSession,
} from '@holdfast/ipmi';
import t from 'tap';
import { type BmcBench, bmcBench, PORT } from './bmc-bench.ts';
import { until } from './lab.ts';

type Weather = {
  /** Of a hundred datagrams, so many … */
  readonly lost: number;
  readonly doubled: number;
  readonly late: number;
  readonly spoilt: number;
};

const LATE_MS_MAX = 150;

type Network = { readonly port: number; readonly close: () => void };

/** Stands between one console and the BMC. */
async function network(made: BmcBench, weather: Weather, dice: Prng): Promise<Network> {
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  front.bind(0, '127.0.0.1');
  back.bind(0, '127.0.0.1');
  await Promise.all([once(front, 'listening'), once(back, 'listening')]);
  let console = { port: 0, address: '' };
  let isClosed = false;
  const carry = (socket: Socket, bytes: Buffer, to: { port: number; address: string }): void => {
    const happens = (percent: number): boolean => dice.below(100) < percent;
    if (happens(weather.lost)) return;
    const copies = happens(weather.doubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const carried = Buffer.from(bytes);
      if (happens(weather.spoilt)) {
        const at = dice.below(carried.length);
        carried[at] = (carried[at] ?? 0) ^ (1 << dice.below(8));
      }
      const lateMs = happens(weather.late) ? dice.below(LATE_MS_MAX) : 0;
      setTimeout(() => {
        if (!isClosed) socket.send(carried, to.port, to.address);
      }, lateMs);
    }
  };
  front.on('message', (bytes, peer) => {
    console = { port: peer.port, address: peer.address };
    carry(back, bytes, { port: PORT, address: made.address });
  });
  back.on('message', (bytes) => {
    carry(front, bytes, console);
  });
  return {
    port: front.address().port,
    close: () => {
      isClosed = true;
      front.close();
      back.close();
    },
  };
}

/** Orders, then asks until it is so; what the last question was answered with, or the fault's kind. */
async function switchTo(port: number, wanted: 'on' | 'off', suite: number): Promise<string> {
  const login = readLogin({
    username: 'admin',
    password: 'secret',
    suites: [suite],
    privilege: 'administrator',
    repeatMs: 60,
    loginMs: 20_000,
    commandMs: 20_000,
  });
  if (!login.ok) return login.fault.kind;
  const answer = await withSession({ host: '127.0.0.1', port }, login.value, async (session) => {
    const told = await session.ask(powerCommand(wanted), true);
    if (!told.ok) return told;
    for (let asked = 0; ; asked += 1) {
      const answer = await session.ask(STATUS_COMMAND, true);
      if (!answer.ok) return answer;
      const power = readChassisStatus(answer.value)?.power ?? 'too short';
      if (power === wanted || asked === 50) return { ok: true, value: power };
    }
  });
  return answer.ok ? answer.value : answer.fault.kind;
}

const ROUNDS = 8;

for (const suite of [3, 17]) {
  void t.test(`lost, doubled and late datagrams only take time, with suite ${suite}`, async (t) => {
    const made = await bmcBench({ sessions: 64 });
    t.teardown(made.close);
    await until('it runs', () => made.power() === 'on');
    const dice = prng(suite);
    const weather = { lost: 25, doubled: 20, late: 30, spoilt: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const wanted = round % 2 === 0 ? 'off' : 'on';
      const between = await network(made, weather, dice);
      t.equal(await switchTo(between.port, wanted, suite), wanted, `round ${round}`);
      t.equal(made.power(), wanted, 'and it is true');
      between.close();
    }
  });

  void t.test(
    `spoilt datagrams may end a session, and never lie, with suite ${suite}`,
    async (t) => {
      const made = await bmcBench({ sessions: 64 });
      t.teardown(made.close);
      await until('it runs', () => made.power() === 'on');
      const dice = prng(100 + suite);
      const outcomes = new Set<string>();
      for (let round = 0; round < 2 * ROUNDS; round += 1) {
        const wanted = round % 2 === 0 ? 'off' : 'on';
        const between = await network(made, { lost: 5, doubled: 5, late: 5, spoilt: 25 }, dice);
        const said = await switchTo(between.port, wanted, suite);
        if (said === 'on' || said === 'off') t.equal(made.power(), said, `round ${round}: true`);
        outcomes.add(said);
        between.close();
      }
      t.ok(outcomes.has('off'), [...outcomes].join(' '));
    },
  );
}
