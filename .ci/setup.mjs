// Sets up a checkout: npm packages where they are missing or older than the lock, then the build.
// Needs nothing but Node itself. `--quiet` says nothing while all is well.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isQuiet = process.argv.includes('--quiet') || process.env.HOLDFAST_SETUP_QUIET === '1';
const say = (text) => {
  if (!isQuiet) process.stderr.write(`${text}\n`);
};

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Holdfast needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

function run(what, command, args) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (done.status === 0) return;
  process.stderr.write(
    `${what} failed:\n${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}\n`,
  );
  process.exit(1);
}

const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules/.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  say('installing packages (npm ci) …');
  run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts']);
}
say('building …');
run('the build', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
