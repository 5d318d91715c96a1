/** Where a node keeps its things. One root option moves them all, so that many nodes fit one machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type Paths = {
  readonly root: string;
  /** The first that exists of `/etc/holdfast/corosync.conf` and `/etc/corosync/corosync.conf`. */
  readonly configuration: string;
  readonly state: string;
  readonly run: string;
  readonly socket: string;
  readonly readOnlySocket: string;
  readonly log: string;
  /** OCF agents: `<dir>/<provider>/<type>`, first hit wins. */
  readonly ocf: readonly string[];
  /** Fence agents by name. */
  readonly fence: readonly string[];
};

export function pathsUnder(root: string, configuration: string | undefined): Paths {
  const own = join(root, 'etc/holdfast/corosync.conf');
  const inherited = join(root, 'etc/corosync/corosync.conf');
  const run = join(root, 'run/holdfast');
  return {
    root,
    configuration: configuration ?? (existsSync(own) ? own : inherited),
    state: join(root, 'var/lib/holdfast'),
    run,
    socket: join(run, 'holdfast.sock'),
    readOnlySocket: join(run, 'holdfast-read.sock'),
    log: join(root, 'var/log/holdfast/holdfast.log'),
    ocf: [join(root, 'usr/lib/ocf/resource.d'), '/usr/lib/ocf/resource.d'],
    fence: [join(root, 'usr/sbin'), '/usr/sbin'],
  };
}
