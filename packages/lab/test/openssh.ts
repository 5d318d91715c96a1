/** Debian's OpenSSH client as somebody who sits at a console. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Person = {
  /** All that the console has said so far. */
  readonly seen: () => string;
  readonly type: (keys: string) => void;
  /** Resolves when the connection has ended. */
  readonly gone: Promise<void>;
  readonly leave: () => void;
};

/** The options that a test's ssh needs: nothing is asked, nothing is remembered. */
export const SSH_OPTIONS: readonly string[] = [
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
  ...['-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'],
];

/** Throws where OpenSSH is not installed, for then nothing would be tested. */
export function sitDown(
  folder: string,
  { address, port, password }: { address: string; port: number; password: string },
): Person {
  if (!existsSync('/usr/bin/ssh')) {
    throw new Error('/usr/bin/ssh is missing: run `npm run setup:peers` as root');
  }
  const askpass = join(folder, `askpass-${port}`);
  writeFileSync(askpass, `#!/bin/sh\necho '${password}'\n`);
  chmodSync(askpass, 0o700);
  const child = spawn(
    '/usr/bin/ssh',
    ['-tt', ...SSH_OPTIONS, '-p', String(port), `apc@${address}`],
    {
      env: { ...process.env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: 'none' },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let text = '';
  const hear = (data: Buffer): void => {
    text += data.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.stdin.on('error', () => undefined);
  return {
    seen: () => text,
    type: (keys) => child.stdin.write(keys),
    gone: new Promise((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    }),
    leave: () => {
      child.kill('SIGKILL');
    },
  };
}
