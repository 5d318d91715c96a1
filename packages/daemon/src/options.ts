/** The daemon's command line. */
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '@holdfast/base';

export type Options = {
  readonly root: string;
  /** This host's name in the nodelist; without it, the node whose address is here. */
  readonly node: string | undefined;
  readonly configuration: string | undefined;
  readonly isQuiet: boolean;
};

export const USAGE = `holdfastd: one node of a Holdfast cluster

  holdfastd [--root DIR] [--node NAME] [--config FILE] [--quiet]

  --root DIR     keep /etc, /var and /run under DIR (many nodes on one machine)
  --node NAME    which node of the nodelist this is (default: the one whose address is here)
  --config FILE  read FILE instead of /etc/holdfast/corosync.conf or /etc/corosync/corosync.conf
  --quiet        say nothing on the terminal; everything is in /var/log/holdfast/holdfast.log
`;

export type Invocation =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

export function parseOptions(argv: readonly string[]): Result<Invocation, string> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        root: { type: 'string' },
        node: { type: 'string' },
        config: { type: 'string' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    }));
  } catch (cause) {
    return fail(
      `${cause instanceof Error ? cause.message : String(cause)} (holdfastd --help tells the options)`,
    );
  }
  if (values.help === true) return ok({ kind: 'help' });
  if (values.version === true) return ok({ kind: 'version' });
  return ok({
    kind: 'run',
    options: {
      root: values.root ?? process.env['HOLDFAST_ROOT'] ?? '/',
      node: values.node,
      configuration: values.config,
      isQuiet: values.quiet ?? false,
    },
  });
}
