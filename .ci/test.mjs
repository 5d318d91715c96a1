// Runs every compiled test file (each is a tap program of its own) two at a time, shows what failed,
// and ends with one plain line: `N passed, N failed`. Files called *.alone.test.js measure time: they
// run by themselves, after the others. Arguments, if any, choose files by a part of their path.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const AT_ONCE = 2;
/** A file that takes longer hangs. */
const FILE_MS_MAX = 600_000;

const wanted = process.argv.slice(2);
const files = ['packages', 'agents']
  .flatMap((floor) => readdirSync(join(ROOT, floor)).map((room) => `${floor}/${room}/dist-test`))
  .concat('test/dist-test')
  .flatMap(testsBelow)
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
const alone = files.filter((file) => file.endsWith('.alone.test.js'));
const together = files.filter((file) => !alone.includes(file));

let passed = 0;
let failed = 0;

function testsBelow(folder) {
  try {
    return readdirSync(join(ROOT, folder), { recursive: true })
      .filter((name) => name.endsWith('.test.js'))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function runFile(file) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, file)], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TAP: '1', FORCE_COLOR: '0', TAP_TIMEOUT: String(FILE_MS_MAX / 1000) },
    });
    let out = '';
    const keep = (text) => {
      out += text;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const timer = setTimeout(() => {
      keep(`\n# hangs: no end after ${FILE_MS_MAX / 1000} s\n`);
      child.kill('SIGKILL');
    }, FILE_MS_MAX);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      report(file, out, code === 0 && signal === null, Date.now() - startedAt);
      resolve();
    });
  });
}

// Assertions are the indented points that are no sub-test's summary; a file without sub-tests has none.
function report(file, out, isGood, ms) {
  const points = out.match(/^ *(?:not )?ok \d+(?! - .*# time=)/gm) ?? [];
  const bad = points.filter((point) => point.includes('not ok')).length;
  passed += points.length - bad;
  failed += isGood ? bad : Math.max(1, bad);
  const isFine = isGood && bad === 0 && points.length > 0;
  process.stdout.write(
    `${isFine ? 'ok    ' : 'FAILED'} ${file} (${points.length} points, ${(ms / 1000).toFixed(1)} s)\n`,
  );
  if (isFine) return;
  if (points.length === 0 && isGood) failed += 1;
  const lines = out.split('\n').filter((line) => !/^ *ok \d/.test(line));
  process.stdout.write(`${lines.slice(0, 200).join('\n')}\n`);
}

async function runAll(list, atOnce) {
  const queue = [...list];
  const lane = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await runFile(file);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

await runAll(together, AT_ONCE);
await runAll(alone, 1);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
