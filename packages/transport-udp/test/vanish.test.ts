/** An interface that vanishes, in a network namespace of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SCRIPT = fileURLToPath(new URL('support/vanish.js', import.meta.url));

void t.test(
  'a vanished interface is told, nothing else is bound for it, and it is rebound',
  (t) => {
    const canUnshare = spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
    if (!canUnshare) {
      t.comment('this host allows no network namespaces; the interface stays');
      t.end();
      return;
    }
    const done = spawnSync('unshare', ['-rn', process.execPath, SCRIPT], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    t.equal(done.status, 0, done.stderr);
    const told = ['0: 1472', '1: 65507', '0: gone', '0: 1472', '0: 1372', '0: gone'];
    t.same(JSON.parse(done.stdout || '[]'), told);
    t.end();
  },
);
