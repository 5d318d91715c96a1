/** Tickets: what runs only while a site holds them (A4.2.15, B4.4.3). */
import { MINUS_INFINITY } from '@holdfast/base';
import { parseRole, type TicketConstraint } from '@holdfast/cib';
import {
  addScoreEverywhere,
  type AnyRole,
  block,
  type ClusterResource,
  markForFencing,
  primitivesOf,
} from '@holdfast/status';
import type { TicketDependency, Work } from '../work/work.ts';
import { roleOf } from './colocations.ts';
import { resolve, resourcesOfSet } from './references.ts';

type LossPolicy = 'stop' | 'demote' | 'fence' | 'freeze';

export function readTicket(work: Work, constraint: TicketConstraint): void {
  const { what } = constraint;
  if (what.kind === 'resource') {
    const named = resolve(work.cluster, what.id);
    if (named === undefined) return;
    const resources =
      named.kind === 'resource'
        ? [named.resource]
        : (resourcesOfSet(work.cluster, { resources: named.names }) ?? []);
    for (const resource of resources) depend(work, constraint, resource, what.role);
    return;
  }
  for (const set of what.sets) {
    for (const resource of resourcesOfSet(work.cluster, set) ?? []) {
      depend(work, constraint, resource, set.role);
    }
  }
}

function depend(
  work: Work,
  { id, ticket, lossPolicy }: TicketConstraint,
  resource: ClusterResource,
  roleText: string | undefined,
): void {
  const role = parseRole(roleText) === undefined ? undefined : roleOf(roleText);
  const dependency: TicketDependency = { id, ticket, resource, role };
  work.ticketsOf.set(resource, [...(work.ticketsOf.get(resource) ?? []), dependency]);
  if (isHeld(work, ticket)) return;
  const policy = policyOf(work, lossPolicy, role);
  for (const primitive of primitivesOf(resource)) lose(work, primitive, dependency, policy);
}

/** Granted, and not on standby. */
export function isHeld({ cluster }: Work, ticket: string): boolean {
  const state = cluster.tickets.get(ticket);
  return state?.granted === true && !state.standby;
}

function policyOf(
  { cluster }: Work,
  text: string | undefined,
  role: AnyRole | undefined,
): LossPolicy {
  switch (text?.toLowerCase() ?? '') {
    case 'fence':
      return cluster.options.isFencing ? 'fence' : 'stop';
    case 'freeze':
      return 'freeze';
    case 'demote':
      return 'demote';
    case 'stop':
      return 'stop';
    default:
      return role === 'Promoted' ? 'demote' : 'stop';
  }
}

function lose(
  work: Work,
  primitive: ClusterResource,
  { ticket, role, id }: TicketDependency,
  policy: LossPolicy,
): void {
  const isGranted = work.cluster.tickets.get(ticket)?.granted === true;
  const forbid = (): void => {
    addScoreEverywhere(work.cluster, primitive, MINUS_INFINITY);
    explain(work, primitive, id);
  };
  if (isGranted || primitive.active.length === 0) {
    if (role !== 'Promoted' || policy === 'stop') forbid();
    return;
  }
  const concerns = role === undefined || role === primitive.role;
  switch (policy) {
    case 'stop':
      forbid();
      return;
    case 'demote':
      if (role !== 'Promoted') forbid();
      return;
    case 'fence':
      if (!concerns) return;
      forbid();
      for (const node of primitive.active) {
        markForFencing(work.cluster, node, 'deadman ticket was lost');
      }
      return;
    case 'freeze':
      if (concerns) block(primitive);
  }
}

function explain({ cluster, explainer }: Work, primitive: ClusterResource, id: string): void {
  if (explainer === undefined) return;
  for (const node of cluster.nodes) {
    explainer.term(primitive, node, MINUS_INFINITY, `ticket of constraint ${id}`);
  }
}
