/** Where a cluster's socket is: one root, or one path, chooses the cluster. */
import { join } from 'node:path';

export type SocketChoice = {
  /** What the command line said (`crm --root DIR`); wins over the environment. */
  readonly root?: string | undefined;
  readonly socket?: string | undefined;
};

/** The daemon's socket: command line first, then HOLDFAST_SOCKET, then HOLDFAST_ROOT, then `/`. */
export function socketPath(
  environment: Readonly<Record<string, string | undefined>>,
  choice: SocketChoice = {},
): string {
  if (choice.socket !== undefined) return choice.socket;
  if (choice.root !== undefined) return socketUnder(choice.root);
  const socket = environment['HOLDFAST_SOCKET'];
  if (socket !== undefined && socket !== '') return socket;
  const root = environment['HOLDFAST_ROOT'];
  return socketUnder(root === undefined || root === '' ? '/' : root);
}

function socketUnder(root: string): string {
  return join(root, 'run/holdfast/holdfast.sock');
}
