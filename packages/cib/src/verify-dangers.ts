/** Settings that are allowed, and cost people their data. */
import { everyResource } from './every-resource.ts';
import type { CibFault } from './fault.ts';
import type { Configuration, Primitive } from './model.ts';
import { property } from './values.ts';
import { checkFencing, checkSurroundings, type Surroundings } from './verify-fencing.ts';

/** `surroundings`: what a live cluster knows beyond its configuration; undefined: there is none. */
export function checkDangers(
  configuration: Configuration,
  surroundings?: Surroundings,
): readonly CibFault[] {
  const primitives = [...everyResource(configuration.resources)].filter(
    (each) => each.kind === 'primitive',
  );
  return [
    ...checkFencing(configuration, primitives),
    ...(surroundings === undefined
      ? []
      : checkSurroundings(configuration, primitives, surroundings)),
    ...checkQuorumPolicy(configuration),
    ...primitives.flatMap(checkStops),
  ];
}

function atProperty(attribute: string, value: string, what: string): CibFault {
  return { severity: 'warning', element: 'cib-bootstrap-options', attribute, value, what };
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
