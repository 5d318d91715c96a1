/** The world of the demonstration: folder, network, relay, PDU; set up from nothing, left as nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { askControl, MARK, type PduConfig } from '@holdfast/lab';
import { confFor, HOST, type Net, RING_PORT } from './corosync-conf.ts';
import { findNet } from './network.ts';
import {
  DAEMON_MAIN,
  type Folder,
  NODE_NAMES,
  PDU_MAIN,
  PROJECT,
  RELAY_MAIN,
  SEED_CONF,
} from './paths.ts';
import { endRun, identify, type RunRecord, writeRecord } from './record.ts';
import type { RelayConfig } from './relay.ts';
import { untilTrue } from './until.ts';

export const PDU_PORT = 1161;
export const SERVICE_PORT = 8080;
const READY_LIMIT_MS = 15_000;

/** What we will not do; the message says why and is all that anybody needs to see. */
export class Refused extends Error {}

export type World = {
  readonly folder: Folder;
  readonly net: Net;
  readonly mark: string;
  /** Ends every process; answers how many had to be found left over afterwards: none, if all is well. */
  close(): Promise<number>;
  /** Lets go: everything goes on without us. */
  leave(): void;
};

/** Wipes the folder, writes the configurations, starts relay and PDU; the nodes have no power yet. */
export async function openWorld(folder: Folder, outlivesUs: boolean): Promise<World> {
  process.chdir(PROJECT);
  wipe(folder);
  const net = await findNet();
  const mark = randomBytes(8).toString('hex');
  const demo = identify(process.pid);
  if (demo === null)
    throw new Error('/proc does not show this process: the demonstration needs Linux');
  writeNodes(folder, net);
  writeFileSync(folder.pduConfig, JSON.stringify(pduConfig(folder, net, mark, !outlivesUs)));
  let record: RunRecord = { mark, demo, pdu: null, relay: null };
  writeRecord(folder.record, record);
  const close = (): Promise<number> => endRun(folder.record, record);
  try {
    const start = starter(folder, mark, outlivesUs);
    const mode = outlivesUs ? [] : ['--ends-with-parent'];
    const relay = start('relay', [
      RELAY_MAIN,
      folder.relayControl,
      JSON.stringify(relayConfig(net)),
      ...mode,
    ]);
    const pdu = start('pdu', [PDU_MAIN, '--config', folder.pduConfig]);
    record = { ...record, pdu: identify(pdu.pid), relay: identify(relay.pid) };
    writeRecord(folder.record, record);
    await Promise.all([
      ready('the relay', relay, folder.relayControl),
      ready('the PDU', pdu, folder.pduControl),
    ]);
  } catch (cause) {
    await close();
    throw cause;
  }
  const leave = (): void => {
    // The next run may take over what this one leaves: no living demonstration owns it.
    record = { ...record, demo: { pid: 0, startedAtTicks: 0 } };
    writeRecord(folder.record, record);
  };
  return { folder, net, mark, close, leave };
}

/** Only a folder that is ours: somebody may have named one by mistake. */
function wipe(folder: Folder): void {
  if (existsSync(folder.path) && readdirSync(folder.path).length > 0 && !existsSync(folder.badge)) {
    throw new Refused(`${folder.path} holds something else; name another folder`);
  }
  rmSync(folder.path, { recursive: true, force: true });
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(folder.badge, 'Written by the demonstration, and wiped by the next one.\n');
}

function writeNodes(folder: Folder, net: Net): void {
  const seed = readFileSync(SEED_CONF, 'utf8');
  for (const name of NODE_NAMES) {
    const path = join(folder.root(name), 'etc/corosync/corosync.conf');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, confFor(name, seed, net));
  }
}

function pduConfig(folder: Folder, net: Net, mark: string, endsWithParent: boolean): PduConfig {
  return {
    name: 'rack-pdu',
    address: `${net.prefix}.${HOST.pdu}`,
    port: PDU_PORT,
    readCommunity: 'public',
    writeCommunity: 'private',
    folder: folder.pdu,
    mark,
    endsWithParent,
    outlets: NODE_NAMES.map((name) => ({
      name,
      directory: PROJECT,
      forgets: [join(PROJECT, folder.root(name), 'run')],
      command: [process.execPath, DAEMON_MAIN, '--root', folder.root(name), '--node', name],
    })),
  };
}

function relayConfig({ prefix }: Net): RelayConfig {
  return {
    port: RING_PORT,
    nodes: [`${prefix}.${HOST.haone}`, `${prefix}.${HOST.hatwo}`],
    aliases: [`${prefix}.${HOST.haoneByRelay}`, `${prefix}.${HOST.hatwoByRelay}`],
  };
}

function starter(folder: Folder, mark: string, outlivesUs: boolean) {
  return (name: string, args: readonly string[]): ChildProcess => {
    const output = openSync(join(folder.path, `${name}.out`), 'a');
    const child = spawn(process.execPath, args, {
      detached: outlivesUs,
      // A pipe that nobody writes to: it ends when we do, however we end.
      stdio: [outlivesUs ? 'ignore' : 'pipe', output, output],
      env: { ...process.env, [MARK]: `${mark}/${name}` },
    });
    closeSync(output);
    if (outlivesUs) child.unref();
    return child;
  };
}

async function ready(what: string, child: ChildProcess, control: string): Promise<void> {
  await untilTrue(`${what} is ready`, READY_LIMIT_MS, async () => {
    if (child.exitCode !== null) throw new Error(`${what} ended with code ${child.exitCode}`);
    const answer = await askControl(control, { do: 'status' }).catch(() => undefined);
    return answer !== undefined;
  });
}
