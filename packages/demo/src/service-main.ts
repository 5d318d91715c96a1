/**
 * The service that the cluster keeps alive: `service-main.js --journal FILE --listen ADDRESS:PORT`.
 * Answers every connection with its node and pid, and writes its life into the journal. Its address
 * can be taken once only, so that a second instance betrays itself.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';

/** As in journal.ts: this file imports nothing of ours, for it is to start fast. */
const BEAT_MS = 25;

const [, , , journalPath = '', , listen = ''] = process.argv;
const journal = openSync(journalPath, 'a');
// The power outlet's mark ends in the name of the computer on it.
const node = (process.env['HOLDFAST_LAB_OUTLET'] ?? '?').split('/').at(-1);

function write(
  kind: 'start' | 'serving' | 'beat' | 'stop' | 'refused',
  sinceStartMs = performance.now(),
): void {
  const at = Math.round((performance.timeOrigin + sinceStartMs) * 10) / 10;
  writeSync(journal, `${JSON.stringify({ kind, at, pid: process.pid, node })}\n`);
}

// The process lives from its first moment, not from when Node is ready to run this line.
write('start', 0);
const colon = listen.lastIndexOf(':');
const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${node ?? '?'} ${process.pid}\n`);
});
server.on('error', () => {
  write('refused');
  process.exit(1);
});
server.listen(Number(listen.slice(colon + 1)), listen.slice(0, colon), () => {
  write('serving');
  setInterval(() => {
    write('beat');
  }, BEAT_MS);
});
process.on('SIGTERM', () => {
  server.close();
  write('stop');
  process.exit(0);
});
