// Runs every test file with tap and ends with one plain line: `N passed, N failed`.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = [join(root, 'node_modules/tap/dist/esm/run.mjs'), '--reporter=tap', ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });

let passed = 0;
let failed = 0;
let rest = '';
let file = [];

// A file is a line without indentation; what is indented below it is shown only where it failed.
function take(line) {
  const verdict = /^(not ok|ok) \d+ - (\S+)(.*)$/.exec(line);
  if (verdict === null) {
    const assertion = /^\s+(not ok|ok) \d+/.exec(line);
    if (assertion !== null && !/# (?:time=|Subtest)/.test(line)) {
      if (assertion[1] === 'ok') passed += 1;
      else failed += 1;
    }
    file.push(line);
    return;
  }
  const isGood = verdict[1] === 'ok';
  process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${verdict[2]}${verdict[3] ?? ''}\n`);
  if (!isGood) {
    if (!file.some((each) => /^\s+not ok/.test(each))) failed += 1;
    process.stdout.write(`${file.filter((each) => !/^\s+ok /.test(each)).join('\n')}\n`);
  }
  file = [];
}

child.stdout.setEncoding('utf8');
child.stdout.on('data', (text) => {
  rest += text;
  const lines = rest.split('\n');
  rest = lines.pop() ?? '';
  lines.forEach(take);
});
child.on('close', (code) => {
  if (rest !== '') take(rest);
  if (code !== 0 && failed === 0) failed = 1;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = code === 0 && failed === 0 && passed > 0 ? 0 : 1;
});
