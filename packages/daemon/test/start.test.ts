/** What an operator did wrong is said in one sentence each, with the place and the way out. */
import { createSocket } from 'node:dgram';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { conf, newPlace, removePlace, rootOf, startAndFail, writeConf } from './support/daemons.ts';

void t.test(
  'a configuration that cannot be used is refused, with file, line, value and way out',
  (t) => {
    const place = newPlace();
    const rows: readonly { why: string; text: string | undefined; code: number; says: RegExp }[] = [
      { why: 'no file', text: undefined, code: 66, says: /corosync\.conf: there is no such file/ },
      {
        why: 'unknown key',
        text: conf(place).replace('two_node', 'two_nodes'),
        code: 78,
        says: /corosync\.conf:\d+: .*two_nodes.*two_node/,
      },
      {
        why: 'bad number',
        text: conf(place).replace('token: 1000', 'token: fast'),
        code: 78,
        says: /corosync\.conf:5: .*"fast"/,
      },
      {
        why: 'a node twice',
        text: conf(place).replace('nodeid: 2', 'nodeid: 1'),
        code: 78,
        says: /corosync\.conf:\d+: .*nodeid/,
      },
      {
        why: 'no such address',
        text: conf(place).replace(`${place.net}.1`, '203.0.113.7'),
        code: 69,
        says: /corosync\.conf:\d+: .*203\.0\.113\.7/,
      },
      {
        why: 'a brace too few',
        text: conf(place).slice(0, -2),
        code: 78,
        says: /corosync\.conf:\d+: /,
      },
    ];
    for (const { why, text, code, says } of rows) {
      if (text !== undefined) writeConf(place, 'haone', text);
      const done = startAndFail(place, 'haone');
      t.equal(done.code, code, `${why}: exit code`);
      t.match(done.said, says, why);
      t.notMatch(done.said, /\n\s+at /, `${why}: no stack trace`);
    }
    removePlace(place);
    t.end();
  },
);

void t.test(
  'a file that is a folder, an unknown node and an unknown option are told apart',
  (t) => {
    const place = newPlace();
    mkdirSync(join(rootOf(place, 'haone'), 'etc/corosync/corosync.conf'), { recursive: true });
    t.equal(startAndFail(place, 'haone').code, 74);
    writeConf(place, 'hathree', conf(place));
    const unknown = startAndFail(place, 'hathree');
    t.equal(unknown.code, 68);
    t.match(unknown.said, /"hathree" is not in the nodelist; it lists haone, hatwo/);
    t.equal(startAndFail(place, 'hathree', ['--colour']).code, 64);
    removePlace(place);
    t.end();
  },
);

void t.test('a port that somebody else has is named', async (t) => {
  const place = newPlace();
  writeConf(place, 'haone', conf(place));
  const other = createSocket('udp4');
  await new Promise<void>((resolve) => {
    other.bind(5405, `${place.net}.1`, resolve);
  });
  const done = startAndFail(place, 'haone');
  t.equal(done.code, 69);
  t.match(done.said, new RegExp(`port 5405 of ${place.net.replaceAll('.', '\\.')}\\.1`));
  other.close();
  removePlace(place);
});
