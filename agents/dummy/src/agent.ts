/** A resource that is nothing but a file saying that it runs: for trials, examples and tests. */
import {
  type Context,
  defineAgent,
  failed,
  notRunning,
  type Outcome,
  success,
} from '@holdfast/agent';
import type { Milliseconds } from '@holdfast/base';

type Parameters = {
  readonly state: string | undefined;
  readonly delay: Milliseconds;
  readonly fail_start_on: string | undefined;
  readonly fail_stop_on: string | undefined;
  readonly fail_monitor_on: string | undefined;
};

type Asked = Pick<Context<object>, 'resource' | 'files' | 'sleep' | 'stateFolder' | 'meta'> & {
  readonly parameters: Parameters;
};

export const agent = defineAgent({
  name: 'dummy',
  provider: 'holdfast',
  version: '1.0.0',
  shortdesc: 'A resource that pretends',
  longdesc:
    'Keeps a file while it is started, and does nothing else. It shows what the cluster does with a resource without a service that could come to harm.',
  parameters: {
    state: {
      type: 'string',
      unique: true,
      shortdesc: 'State file',
      longdesc:
        'The file that exists while the resource is started. By default one named after the resource, in the folder for run-time state.',
    },
    delay: {
      type: 'duration',
      default: '0',
      reloadable: true,
      shortdesc: 'How long every action takes',
    },
    fail_start_on: {
      type: 'string',
      shortdesc: 'Nodes on which a start fails',
      longdesc: 'Node names separated by commas, or * for all: to try what the cluster does then.',
    },
    fail_stop_on: {
      type: 'string',
      shortdesc: 'Nodes on which a stop fails',
      longdesc: 'Node names separated by commas, or * for all. A failed stop gets the node fenced.',
    },
    fail_monitor_on: {
      type: 'string',
      shortdesc: 'Nodes on which a recurring monitor fails',
      longdesc: 'Node names separated by commas, or * for all. Probes are not affected.',
    },
  },
  actions: {
    start: { timeout: '20s', run: start },
    stop: { timeout: '20s', run: stop },
    monitor: { timeout: '20s', interval: '10s', run: monitor },
    'reload-agent': { timeout: '20s', run: () => success },
  },
});

async function start(context: Asked): Promise<Outcome> {
  const { files, parameters, sleep, resource } = context;
  await sleep(parameters.delay);
  if (isNamed(context, parameters.fail_start_on)) return failed('fail_start_on names this node');
  await files.write(stateFile(context), `${resource}\n`);
  return success;
}

async function stop(context: Asked): Promise<Outcome> {
  const { files, parameters, sleep } = context;
  await sleep(parameters.delay);
  if (isNamed(context, parameters.fail_stop_on)) return failed('fail_stop_on names this node');
  await files.remove(stateFile(context));
  return success;
}

async function monitor(context: Asked): Promise<Outcome> {
  const { files, parameters, sleep, meta } = context;
  await sleep(parameters.delay);
  if ((await files.read(stateFile(context))) === undefined) return notRunning();
  const isProbe = (meta['interval'] ?? '0') === '0';
  if (!isProbe && isNamed(context, parameters.fail_monitor_on)) {
    return failed('fail_monitor_on names this node');
  }
  return success;
}

function stateFile({ parameters, stateFolder, resource }: Asked): string {
  return parameters.state ?? `${stateFolder}/dummy-${resource}.state`;
}

function isNamed({ meta }: Asked, nodes: string | undefined): boolean {
  const names = (nodes ?? '').split(',').map((each) => each.trim());
  return names.includes('*') || (meta['on_node'] !== undefined && names.includes(meta['on_node']));
}
