/** The relay as a process: `relay-main.js CONTROL-SOCKET CONFIG-AS-JSON [--ends-with-parent]`. */
import { serveControl } from '@holdfast/lab';
import { Relay, type RelayConfig } from './relay.ts';

const [, , controlPath = '', json = '', mode] = process.argv;
const relay = await Relay.open(JSON.parse(json) as RelayConfig);
await serveControl(controlPath, (request) => {
  switch (request['do']) {
    case 'cut':
      relay.isCut = true;
      break;
    case 'heal':
      relay.isCut = false;
      break;
    case 'status':
      break;
    default:
      return Promise.reject(new Error('do must be cut, heal or status'));
  }
  return Promise.resolve({ isCut: relay.isCut, ...relay.counters });
});

const end = (): void => {
  process.exit(0);
};
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
process.stdout.on('error', () => undefined);
if (mode === '--ends-with-parent') {
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
}
process.stdout.write(`${JSON.stringify({ ready: 'relay' })}\n`);
