/** Keys on a real disk. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { describeKeyFault, readKeyFile, writeKeyFile } from '@holdfast/sealing';

const folder = mkdtempSync(join(tmpdir(), 'hf-key-'));
t.teardown(() => {
  rmSync(folder, { recursive: true });
});

void t.test('a new key is random, for its owner only, and never written over another', (t) => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  t.same(
    [writeKeyFile(one), writeKeyFile(two)].map(({ ok }) => ok),
    [true, true],
  );
  t.equal(statSync(one).mode & 0o7777, 0o400);
  t.notSame(readFileSync(one), readFileSync(two));
  t.match(readKeyFile(one), { ok: true, value: readFileSync(one) });
  const before = readFileSync(one);
  const again = writeKeyFile(one);
  t.match(again, { ok: false, fault: { kind: 'exists' } });
  t.same(readFileSync(one), before);
  t.same(readdirSync(folder).sort(), ['one', 'two'], 'nothing is left lying about');
  t.end();
});

void t.test('what is no good key is named with its place and a way out', (t) => {
  const rows = [
    { why: 'others can read it', bytes: 256, mode: 0o644, says: /mode is 0644.*chmod 0400/ },
    { why: 'a group can read it', bytes: 256, mode: 0o440, says: /mode is 0440/ },
    { why: 'others can write it', bytes: 256, mode: 0o602, says: /mode is 0602/ },
    { why: 'too short', bytes: 31, mode: 0o400, says: /has 31 bytes, and a key has 32 to 4096/ },
    { why: 'too long', bytes: 4097, mode: 0o400, says: /has 4097 bytes/ },
  ];
  for (const [index, { why, bytes, mode, says }] of rows.entries()) {
    const path = join(folder, `bad${index}`);
    writeFileSync(path, Buffer.alloc(bytes, 7));
    chmodSync(path, mode);
    const read = readKeyFile(path);
    t.notOk(read.ok, why);
    if (!read.ok) t.match(describeKeyFault(read.fault), says, why);
  }
  const absent = readKeyFile(join(folder, 'none'));
  t.match(absent, { ok: false, fault: { kind: 'absent' } });
  if (!absent.ok) t.match(describeKeyFault(absent.fault), /holdfast keygen/);
  t.match(writeKeyFile(join(folder, 'no/such/folder')), {
    fault: { cause: /folder does not exist/ },
  });
  t.end();
});
