/** The ledger of one resource, as an operator would want to read it. */
import type { Ledger, ResourceLedger, Term } from './ledger.ts';

const INFINITE = 1_000_000;

/** Undefined where nothing is called so; instances of a clone are found by its members' name too. */
export function explainText(ledger: Ledger, name: string): string | undefined {
  const exact = ledger.resources.get(name);
  const instances = [...ledger.resources.values()].filter(({ id }) => id.startsWith(`${name}:`));
  const found = exact === undefined ? instances : [exact];
  if (found.length === 0) return undefined;
  return [...found.map(oneResource), ...fenceLines(ledger)].join('\n');
}

function oneResource(resource: ResourceLedger): string {
  const lines = [headline(resource), ...whereLines(resource), ...termLines(resource)];
  return [...lines, ...actionLines(resource), ''].join('\n');
}

function headline({ id, role, nextRole, active, isManaged, isBlocked }: ResourceLedger): string {
  const now = active.length === 0 ? 'does not run' : `is ${role} on ${active.join(', ')}`;
  const next = role === nextRole || nextRole === 'Unknown' ? '' : `; it is to be ${nextRole}`;
  const care = isBlocked
    ? '; nothing is done with it until somebody has looked (blocked)'
    : isManaged
      ? ''
      : '; the cluster leaves it alone (unmanaged)';
  return `${id} ${now}${next}${care}`;
}

function whereLines({ choice }: ResourceLedger): readonly string[] {
  if (choice === undefined) return [];
  const where = choice.node === undefined ? 'nowhere' : `on ${choice.node}`;
  return [
    `  Its place: ${where}, because ${choice.why}`,
    ...choice.losers.map(({ node, why }) => `    not ${node}: ${why}`),
  ];
}

function termLines({ terms }: ResourceLedger): readonly string[] {
  if (terms.length === 0) return [];
  const nodes = [...new Set(terms.map(({ node }) => node))].sort();
  const width = Math.max(...nodes.map(({ length }) => length));
  return [
    '  What speaks for and against each node:',
    ...nodes.flatMap((node) =>
      terms
        .filter((term) => term.node === node)
        .map((term) => `    ${node.padEnd(width)}  ${amount(term).padStart(9)}  ${term.source}`),
    ),
  ];
}

function amount({ amount: value }: Term): string {
  if (value >= INFINITE) return '+INFINITY';
  if (value <= -INFINITE) return '-INFINITY';
  return value > 0 ? `+${value}` : String(value);
}

function actionLines({ actions }: ResourceLedger): readonly string[] {
  if (actions.length === 0) return ['  Nothing is to be done with it.'];
  return [
    '  What is to be done:',
    ...actions.flatMap(({ action, isDone, why, waitsFor, blockedBy }) => [
      `    ${isDone ? '' : 'CANNOT BE DONE: '}${action}: ${why}`,
      ...(blockedBy.length === 0 ? [] : [`      held up by ${blockedBy.join(', ')}`]),
      ...(waitsFor.length === 0 ? [] : [`      after ${waitsFor.join(', ')}`]),
    ]),
  ];
}

function fenceLines({ fences }: Ledger): readonly string[] {
  return fences.map(({ node, op, why }) => `${node} is fenced (${op}): ${why}`);
}
