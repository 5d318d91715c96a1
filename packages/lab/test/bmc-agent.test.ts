/** fence-ipmi as other managers run it, against the simulated BMC and all that can be wrong with one. */
import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { markedProcesses } from '@holdfast/lab';
import t from 'tap';
import { runAgent, SBIN } from './bench.ts';
import { type BmcBench, bmcBench, PORT, story } from './bmc-bench.ts';
import { COMPUTER, until } from './lab.ts';
import type { Ran } from './peers.ts';

type Act = (given: Readonly<Record<string, string>>) => Promise<Ran>;

const AGENT = 'fence_holdfast_ipmi';

function actOn({ address }: BmcBench): Act {
  const base = {
    ip: address,
    ipport: PORT,
    username: 'admin',
    password: 'secret',
    ipmi_repeat: '200ms',
    login_timeout: '1500ms',
    shell_timeout: '1s',
  };
  return (given) => runAgent(AGENT, { ...base, ...given });
}

void t.test('fences a machine: off is off', async (t) => {
  const made = await bmcBench({}, { command: COMPUTER });
  t.teardown(made.close);
  const act = actOn(made);
  const alive = (): number => markedProcesses(made.lab.machine('haone').mark).length;
  await until('it runs', () => alive() === 2);
  t.same(await act({ action: 'status' }), { code: 0, out: 'Status: ON\n' });
  t.same(await act({ action: 'off' }), { code: 0, out: 'Success: it is off\n' });
  t.equal(alive(), 0, 'nobody of it is left when success is said');
  t.same(await act({ action: 'status' }), { code: 2, out: 'Status: OFF\n' });
  t.match(await act({ action: 'off' }), { code: 0 }, 'off again is off');
  t.same(await act({ action: 'on' }), { code: 0, out: 'Success: it is on\n' });
  const before = made.lab.machine('haone').pid;
  t.same(await act({ action: 'reboot' }), {
    code: 0,
    out: 'Success: it was off and is on again\n',
  });
  t.not(made.lab.machine('haone').pid, before);
  t.match(await act({ action: 'monitor' }), { code: 0 });
  t.match(await act({ action: 'validate-all' }), { code: 0 });
  t.match(await act({ action: 'list' }), { code: 1, out: /cannot list/ });
  const logins = story(made);
  const count = (word: string): number => logins.filter((line) => line.startsWith(word)).length;
  t.equal(count('opened'), count('closed'), 'it always says goodbye');
});

void t.test(
  'it says what it is, and takes the names that fence agents for IPMI take',
  async (t) => {
    const made = await bmcBench({ kg: 'groupkey' });
    t.teardown(made.close);
    const { code, out } = await runAgent(AGENT, { action: 'metadata' });
    t.equal(code, 0);
    t.match(out, /<resource-agent name="fence-ipmi"/);
    for (const name of ['ip', 'ipaddr', 'login', 'passwd', 'privlvl', 'cipher', 'hexadecimal_kg']) {
      t.match(out, new RegExp(`<parameter name="${name}"`), name);
    }
    t.notMatch(out, /<parameter name="(plug|port)"/, 'a manager is not told to name a plug');
    const classic = {
      ipaddr: made.address,
      ipport: PORT,
      login: 'operator',
      passwd: 'oppass',
      lanplus: '1',
      'login-timeout': '2',
      privlvl: 'operator',
      nodename: 'haone',
      plug: 'haone',
      method: 'onoff',
    };
    const hex = Buffer.from('groupkey').toString('hex');
    for (const kg of [
      { kg: 'groupkey' },
      { hexadecimal_kg: hex },
      { hexadecimal_kg: `0x${hex}` },
    ]) {
      for (const cipher of ['3', '17', 'auto']) {
        t.match(await runAgent(AGENT, { ...classic, ...kg, cipher, action: 'status' }), {
          code: 0,
        });
      }
    }
    const script = join(made.folder, 'password.sh');
    writeFileSync(script, '#!/bin/sh\necho oppass\n');
    chmodSync(script, 0o700);
    const scripted = { ...classic, kg: 'groupkey', passwd: '', password_script: script };
    t.match(await runAgent(AGENT, { ...scripted, action: 'off' }), { code: 0 });
    t.equal(made.power(), 'off');
  },
);

