/** Settings that are allowed, and cost people their data. */
import { everyResource } from './every-resource.ts';
import type { CibFault } from './fault.ts';
import { readDuration } from './literals.ts';
import type { Configuration, Primitive } from './model.ts';
import { booleanProperty, durationProperty, instanceOf, property } from './values.ts';

export function checkDangers(configuration: Configuration): readonly CibFault[] {
  const primitives = [...everyResource(configuration.resources)].filter(
    (each) => each.kind === 'primitive',
  );
  return [
    ...checkFencing(configuration, primitives),
    ...checkQuorumPolicy(configuration),
    ...primitives.flatMap(checkStops),
  ];
}

function atProperty(attribute: string, value: string, what: string): CibFault {
  return { severity: 'warning', element: 'cib-bootstrap-options', attribute, value, what };
}

function checkFencing(
  configuration: Configuration,
  primitives: readonly Primitive[],
): readonly CibFault[] {
  if (!booleanProperty(configuration, 'stonith-enabled')) {
    const what =
      'a lost node is recovered from without proof that it is off: shared data can be destroyed';
    return [atProperty('stonith-enabled', 'false', what)];
  }
  const devices = primitives.filter(({ agent }) => agent.class === 'stonith');
  if (devices.length > 0) return checkDelays(configuration, devices);
  if (primitives.length === 0 || booleanProperty(configuration, 'have-watchdog')) return [];
  const what =
    'fencing is on, but there is no fence device: nothing is recovered from a lost node, and nothing starts; add one (crm configure primitive … stonith:…)';
  return [{ severity: 'error', element: 'resources', attribute: '', value: '', what }];
}

const DELAYS = ['delay', 'pcmk_delay_base', 'pcmk_delay_max'];

/** Two nodes that lose sight of each other shoot at once, and both go down. */
function checkDelays(
  configuration: Configuration,
  devices: readonly Primitive[],
): readonly CibFault[] {
  const members = configuration.nodes.filter(({ kind }) => kind === 'member');
  if (members.length !== 2 || devices.length < 2) return [];
  if (durationProperty(configuration, 'priority-fencing-delay') > 0) return [];
  const hasDelay = devices.some((device) => {
    const parameters = instanceOf(device);
    return DELAYS.some((name) => isDelay(parameters.get(name)));
  });
  if (hasDelay) return [];
  const what =
    'no fence device has a delay: when the link is cut, both nodes may shoot each other; give the device that fences the more important node pcmk_delay_base';
  return [{ severity: 'warning', element: 'resources', attribute: '', value: '', what }];
}

/** `5s`, or a list for each node: `haone:5s;hatwo:0`. */
function isDelay(text: string | undefined): boolean {
  if (text === undefined) return false;
  return text.split(/[;,\s]+/).some((part) => (readDuration(part.replace(/^[^:]*:/, '')) ?? 0) > 0);
}

function checkQuorumPolicy(configuration: Configuration): readonly CibFault[] {
  const policy = property(configuration, 'no-quorum-policy')?.toLowerCase();
  const members = configuration.nodes.filter(({ kind }) => kind === 'member');
  if (policy !== 'ignore' || members.length < 3) return [];
  const what = 'with more than two nodes, both halves of a split would run everything; use stop';
  return [atProperty('no-quorum-policy', 'ignore', what)];
}

/** After a failed stop nobody knows whether it still runs. */
function checkStops({ operations }: Primitive): readonly CibFault[] {
  return operations
    .filter(({ name, options }) => name === 'stop' && options['on-fail'] === 'ignore')
    .map(({ id }) => ({
      severity: 'warning',
      element: id,
      attribute: 'on-fail',
      value: 'ignore',
      what: 'a failed stop is taken for a stop: the resource can run on two nodes at once',
    }));
}
