/** The two dialogues against consoles made of a few lines: what firmwares do that the lab does not. */
import { fail, ok } from '@holdfast/base';
import t from 'tap';
import type { Talk } from '#src/connection.js';
import { type Dialogue, greet } from '#src/talk.js';

/** A console that says `first`, and then what `answer` says to each thing typed. */
function talking(
  first: string,
  answer: (typed: string) => string,
): { talk: Talk; typed: string[] } {
  let said = first;
  const typed: string[] = [];
  const talk: Talk = {
    send: (text) => {
      typed.push(text);
      said += answer(text);
    },
    until: (pattern) => {
      const found = pattern.exec(said);
      if (found === null) return Promise.resolve(fail(`it did not say ${pattern.source}`));
      const end = found.index + found[0].length;
      const words = said.slice(0, end);
      said = said.slice(end);
      return Promise.resolve(ok(words));
    },
    clear: () => {
      said = '';
    },
    end: () => undefined,
  };
  return { talk, typed };
}

async function entered(talk: Talk): Promise<Dialogue> {
  const dialogue = await greet(talk, 100);
  if (!dialogue.ok) throw new Error(dialogue.fault);
  return dialogue.value;
}

const CLI = '\r\nWelcome\r\n\r\napc>';

void t.test('the command line is believed only in what it says now', async (t) => {
  const rows: readonly [string, string, object][] = [
    [
      'on and off',
      ' 1: haone: On\r\n 2: a: b: Off\r\n',
      { ok: true, value: [{ power: 'on' }, { name: 'a: b', power: 'off' }] },
    ],
    ['still switching', ' 1: haone: Off*\r\n', { ok: true, value: [{ power: 'switching' }] }],
    ['another word', ' 1: haone: Unknown\r\n', { ok: true, value: [] }],
  ];
  for (const [why, table, expected] of rows) {
    const { talk } = talking(CLI, (typed) => `${typed}\nE000: Success\r\n${table}\r\napc>`);
    t.match(await (await entered(talk)).rows(), expected, why);
  }
  const { talk } = talking(CLI, (typed) => `${typed}\nE102: Parameter Error\r\n\r\napc>`);
  const refused = await (await entered(talk)).order(9, 'off');
  t.match(refused, { ok: false, fault: 'the console refuses olOff 9: E102: Parameter Error' });

  const stale = talking(CLI, (typed) =>
    typed === 'olOff 1\r'
      ? 'olOff 1\r\nE000: Success\r\n\r\napc> 1: haone: Off\r\n\r\napc>'
      : `${typed}\nE000: Success\r\n 1: haone: On\r\n\r\napc>`,
  );
  const dialogue = await entered(stale.talk);
  t.match(await dialogue.order(1, 'off'), { ok: true });
  t.match(await dialogue.rows(), { value: [{ power: 'on' }] }, 'not in what it said before');
});

const TOP = '\r\n 1- Device Manager\r\n 2- Network\r\n 7- Logout\r\n\r\n> ';
const LIST = '\r\n 1- haone    ON\r\n 2- hatwo*   OFF\r\n\r\n> ';

void t.test('menus are walked by their words, whatever their numbers', async (t) => {
  const screens: Readonly<Record<string, string>> = {
    '1\r': '\r\n 1- Phases\r\n 3- Outlet Control\r\n\r\n> ',
    '3\r': LIST,
  };
  const { talk, typed } = talking(TOP, (keys) => screens[keys] ?? TOP);
  const dialogue = await entered(talk);
  const rows = await dialogue.rows();
  t.match(rows, {
    ok: true,
    value: [
      { name: 'haone', power: 'on' },
      { outlet: 2, power: 'off' },
    ],
  });
  t.strictSame(typed, ['1\r', '3\r']);
  await dialogue.leave();
  t.equal(typed.at(-1), '7\r', 'the place is freed by the entry that says so');
});

void t.test('a menu that lacks a step, or says that it failed, ends in an error', async (t) => {
  const lost = talking(TOP, () => '\r\n 1- Something else\r\n\r\n> ');
  t.match(await (await entered(lost.talk)).rows(), { ok: false, fault: /no entry/ });
  const endless = talking('\r\n 1- Device Manager\r\n> ', () => '\r\nno way back\r\n> ');
  const dialogue = await entered(endless.talk);
  await dialogue.rows();
  t.match(await dialogue.rows(), { ok: false, fault: /way back/ });
  t.ok(endless.typed.length < 20, 'it does not press for ever');

  const order: Readonly<Record<string, string>> = {
    '1\r': LIST,
    '2\r': '\r\n 5- Immediate On\r\n 6- Immediate Off\r\n\r\n> ',
    '6\r': "\r\nEnter 'YES' to continue or <ENTER> to cancel : ",
    'YES\r': '\r\nCommand failed.\r\n\r\nPress <ENTER> to continue...',
  };
  const failing = talking(TOP, (keys) => order[keys] ?? TOP);
  const told = await (await entered(failing.talk)).order(2, 'off');
  t.match(told, { ok: false, fault: /Command failed/ });
  t.strictSame(failing.typed, ['1\r', '2\r', '6\r', 'YES\r']);
});

void t.test('what is neither of the two is no console', async (t) => {
  const { talk } = talking('login incorrect\r\n$ ', () => '');
  t.match(await greet(talk, 100), { ok: false });
});
