/** What goes in comes out, once; everything else is dropped, counted, and changes nothing. */
import { hkdfSync, randomBytes } from 'node:crypto';
import t from 'tap';
import { type NodeId, nodeId } from '@holdfast/base';
import { filterOf } from '#src/filter.js';
import { datagramKey } from '#src/keys.js';
import {
  type CipherName,
  fasterCipher,
  masterKey,
  type MasterKey,
  opener,
  type Opener,
  OVERHEAD_BYTES,
  sealer,
  type Sealer,
} from '@holdfast/sealing';

const ONE = nodeId(1);
const TWO = nodeId(2);
const THREE = nodeId(3);
const KEY = masterKey(randomBytes(256), 'ha');
const text = (plain: Uint8Array): string => Buffer.from(plain).toString('utf8');
const bytes = (words: string): Buffer => Buffer.from(words, 'utf8');

function sender(options: {
  readonly self?: NodeId;
  readonly epoch?: number;
  readonly cipher?: CipherName;
  readonly master?: MasterKey | undefined;
}): Sealer {
  return sealer({ self: ONE, epoch: 1000, cipher: 'aes-256-gcm', master: KEY, ...options });
}

function receiver(self = TWO, masters: readonly MasterKey[] = [KEY]): Opener {
  return opener({ self, peers: [ONE, TWO, THREE].filter((id) => id !== self), masters });
}

/** How it ended, in a word. */
function verdict(at: Opener, datagram: Buffer): string {
  const opened = at.open(datagram);
  return opened.kind === 'rejected' ? opened.why : text(opened.plain);
}

void t.test('a sealed datagram is read by whom it is for, and by nobody twice', (t) => {
  for (const cipher of ['aes-256-gcm', 'chacha20-poly1305'] as const) {
    const from = sender({ cipher });
    const [two, three] = [receiver(TWO), receiver(THREE)];
    const toAll = from.seal(bytes('to all'), 'all');
    t.equal(toAll.length, 'to all'.length + OVERHEAD_BYTES);
    t.notOk(toAll.includes('to all'), 'nobody else can read it');
    t.equal(verdict(two, toAll), 'to all');
    t.equal(verdict(three, toAll), 'to all');
    t.equal(verdict(two, toAll), 'replayed');
    const toTwo = from.seal(bytes('the token'), TWO);
    t.equal(verdict(three, toTwo), 'forged', 'a datagram for another node is no good here');
    t.equal(verdict(two, toTwo), 'the token');
  }
  t.end();
});

void t.test('every byte is authenticated', (t) => {
  const datagram = sender({}).seal(bytes('shoot node two'), 'all');
  for (let at = 0; at < datagram.length; at += 1) {
    const changed = Buffer.from(datagram);
    changed[at] = (changed[at] ?? 0) ^ 1;
    t.equal(receiver().open(changed).kind, 'rejected', `byte ${at}`);
  }
  for (let length = 0; length < datagram.length; length += 1)
    t.equal(receiver().open(datagram.subarray(0, length)).kind, 'rejected', `cut to ${length}`);
  t.end();
});

void t.test('what is refused, and as what', (t) => {
  const other = masterKey(randomBytes(256), 'ha');
  const named = masterKey(bytes('the same bytes, but the name differs'), 'ha');
  const renamed = masterKey(bytes('the same bytes, but the name differs'), 'hb');
  t.not(named.fingerprint, renamed.fingerprint, 'a key belongs to the cluster of its name');
  const at = receiver();
  const rows: readonly (readonly [string, Buffer, string])[] = [
    ['noise', randomBytes(100).fill(0x11, 0, 1), 'garbage'],
    ['nothing', Buffer.alloc(0), 'garbage'],
    ['a node of no list', sender({ self: nodeId(9) }).seal(bytes('x'), 'all'), 'unlisted'],
    ['our own', sender({ self: TWO }).seal(bytes('x'), 'all'), 'reflected'],
    ['clear', sender({ master: undefined }).seal(bytes('x'), 'all'), 'otherMode'],
  ];
  for (const [why, datagram, expected] of rows) t.equal(verdict(at, datagram), expected, why);
  const strange = verdict(at, sender({ master: other }).seal(bytes('x'), 'all'));
  t.ok(strange === 'otherKey' || strange === 'forged', 'sealed with another key');
  t.equal(verdict(receiver(TWO, []), sender({}).seal(bytes('x'), 'all')), 'otherMode');
  t.match(at.counters(), { opened: 0, garbage: 2, unlisted: 1, reflected: 1, otherMode: 1 });
  t.end();
});

