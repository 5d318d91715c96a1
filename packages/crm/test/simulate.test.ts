/** `crm simulate`: what it reads, what it pretends, what it says. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { readCib } from '@holdfast/cib';
import { crm } from './support/crm.js';
import { fakeDaemon } from './support/fake-daemon.js';

const EXAMPLES = join(import.meta.dirname, '../../../examples/explain');
const MOVED = join(EXAMPLES, 'why-did-it-move.xml');
/** An empty CIB, by bzip2. */
const BZIPPED =
  'QlpoOTFBWSZTWV2KpgsAAA9bgAAQUAPoBwAAv+/fgCAAhQ01NU9Gk3oU9RpkbFPUBqYkGnpD1NADQGqpKA0ZHG3eN0' +
  '8nsOsyJxEiEy3SdBmakGpN9qL99hRiw5XA2arnEZM/OFoR+Kz2mmqPHQjGEozx+cIfdxYRJ0iNpBkDAbaKrrzctJo8' +
  'B9dVwgQNDLK4lpK38XckU4UJBdiqYLA=';
const MOVE_LINE = '  * Move       web   ( haone -> hatwo )';

void t.test('a file, standard input and what is packed are decided the same', async (t) => {
  const daemon = await fakeDaemon(t);
  const plain = await crm(daemon, ['simulate', '--xml-file', MOVED, '--format', 'dot']);
  t.equal(plain.code, 0, plain.err);
  t.match(plain.out, 'digraph');
  const text = readFileSync(MOVED, 'utf8');
  const piped = await crm(daemon, ['simulate', '--xml-file', '-', '--format=dot'], text);
  t.equal(piped.out, plain.out);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-simulate-'));
  const zipped = join(folder, 'cib.gz');
  writeFileSync(zipped, gzipSync(text));
  t.equal((await crm(daemon, ['simulate', `--xml-file=${zipped}`, '--format=dot'])).out, plain.out);
  const bzipped = join(folder, 'cib.bz2');
  writeFileSync(bzipped, Buffer.from(BZIPPED, 'base64'));
  const other = await crm(daemon, ['simulate', '--xml-file', bzipped]);
  t.equal(other.code, 0, other.err);
  t.match(other.out, 'Current cluster status:');
});

void t.test('what is pretended is decided for, and can be kept', async (t) => {
  const daemon = await fakeDaemon(t);
  const file = ['simulate', '--xml-file', MOVED];
  t.match((await crm(daemon, file)).out, MOVE_LINE);
  const down = await crm(daemon, [...file, '--node-down', 'hatwo']);
  t.equal(down.code, 0, down.err);
  t.match(down.out, 'Taking node hatwo offline');
  t.notMatch(down.out, MOVE_LINE);
  const failed = await crm(daemon, [...file, '--op-fail', 'web_start_0@hatwo=1']);
  t.match(failed.out, /Pretending action \d+ failed with rc=1/);

  const folder = mkdtempSync(join(tmpdir(), 'holdfast-simulate-'));
  const [output, dot] = [join(folder, 'after.xml'), join(folder, 'graph.dot')];
  await crm(daemon, [...file, '--save-output', output, '--save-dot', dot]);
  t.match(readFileSync(dot, 'utf8'), 'digraph');
  t.ok(readCib(readFileSync(output, 'utf8')).ok, 'what is kept can be read again');
  const settled = await crm(daemon, ['simulate', '--xml-file', output]);
  t.notMatch(settled.out, 'Move ', 'afterwards there is nothing left to move');
});

void t.test('one resource is explained, and all forms come as JSON', async (t) => {
  const daemon = await fakeDaemon(t);
  const why = await crm(daemon, ['simulate', '--xml-file', MOVED, '--explain', 'web']);
  t.match(why.out, 'constraint web-prefers-hatwo');
  const json = await crm(daemon, ['simulate', '--xml-file', MOVED, '--format', 'json']);
  const all = JSON.parse(json.out) as Record<string, string>;
  t.same(Object.keys(all), ['summary', 'dot', 'scores', 'graph']);
  t.match(all['graph'], '<transition_graph');
});

void t.test('what cannot be is refused in a sentence', async (t) => {
  const daemon = await fakeDaemon(t);
  const refused = async (...words: readonly string[]): Promise<string> => {
    const { code, err } = await crm(daemon, ['simulate', ...words]);
    t.not(code, 0, words.join(' '));
    t.notMatch(err, '    at ', 'a sentence, not a stack');
    return err;
  };
  const file = ['--xml-file', MOVED];
  t.match(await refused('--xml-file', '/no/such/file'), 'cannot read /no/such/file');
  t.match(await refused(...file, '--save-dot', '/no/such/folder/x'), 'cannot write /no/such/');
  t.match(await refused(...file, '--date', 'tomorrowish'), '"tomorrowish" is no date');
  t.match(await refused(...file, '--explain', 'wbe'), 'there is no resource "wbe"');
  t.match(await refused(...file, '--format', 'csv'), '--format is one of summary, dot');
  t.match(await refused(...file, '--op-inject', 'web'), 'web');
  t.match(await refused(...file, '--frobnicate', 'x'), 'does not know "--frobnicate"');
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-simulate-'));
  const cut = join(folder, 'cut.xml');
  writeFileSync(cut, readFileSync(MOVED, 'utf8').slice(0, 200));
  t.match(await refused('--xml-file', cut), /cut\.xml.*\d/);
  const notPacked = join(folder, 'x.gz');
  writeFileSync(notPacked, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
  t.match(await refused('--xml-file', notPacked), 'cannot be unpacked');
});

void t.test('a small file that pretends to be endless is refused', async (t) => {
  const daemon = await fakeDaemon(t);
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-simulate-')), 'endless.gz');
  writeFileSync(file, gzipSync(Buffer.alloc(300 * 1024 * 1024)));
  const { code, err } = await crm(daemon, ['simulate', '--xml-file', file]);
  t.not(code, 0);
  t.match(err, 'cannot be unpacked');
});
