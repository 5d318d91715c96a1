/** What operators ask: checked here, said in the stream, answered exactly once. */
import { type Instant, nearest, type NodeName } from '@holdfast/base';
import { diff, formatVersion, setNodeAttribute, type XmlElement } from '@holdfast/cib';
import { versionOf } from '@holdfast/cib-store';
import { drillByHand } from './fence-drills.ts';
import { PROPOSALS_MAX, answer, refusal } from './proposals.ts';
import type { Request } from './protocol.ts';
import { type ControllerState, isMember, selfName, wallMs } from './state.ts';
import { emit, send } from './stream.ts';

/** Requests that may wait for their answers at once. */
const WAITING_MAX = 1024;

export function onRequest(
  state: ControllerState,
  id: string,
  request: Request,
  now: Instant,
): void {
  if (state.waiting.size >= WAITING_MAX) {
    const fault = {
      code: 'not-ready',
      message: `${WAITING_MAX} requests are waiting already; try again`,
    } as const;
    emit(state, { kind: 'answer', id, answer: { kind: 'fault', fault } });
    return;
  }
  state.waiting.set(id, { kind: 'sent', request, attempts: 1 });
  if (request.kind === 'stop') {
    stopHere(state, id, now);
    return;
  }
  if (state.view.kind === 'none') {
    answer(
      state,
      id,
      refusal('not-ready', `${selfName(state)} is not in a membership yet; try again in a moment`),
    );
    return;
  }
  switch (request.kind) {
    case 'replace-configuration':
      proposeRoot(state, id, request);
      break;
    case 'set-attribute':
      setAttribute(state, id, request);
      break;
    case 'cleanup':
      cleanup(state, id, request);
      break;
    case 'drill':
      if (isKnown(state, id, request.node)) drillByHand(state, id, request);
      break;
    case 'fence':
    case 'confirm-fenced':
      fenceByHand(state, id, request, now);
      break;
  }
}

function proposeRoot(
  state: ControllerState,
  id: string,
  request: { readonly base: string; readonly root: XmlElement; readonly user: string },
): void {
  if (!state.quorum.quorate) {
    answer(
      state,
      id,
      refusal(
        'no-quorum',
        `this partition has no quorum; the configuration cannot be changed here until it has (crm corosync status quorum tells why)`,
      ),
    );
    return;
  }
  if (state.proposals.length >= PROPOSALS_MAX) {
    answer(state, id, refusal('not-ready', 'too many changes are under way; try again'));
    return;
  }
  const current = versionOf(state.store);
  const [adminEpoch, epoch] = request.base.split('.');
  if (`${adminEpoch ?? ''}.${epoch ?? ''}` !== `${current.adminEpoch}.${current.epoch}`) {
    answer(
      state,
      id,
      refusal(
        'stale',
        `the configuration is now ${formatVersion(current)}, the change was made from ${request.base}; read it again and repeat the change`,
      ),
    );
    return;
  }
  const patch = diff(state.store.root, request.root);
  send(state, {
    kind: 'propose',
    proposal: { id, base: `${current.adminEpoch}.${current.epoch}`, patch, user: request.user },
  });
}

function setAttribute(
  state: ControllerState,
  id: string,
  request: Request & { kind: 'set-attribute' },
): void {
  const { node, name, value, lifetime, user } = request;
  if (!isKnown(state, id, node)) return;
  if (lifetime === 'reboot') {
    send(state, { kind: 'attribute', node, name, value }, id);
    return;
  }
  const nodeId = [...state.config.names].find(([, known]) => known === node)?.[0];
  const root = setNodeAttribute(state.store.root, {
    node,
    id: String(nodeId ?? node),
    name,
    value,
  });
  proposeRoot(state, id, { base: formatVersion(versionOf(state.store)), root, user });
}

function cleanup(state: ControllerState, id: string, request: Request & { kind: 'cleanup' }): void {
  if (request.node !== undefined && !isKnown(state, id, request.node)) return;
  send(
    state,
    { kind: 'cleanup', resource: request.resource ?? null, node: request.node ?? null },
    id,
  );
}

function fenceByHand(
  state: ControllerState,
  id: string,
  request: Request & { kind: 'fence' | 'confirm-fenced' },
  now: Instant,
): void {
  if (!isKnown(state, id, request.node)) return;
  if (request.kind === 'fence') {
    const view = state.view.kind === 'none' ? '' : state.view.id;
    state.waiting.set(id, { kind: 'fencing', target: request.node, view });
    send(state, {
      kind: 'fence-ask',
      id,
      target: request.node,
      action: request.action,
      device: request.device ?? null,
      origin: selfName(state),
    });
    return;
  }
  if (isMember(state, request.node)) {
    answer(
      state,
      id,
      refusal('unsafe', `${request.node} is a member of this cluster and answers: it is not off`),
    );
    return;
  }
  send(
    state,
    { kind: 'fence-confirm', target: request.node, by: request.by, atMs: wallMs(state, now) },
    id,
  );
}

/**
 * Leave: the DC moves everything away and gives the word (C6.3). A node that is in no view, or runs
 * nothing and decides alone without quorum, has nobody to ask and nothing to move.
 */
function stopHere(state: ControllerState, id: string, now: Instant): void {
  state.waiting.set(id, { kind: 'stopping' });
  state.leaving = true;
  if (state.view.kind === 'none') {
    answer(state, id, {
      kind: 'outcome',
      text: `${selfName(state)} was in no membership; it ends`,
    });
    emit(state, { kind: 'leave' });
    return;
  }
  askToLeave(state, now);
}

/** Said again in every view until the DC has given the word. */
export function askToLeave(state: ControllerState, now: Instant): void {
  if (!state.leaving) return;
  const value = String(Math.floor(wallMs(state, now) / 1000));
  send(state, { kind: 'attribute', node: selfName(state), name: 'shutdown', value });
}

function isKnown(state: ControllerState, id: string, node: NodeName): boolean {
  const names = [...state.config.names.values()];
  if (names.includes(node)) return true;
  const near = nearest(node, names);
  const hint = near === undefined ? `the nodes are ${names.join(', ')}` : `did you mean ${near}?`;
  answer(state, id, refusal('unknown-node', `there is no node ${node}; ${hint}`));
  return false;
}