void t.test('an earlier life is over once a later one has proven itself, and not before', (t) => {
  const at = receiver();
  const [old, young] = [sender({ epoch: 1 }), sender({ epoch: 2 })];
  t.match(at.open(old.seal(bytes('a'), 'all')), { isProven: false });
  at.prove(ONE, 1, 1);
  t.match(at.open(old.seal(bytes('b'), 'all')), { isProven: true });
  t.match(at.open(young.seal(bytes('c'), 'all')), { isProven: false }, 'a candidate');
  t.match(at.open(old.seal(bytes('d'), 'all')), { isProven: true }, 'which ends nothing yet');
  const answer = at.open(young.seal(bytes('e'), 'all'));
  t.match(answer, { isProven: false, epoch: 2, counter: 2 });
  at.prove(ONE, 2, 2);
  t.equal(verdict(at, old.seal(bytes('f'), 'all')), 'stale');
  t.match(at.open(young.seal(bytes('g'), 'all')), { isProven: true });
  t.end();
});

void t.test('what was recorded before a restart of the receiver opens nothing after it', (t) => {
  const from = sender({});
  const recorded = Array.from({ length: 10 }, (_, index) => from.seal(bytes(`r${index}`), 'all'));
  const again = receiver();
  for (const datagram of recorded.slice(0, 3)) t.match(again.open(datagram), { isProven: false });
  t.match(again.open(from.seal(bytes('the answer'), TWO)), { counter: 11 });
  again.prove(ONE, 1000, 11);
  for (const datagram of recorded) t.equal(verdict(again, datagram), 'replayed');
  t.match(again.open(from.seal(bytes('new'), 'all')), { isProven: true });
  t.end();
});

void t.test('keys are those of RFC 5869, and differ with every life, sender and cipher', (t) => {
  const secret = randomBytes(64);
  const use = { cipher: 'aes-256-gcm', sender: 7, epoch: 1234567890123, counter: 1 } as const;
  const master = masterKey(secret, 'ha');
  const info = Buffer.alloc(29);
  info.write('pkt\x01', 'latin1');
  info.writeUInt32BE(master.fingerprint, 4);
  info.writeUInt32BE(7, 8);
  info.writeBigUInt64BE(1234567890123n, 12);
  const expected = Buffer.from(hkdfSync('sha256', secret, 'holdfast datagram v1\0ha', info, 32));
  t.same(datagramKey(master, use).export(), expected);
  const keys = [
    use,
    { ...use, sender: 8 },
    { ...use, epoch: use.epoch + 1 },
    { ...use, cipher: 'chacha20-poly1305' } as const,
    { ...use, counter: 2 ** 32 },
  ].map((each) => datagramKey(master, each).export().toString('hex'));
  t.equal(new Set(keys).size, keys.length);
  t.ok(['aes-256-gcm', 'chacha20-poly1305'].includes(fasterCipher()));
  t.end();
});

void t.test('two keys are taken while keys change, one before and after', (t) => {
  const next = masterKey(randomBytes(256), 'ha');
  const [from, at] = [sender({}), receiver()];
  t.equal(verdict(at, from.seal(bytes('old'), 'all')), 'old');
  at.accept([KEY, next]);
  from.useKey(next);
  const inFlight = sender({ self: THREE }).seal(bytes('still old'), 'all');
  t.equal(verdict(at, from.seal(bytes('new'), 'all')), 'new');
  t.equal(verdict(at, inFlight), 'still old');
  at.accept([next]);
  t.equal(verdict(at, from.seal(bytes('new again'), 'all')), 'new again');
  const late = at.open(sender({ self: THREE, epoch: 5 }).seal(bytes('late'), 'all'));
  t.equal(late.kind, 'rejected');
  t.end();
});

void t.test('the filter is HalfSipHash-2-4, as its authors published it', (t) => {
  // Key 00 01 … 07, messages of 0, 4, 8 … bytes counting from 00.
  const key = [0x03020100, 0x07060504] as const;
  const message = Buffer.from(Array.from({ length: 64 }, (_, index) => index));
  const published: Readonly<Record<number, string>> = {
    0: 'a9359f5b',
    4: '2a6e4689',
    8: 'd0b8848f',
    12: '57f0872f',
    16: 'd9b5ac84',
    20: 'e34d1045',
    24: '27400c63',
  };
  for (const [length, expected] of Object.entries(published)) {
    const found = Buffer.alloc(4);
    found.writeUInt32LE(filterOf(key, message, Number(length)));
    t.equal(found.toString('hex'), expected, `${length} bytes`);
  }
  t.end();
});

void t.test('forged floods leave nothing behind', (t) => {
  const at = receiver();
  const real = sender({});
  at.open(real.seal(bytes('a'), 'all'));
  at.prove(ONE, 1000, 1);
  const forger = sender({ master: masterKey(randomBytes(256), 'ha'), epoch: 1000 });
  for (let count = 0; count < 20_000; count += 1) {
    const datagram = forger.seal(bytes('x'), 'all');
    datagram[2] = KEY.keyId;
    datagram.writeUInt32BE(1001 + count, 12);
    at.open(datagram);
  }
  t.equal(at.counters().forged, 20_000);
  t.equal(verdict(at, real.seal(bytes('b'), 'all')), 'b', 'and the real sender is still heard');
  t.end();
});
