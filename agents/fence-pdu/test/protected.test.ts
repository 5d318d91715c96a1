import t from 'tap';
import { BY_OIDS, FAMILIES, familyCalled, oidOf } from '#src/families.js';
import { isAsProtected } from '#src/protected.js';

function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);

/** A version 3 message as RFC 3412 lays it out, with these flags around a PDU of this kind. */
function message(flags: number, pdu: number, padding = 4): Buffer {
  const header = [
    element(2, bytes(7)),
    element(2, bytes(0x7f, 0xff)),
    element(4, bytes(flags)),
    element(2, bytes(3)),
  ];
  const scoped = element(
    0x30,
    element(4, bytes(1)),
    element(4),
    element(pdu, Buffer.alloc(padding)),
  );
  const security = element(4, Buffer.alloc(20));
  return element(0x30, element(2, bytes(3)), element(0x30, ...header), security, scoped);
}

const REPORT = 0xa8;
const RESPONSE = 0xa2;

void t.test('an answer weaker than its question is no answer', (t) => {
  const sealed = message(3, 0x04);
  const rows: readonly [string, Buffer, 0 | 1 | 3, boolean][] = [
    ['a sealed answer to a sealed question', sealed, 3, true],
    [
      'an unsealed answer to a sealed question: anybody could say "off"',
      message(0, RESPONSE),
      3,
      false,
    ],
    ['an authenticated but open answer to a sealed question', message(1, RESPONSE), 3, false],
    ['an open answer to an authenticated question', message(0, RESPONSE), 1, false],
    ['an authenticated one', message(1, RESPONSE), 1, true],
    ['a report, which tells why a question was not taken', message(0, REPORT), 3, true],
    ['a long report', message(0, REPORT, 300), 3, true],
    ['an open question has open answers', message(0, RESPONSE), 0, true],
    ['a version 2c answer to a sealed question', element(0x30, element(2, bytes(1))), 3, false],
    ['a message cut short', message(0, REPORT).subarray(0, 20), 3, false],
    ['nothing', Buffer.alloc(0), 3, false],
  ];
  for (const [why, data, level, expected] of rows)
    t.equal(isAsProtected(data, level), expected, why);
  t.end();
});

void t.test('a family is told by what the device calls itself', (t) => {
  const rows: readonly [string, string][] = [
    ['1.3.6.1.4.1.318.1.3.4.5', 'apc-rpdu'],
    ['1.3.6.1.4.1.318.1.3.4.5.1', 'apc-rpdu'],
    ['1.3.6.1.4.1.534.6.6.6', 'eaton-managed'],
    ['1.3.6.1.4.1.534.6.6.7', 'eaton-g3'],
    ['1.3.6.1.4.1.13742.6', 'raritan'],
    ['1.3.6.1.4.1.850.1', 'tripplite'],
    ['1.3.6.1.4.1.850.1.1.1', 'tripplite-lx'],
    ['1.3.6.1.4.1.476.1.42.3', 'emerson'],
  ];
  for (const [called, name] of rows) {
    const found = familyCalled(called);
    t.equal(found.ok ? found.value.name : found.fault, name);
  }
  const unknown = familyCalled('1.3.6.1.4.1.318.1.3.4.50');
  t.match(
    unknown.ok ? '' : unknown.fault,
    /318\.1\.3\.4\.50.*no family/,
    'no number begins another',
  );
  t.equal(oidOf('1.2.{n-1}', 1, 3), '1.2.2');
  t.equal(oidOf('1.2.{u}.9.{n+1}.0', 4, 3), '1.2.4.9.4.0');
  t.equal(oidOf('.1.2', 1, 3), '1.2.3', 'an id without a place for the outlet gets it at the end');
  t.notOk(FAMILIES.some(({ name }) => name === (BY_OIDS as string)));
  t.end();
});