const WRONG: readonly { why: string; given: Record<string, string>; out: RegExp }[] = [
  {
    why: 'wrong password',
    given: { password: 'guess' },
    out: /BMC 127\S+ port 6230: login denied: wrong password for user admin/,
  },
  { why: 'nobody', given: { username: 'nobody' }, out: /login denied: it has no user nobody/ },
  {
    why: 'not allowed to log in as that',
    given: { username: 'viewer', password: 'viewpass' },
    out: /not allowed: user viewer may not be administrator/,
  },
  {
    why: 'not allowed to switch',
    given: { username: 'viewer', password: 'viewpass', privlvl: 'user' },
    out: /not allowed: privilege user of user viewer is too low for this command/,
  },
  { why: 'a suite it refuses', given: { cipher: '8' }, out: /refuses cipher suite 8/ },
  { why: 'no suite', given: { cipher: '0' }, out: /cipher suite 0 is not spoken here/ },
  { why: 'a group key it does not have', given: { kg: 'guess' }, out: /the group key kg is not/ },
  { why: 'two group keys', given: { kg: 'a', hexadecimal_kg: '61' }, out: /give one of them/ },
  { why: 'nobody there', given: { ipport: '6231' }, out: /no answer from BMC .* ECONNREFUSED/ },
  { why: 'no such host', given: { ip: 'no-such-host.invalid' }, out: /cannot be reached/ },
  { why: 'IPMI 1.5', given: { lanplus: '0' }, out: /only IPMI 2.0 is spoken here/ },
  { why: 'a cycle proves nothing', given: { method: 'cycle' }, out: /method=cycle: one of onoff/ },
  { why: 'no such level', given: { privlvl: 'god' }, out: /privlvl=god: one of callback, user/ },
  { why: 'no address', given: { ip: '' }, out: /the parameter ip is required/ },
  {
    why: 'a password script that is not there',
    given: { password_script: '/no/such/script' },
    out: /password_script \/no\/such\/script failed/,
  },
];

void t.test('what is wrong is told apart, and is never "off"', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const act = actOn(made);
  await until('it runs', () => made.power() === 'on');
  for (const { why, given, out } of WRONG) {
    t.match(await act({ action: 'off', ...given }), { code: 1, out }, why);
    t.equal(made.power(), 'on', `${why}: nothing is switched`);
  }
  const tried = story(made).filter((line) => line === 'denied admin').length;
  t.equal(tried, 0, 'a wrong password is found before it is counted against the user');
});

void t.test('what the BMC does wrong is no "off"', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const act = actOn(made);
  await until('it runs', () => made.power() === 'on');
  const off = { action: 'off', power_timeout: '700ms' };
  const rows: readonly [string, Record<string, unknown>, RegExp][] = [
    ['acknowledges and does nothing', { lie: true }, /machine is not proven off .* says it is on/],
    ['a stuck relay', { stuck: [1] }, /not proven off within 700 ms: it says it is on/],
    ['refuses', { refuse: true }, /could not be told to switch off: .*0xff/],
    ['silent', { silent: true }, /could not be told .* no answer from BMC .* within \d+ ms/],
    ['busy', { busy: true }, /no session is free after \d+ ms/],
    ['says on whatever is true', { says: 'on' }, /not proven off .* says it is on/],
  ];
  const calm = { lie: false, stuck: [], refuse: false, silent: false, busy: false, says: 'truth' };
  for (const [why, fault, out] of rows) {
    made.bank.plant({ ...calm, ...fault });
    t.match(await act(off), { code: 1, out }, why);
    t.equal(made.power(), why.startsWith('says on') ? 'off' : 'on', why);
  }
  made.bank.plant({ ...calm, slowMs: 250 });
  const patient = { ...off, login_timeout: '6s', power_timeout: '6s' };
  t.match(await act({ ...patient, action: 'on' }), { code: 0 }, 'slow, but honest');
  made.bank.plant({ slowMs: 0, switchMs: 600 });
  t.match(await act({ ...off, power_timeout: '5s' }), { code: 0 }, 'off is waited for');
  t.equal(made.power(), 'off');
});

