/** The agent against BMCs nobody here wrote: Debian's ipmi_sim, and pyghmi's. */
import t, { type Test } from 'tap';
import { ipmiSim, isLabHere, type Peer, pyghmi, WHY_LEFT_OUT } from './peers.ts';

if (!isLabHere()) {
  void t.test(`peers (left out: ${WHY_LEFT_OUT})`, (t) => {
    t.notOk(isLabHere());
    t.end();
  });
} else {
  simTests();
  pyghmiTests();
}

type Row = {
  readonly why: string;
  readonly given: Readonly<Record<string, string>>;
  readonly code: number;
  readonly output: RegExp;
};

async function check(t: Test, peer: Peer, rows: readonly Row[]): Promise<void> {
  for (const { why, given, code, output } of rows) {
    const action = given['action'] ?? 'status';
    t.match(await peer.act({ ...given, action }), { code, output }, why);
  }
}

function simTests(): void {
  void t.test('ipmi_sim: suites 1, 2, 3 and 6', async (t) => {
    const peer = await ipmiSim();
    t.teardown(peer.stop);
    for (const cipher of ['1', '2', '3', '6', 'auto']) {
      t.match(await peer.act({ action: 'status', cipher }), { code: 0, output: 'Status: ON' });
      t.match(await peer.act({ action: 'off', cipher }), { code: 0 }, `off, suite ${cipher}`);
      t.equal(peer.power(), 'off');
      t.match(await peer.act({ action: 'status', cipher }), { code: 2, output: 'Status: OFF' });
      t.match(await peer.act({ action: 'on', cipher }), { code: 0 }, `on, suite ${cipher}`);
      t.equal(peer.power(), 'on');
    }
    t.match(await peer.run({ action: 'reboot' }), { code: 0, output: /was off and is on again/ });
    t.match(await peer.run({ action: 'monitor' }), { code: 0 });
    t.match(await peer.run({ action: 'off', cipher: '3' }), { code: 0 }, 'as an executable');
    t.match(await peer.run({ action: 'status' }), { code: 2, output: 'Status: OFF' });
  });

  void t.test('ipmi_sim: what it refuses is told apart', async (t) => {
    const peer = await ipmiSim();
    t.teardown(peer.stop);
    const off = { action: 'off' };
    const viewer = { username: 'viewer', password: 'viewpass', privlvl: 'user' };
    await check(t, peer, [
      {
        why: 'a suite it does not have',
        given: { ...off, cipher: '17' },
        code: 1,
        output: /refuses cipher suite 17/,
      },
      {
        why: 'a wrong password',
        given: { ...off, password: 'guess' },
        code: 1,
        output: /login denied: wrong password for user admin$/,
      },
      {
        why: 'an unknown user',
        given: { ...off, username: 'nobody' },
        code: 1,
        output: /login denied: it has no user nobody/,
      },
      { why: 'a viewer may look', given: viewer, code: 0, output: /ON/ },
      {
        why: 'and not switch',
        given: { ...off, ...viewer },
        code: 1,
        output: /not allowed: privilege user of user viewer is too low/,
      },
      {
        why: 'an operator may switch',
        given: { ...off, username: 'operator', password: 'oppass', privlvl: 'operator' },
        code: 0,
        output: /is off/,
      },
      {
        why: 'sixteen bytes of password',
        given: { username: 'pw16', password: '0123456789abcdef' },
        code: 2,
        output: /OFF/,
      },
    ]);
  });

  void t.test('ipmi_sim: a group key', async (t) => {
    const peer = await ipmiSim('abcdefghijklmnopqrs');
    t.teardown(peer.stop);
    const hexadecimal_kg = Buffer.from('abcdefghijklmnopqrs').toString('hex');
    await check(t, peer, [
      { why: 'as text', given: { kg: 'abcdefghijklmnopqrs' }, code: 0, output: /ON/ },
      { why: 'in digits', given: { hexadecimal_kg }, code: 0, output: /ON/ },
      { why: 'none', given: {}, code: 1, output: /this BMC has a group key; set kg/ },
      { why: 'another', given: { kg: 'guess' }, code: 1, output: /kg is not the one/ },
    ]);
    t.match(await peer.act({ action: 'off', kg: 'abcdefghijklmnopqrs' }), { code: 0 });
    t.equal(peer.power(), 'off');
  });

  void t.test('ipmi_sim: stuck, broken and slow', async (t) => {
    const peer = await ipmiSim();
    t.teardown(peer.stop);
    const off = { action: 'off', power_timeout: '1s' };
    peer.plant('ipmi-stuck', '');
    await check(t, peer, [
      { why: 'acknowledges', given: off, code: 1, output: /not proven off within 1000 ms/ },
    ]);
    t.equal(peer.power(), 'on');
    peer.plant('ipmi-stuck', undefined);
    peer.plant('ipmi-fail', '');
    await check(t, peer, [{ why: 'fails', given: off, code: 1, output: /refused|not proven/ }]);
    t.equal(peer.power(), 'on');
    peer.plant('ipmi-fail', undefined);
    // Every call takes this long, and meanwhile the whole BMC hears nobody.
    peer.plant('ipmi-delay', '1.2');
    const patient = { action: 'off', power_timeout: '30s', login_timeout: '20s' };
    t.match(await peer.act(patient), { code: 0 }, 'slow');
    t.equal(peer.power(), 'off');
  });

  void t.test('ipmi_sim: one session a user', async (t) => {
    const peer = await ipmiSim();
    t.teardown(peer.stop);
    const only = { username: 'onlyone', password: 'one', login_timeout: '15s' };
    for (let round = 0; round < 3; round += 1) {
      t.match(await peer.act({ action: 'status', ...only }), { code: 0 }, 'it left the last time');
    }
  });
}

function pyghmiTests(): void {
  void t.test('pyghmi: has suite 3 only, whatever is asked for', async (t) => {
    const peer = await pyghmi();
    t.teardown(peer.stop);
    t.match(await peer.act({ action: 'status' }), { code: 0 }, 'auto comes to 3');
    t.match(await peer.act({ action: 'off', cipher: '3' }), { code: 0 });
    t.equal(peer.power(), 'off');
    t.match(await peer.run({ action: 'status' }), { code: 2, output: 'Status: OFF' });
    t.match(await peer.run({ action: 'reboot' }), { code: 0, output: /on again/ });
    t.equal(peer.power(), 'on');
    const quick = { login_timeout: '1500ms', action: 'off' };
    await check(t, peer, [
      {
        why: 'a suite it does not have',
        given: { ...quick, cipher: '17' },
        code: 1,
        output: /refuses cipher suite 17/,
      },
      {
        why: 'a wrong password',
        given: { ...quick, password: 'guess' },
        code: 1,
        output: /wrong password/,
      },
      {
        why: 'an unknown user is met with silence',
        given: { ...quick, username: 'nobody' },
        code: 1,
        output: /no answer .* to the login .* unknown user \(nobody\)/,
      },
    ]);
    t.equal(peer.power(), 'on', 'and nobody has switched');
  });

  void t.test('pyghmi: a group key', async (t) => {
    const peer = await pyghmi('groupkey');
    t.teardown(peer.stop);
    t.match(await peer.act({ action: 'status', kg: 'groupkey' }), { code: 0 });
    t.match(await peer.act({ action: 'off', kg: 'groupkey' }), { code: 0 });
    t.equal(peer.power(), 'off');
    const without = await peer.act({ action: 'status' });
    t.match(without, { code: 1, output: /has a group key/ });
  });
}
