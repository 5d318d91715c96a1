/** The simulated PDU as a process: `node pdu-main.js --config FILE`. Prints one line when it is ready. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pdu } from './pdu.ts';
import { readPduConfig } from './pdu-config.ts';

const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) {
    complain('usage: pdu-main.js --config FILE', EXIT_USAGE);
    return;
  }
  const config = readPduConfig(readFileSync(values.config, 'utf8'));
  if (!config.ok) {
    complain(`${values.config}: ${config.fault}`, EXIT_CONFIG);
    return;
  }
  const { name, address, port, endsWithParent } = config.value;
  let pdu;
  try {
    pdu = await Pdu.start(config.value);
  } catch (cause) {
    complain(`${name} cannot start: ${String(cause)}`, EXIT_UNAVAILABLE);
    process.exit();
  }
  endCleanly(pdu, endsWithParent);
  process.stdout.write(`${JSON.stringify({ ready: name, address, port })}\n`);
}

/** A terminal's Ctrl-C reaches us too, but ending is our parent's decision, so SIGINT is ignored. */
function endCleanly(pdu: Pdu, endsWithParent: boolean): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    void pdu.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', endsWithParent ? () => undefined : end);
  process.on('SIGHUP', end);
  // Whoever reads our lines may be gone; that is no reason to die with the power on.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  if (!endsWithParent) return;
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
}

function complain(sentence: string, code: number): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = code;
}

try {
  await main();
} catch (cause) {
  complain(String(cause), EXIT_USAGE);
}
