/** `holdfast keygen`, as an operator runs it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const MAIN = fileURLToPath(new URL('../dist/holdfast-main.js', import.meta.url));

function holdfast(...args: readonly string[]): {
  readonly code: number | null;
  readonly said: string;
} {
  const done = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 20_000 });
  return { code: done.status, said: done.stdout + done.stderr };
}

void t.test('a key is made beside the configuration, once, for its owner only', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'hf-keygen-'));
  t.teardown(() => {
    rmSync(root, { recursive: true });
  });
  t.match(holdfast('keygen', '--root', root), { code: 74, said: /folder does not exist/ });
  mkdirSync(join(root, 'etc/corosync'), { recursive: true });
  const key = join(root, 'etc/corosync/authkey');
  t.match(holdfast('keygen', '--root', root), { code: 0, said: key });
  t.equal(statSync(key).mode & 0o7777, 0o400);
  t.equal(statSync(key).size, 256);
  const before = readFileSync(key);
  t.match(holdfast('keygen', '--root', root), { code: 108, said: /there is a key already/ });
  chmodSync(key, 0o644);
  t.match(holdfast('keygen', '--root', root), { code: 108, said: /mode is 0644.*chmod 0400/ });
  t.same(readFileSync(key), before);
  const named = join(root, 'other');
  t.match(holdfast('keygen', '--file', named), { code: 0, said: named });
  t.equal(statSync(named).mode & 0o7777, 0o400);
  t.end();
});

void t.test('what makes no sense is refused with the way out', (t) => {
  t.match(holdfast(), { code: 64, said: /no command; .*holdfast keygen/ });
  t.match(holdfast('keygem'), { code: 64, said: /no command "keygem"/ });
  t.match(holdfast('keygen', '--fiel', 'x'), { code: 64, said: /fiel/ });
  t.match(holdfast('--help'), { code: 0, said: /mode 0400/ });
  t.end();
});
