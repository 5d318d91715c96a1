/** Where things are: the project, and the demonstration's own folder inside it. */
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout; every process of the demonstration runs in it. */
export const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

export const SEED_CONF = join(PROJECT, 'examples/two-node/corosync.conf');
const script = (path: string): string => join(PROJECT, 'packages', path);
export const CRM_MAIN = script('crm/dist/main.js');
export const DAEMON_MAIN = script('daemon/dist/main.js');
export const PDU_MAIN = script('lab/dist/pdu-main.js');
export const RELAY_MAIN = script('demo/dist/relay-main.js');
export const SERVICE_MAIN = script('demo/dist/service-main.js');

export const NODE_NAMES = ['haone', 'hatwo'] as const;
export type Name = (typeof NODE_NAMES)[number];

export function other(name: Name): Name {
  return name === 'haone' ? 'hatwo' : 'haone';
}

/** The PDU's outlet of a node. */
export function outletOf(name: Name): number {
  return NODE_NAMES.indexOf(name) + 1;
}

export type Folder = {
  /**
   * The whole folder, seen from the project: a socket's path may not be longer than about 100
   * characters, and checkouts lie deep.
   */
  readonly path: string;
  /** Shows that the folder is the demonstration's. */
  readonly badge: string;
  readonly record: string;
  readonly journal: string;
  readonly pduConfig: string;
  readonly pdu: string;
  readonly pduControl: string;
  readonly relayControl: string;
  readonly root: (name: Name) => string;
};

export function folderAt(path: string): Folder {
  const here = relative(PROJECT, path) || '.';
  return {
    path: here,
    badge: join(here, 'README'),
    record: join(here, 'processes.json'),
    journal: join(here, 'journal.jsonl'),
    pduConfig: join(here, 'pdu.json'),
    pdu: join(here, 'pdu'),
    pduControl: join(here, 'pdu/control.sock'),
    relayControl: join(here, 'relay.sock'),
    root: (name) => here + sep + name,
  };
}
