/** The README's ten lines, run as they stand there: three processes, one order. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOM = fileURLToPath(new URL('../', import.meta.url));
/** The example says hello every second; each is to be heard some times. */
const HEARD_MIN = 12;

function example(): string {
  const text = readFileSync(join(ROOM, 'README.md'), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1];
  if (code === undefined) throw new Error('README.md has no example');
  // Ports of our own, so that nobody else is disturbed.
  return code.replace('5500', `${20_000 + (process.pid % 20_000)}`);
}

void t.test('three members that run the example hear the same in the same order', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'totem-readme-'));
  symlinkSync(join(ROOM, '../../node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'member.mjs'), example());
  const heard = new Map<number, string[]>([1, 2, 3].map((self) => [self, []]));
  const children = [1, 2, 3].map((self) => {
    const child = spawn(process.execPath, [join(folder, 'member.mjs'), `${self}`]);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard.get(self)?.push(...text.split('\n').filter((line) => line !== ''));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      t.fail(text);
    });
    return child;
  });
  const together = (self: number): readonly string[] => {
    const lines = heard.get(self) ?? [];
    return lines.slice(lines.lastIndexOf('members 1,2,3') + 1);
  };
  const isEnough = (): boolean =>
    [1, 2, 3].every(
      (self) =>
        (heard.get(self) ?? []).includes('members 1,2,3') && together(self).length >= HEARD_MIN,
    );
  for (let looks = 0; looks < 300 && !isEnough(); looks += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  const [first, ...rest] = [1, 2, 3].map((self) => together(self).slice(0, HEARD_MIN));
  t.equal(first?.length, HEARD_MIN);
  for (const other of rest) t.same(other, first);
  for (const self of [1, 2, 3]) t.ok(first?.includes(`${self}: hello from ${self}`));
});
