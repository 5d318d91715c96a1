/** The layer rules hold, and a planted import that goes up is refused. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

function cruise(folder: string): { readonly code: number | null; readonly out: string } {
  const done = spawnSync(process.execPath, [CRUISER, '--config', 'layers.cjs', 'packages'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: done.status, out: `${done.stdout}${done.stderr}` };
}

/** A house of two rooms, `base` and `node`, with our rules. */
function house(baseText: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-layers-'));
  for (const name of ['layers.cjs', 'tsconfig.base.json'])
    cpSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{ "name": "house", "type": "module" }\n');
  for (const [room, text] of Object.entries({
    base: baseText,
    node: 'export const whole = 1;\n',
  })) {
    mkdirSync(join(folder, 'packages', room, 'src'), { recursive: true });
    writeFileSync(join(folder, 'packages', room, 'src/index.ts'), text);
  }
  return folder;
}

void t.test('the rules hold for the whole house', (t) => {
  const { code, out } = cruise(ROOT);
  t.equal(code, 0, out.slice(-2000));
  t.end();
});

void t.test('an import that goes up is refused, and named', (t) => {
  const good = house('export const word = 1;\n');
  t.equal(cruise(good).code, 0, 'a house in order passes');
  rmSync(good, { recursive: true });
  const bad = house("export { whole } from '../../node/src/index.ts';\n");
  const { code, out } = cruise(bad);
  rmSync(bad, { recursive: true });
  t.not(code, 0);
  t.match(out, /layer-base/);
  t.end();
});

void t.test('a room that decides may not touch the world', (t) => {
  const bad = house("import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n");
  const { code, out } = cruise(bad);
  rmSync(bad, { recursive: true });
  t.not(code, 0);
  t.match(out, /pure-rooms/);
  t.end();
});