void t.test('a lost answer is decided by the question that follows', async (t) => {
  const made = await bmcBench();
  t.teardown(made.close);
  const act = actOn(made);
  await until('it runs', () => made.power() === 'on');
  made.bank.plant({ loseAnswers: 1, duplicate: true });
  const lost = await act({ action: 'off', ipmi_repeat: '5s', shell_timeout: '300ms' });
  t.match(lost, { code: 0, out: /may have been carried out; its status will tell/ });
  t.equal(made.power(), 'off');
  made.bank.plant({ loseAnswers: 1, lie: true });
  const nothing = await act({
    action: 'on',
    ipmi_repeat: '5s',
    shell_timeout: '300ms',
    power_timeout: '300ms',
    retry_on: '0',
  });
  t.match(nothing, { code: 1, out: /not proven on .* it says it is off/ });
});

void t.test('a BMC that died with its machine proves nothing', async (t) => {
  const pdu = { name: 'pdu', kind: 'snmp', port: 1610, feeds: ['haone'] };
  const made = await bmcBench({}, {}, [pdu]);
  t.teardown(made.close);
  const act = actOn(made);
  await until('it runs', () => made.power() === 'on');
  await made.lab.bank('pdu').switch(1, 'off');
  for (const action of ['off', 'status', 'monitor', 'reboot']) {
    t.match(await act({ action }), { code: 1, out: /no answer from BMC/ }, action);
  }
});

void t.test('one session only: two agents at once both come to their answer', async (t) => {
  const made = await bmcBench({ sessions: 1 });
  t.teardown(made.close);
  const act = actOn(made);
  await until('it runs', () => made.power() === 'on');
  const patient = { login_timeout: '10s' };
  const both = await Promise.all([
    act({ action: 'off', ...patient }),
    act({ action: 'off', ...patient }),
  ]);
  for (const one of both) t.match(one, { code: 0 });
  t.equal(made.power(), 'off');
});

const SECRETS = ['Passw0rd-of-a-user', 'Gr0up-key-of-a-bmc', 'Guessed-Passw0rd'];

void t.test(
  'no secret is seen by others: not in ps, not in sentences, not in the log',
  async (t) => {
    const [password = '', kg = '', guess = ''] = SECRETS;
    const users = [{ name: 'admin', password, privilege: 'administrator' }];
    const made = await bmcBench({ users, kg });
    t.teardown(made.close);
    const act = actOn(made);
    const outs: string[] = [];
    const script = join(made.folder, 'fails.sh');
    writeFileSync(script, `#!/bin/sh\necho ${guess}\necho ${guess} >&2\nexit 3\n`);
    chmodSync(script, 0o700);
    const hexadecimal = Buffer.from(kg).toString('hex');
    const rows: readonly Record<string, string>[] = [
      { password, kg },
      { password: guess, kg },
      { password, kg: guess },
      { password, hexadecimal_kg: `${hexadecimal}f` },
      { password, kg, cipher: '8' },
      { password, kg, privlvl: 'god' },
      { password: `${password}${guess}`, kg },
      { password, kg: `${kg}${guess}` },
      { password, kg, ipport: '6231', login_timeout: '300ms' },
      { kg, password_script: script },
    ];
    for (const given of rows) {
      for (const action of ['off', 'monitor']) outs.push((await act({ action, ...given })).out);
    }
    outs.push(readFileSync(join(made.folder, 'events.jsonl'), 'utf8'));
    outs.push(JSON.stringify(made.lab.status()));
    for (const secret of [...SECRETS, hexadecimal]) {
      t.notOk(outs.join('\n').includes(secret), 'in nothing that was said or written');
    }
    made.bank.plant({ silent: true });
    const child = spawn(join(SBIN, AGENT), [], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(
      `action=off\nip=${made.address}\nipport=${PORT}\npassword=${password}\nkg=${kg}\n`,
    );
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    await until('it has asked', () => /main\.js/.test(commandLine(String(child.pid))));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const seen = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    t.ok(seen.includes(String(child.pid)), 'it runs');
    for (const secret of [password, kg]) {
      const shown = seen.filter((pid) => commandLine(pid).includes(secret));
      t.same(shown, [], 'no command line holds it');
      t.notOk(environment(String(child.pid)).includes(secret), 'nor its environment');
    }
    t.notMatch((await said).join(''), new RegExp(SECRETS.join('|')));
  },
);

function commandLine(pid: string): string {
  return read(`/proc/${pid}/cmdline`);
}

function environment(pid: string): string {
  return read(`/proc/${pid}/environ`);
}

/** Empty where the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
