/** Small clusters, written as CIBs, and what is decided about them, in words. */
import t from 'tap';
import { assert, epochMs, type EpochMs, milliseconds } from '@holdfast/base';
import { type Cib, readCib } from '@holdfast/cib';
import type { GraphAction } from '@holdfast/transition';
import { schedule, type Schedule } from '@holdfast/scheduler';

/** `start 0`, `stop 1`, `probe 7`, `monitor/10000 0`, `start pending`; in the order they were done. */
export type Done = readonly string[];

export type NodeShape = {
  readonly is: 'online' | 'lost' | 'left' | 'unseen' | 'joining';
  readonly attributes?: Readonly<Record<string, string>>;
  readonly transient?: Readonly<Record<string, string>>;
  readonly has?: Readonly<Record<string, Done>>;
};

export type Shape = {
  readonly properties?: Readonly<Record<string, string>>;
  readonly resources?: string;
  readonly constraints?: string;
  readonly nodes: Readonly<Record<string, NodeShape>>;
  readonly quorate?: boolean;
};

/** Of no parameters at all, and of a recurring operation with the usual timeout (A2.11.2). */
const PLAIN_DIGEST = 'f2317cad3d54cec5d7d7aa7d0bf35cf8';
const RECURRING_DIGEST = '4811cef7f7f94e3a35a70be7916cb2fd';

/** A moment in the test's life: seconds since 1970. */
export const NOW_SECONDS = 1_700_000_000;

export function primitive(id: string, body = ''): string {
  return `<primitive id="${id}" class="ocf" provider="heartbeat" type="Dummy">${body}</primitive>`;
}

export function meta(id: string, values: Readonly<Record<string, string>>): string {
  return `<meta_attributes id="${id}-meta">${pairs(`${id}-meta`, values)}</meta_attributes>`;
}

export function parameters(id: string, values: Readonly<Record<string, string>>): string {
  return `<instance_attributes id="${id}-par">${pairs(`${id}-par`, values)}</instance_attributes>`;
}

export function monitor(id: string, interval = '10s'): string {
  return `<operations><op id="${id}-mon" name="monitor" interval="${interval}"/></operations>`;
}

export function group(id: string, members: readonly string[], body = ''): string {
  return `<group id="${id}">${body}${members.map((member) => primitive(member)).join('')}</group>`;
}

/** `haone: web` where it was started, and looked for in vain elsewhere. */
export const RUNS: Done = ['start 0'];
export const STOPPED: Done = ['probe 7'];

function pairs(id: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`)
    .join('');
}

export function cibText(shape: Shape): string {
  const nodes = Object.entries(shape.nodes);
  const configured = nodes.map(([name, { attributes = {} }], index) => {
    const id = `nodes-${index + 1}`;
    return `<node id="${index + 1}" uname="${name}"><instance_attributes id="${id}">${pairs(id, attributes)}</instance_attributes></node>`;
  });
  return `<cib validate-with="pacemaker-3.9" admin_epoch="0" epoch="1" num_updates="0" have-quorum="${shape.quorate === false ? '0' : '1'}">
<configuration>
<crm_config><cluster_property_set id="cib-bootstrap-options">${pairs('o', { 'have-watchdog': 'true', ...shape.properties })}</cluster_property_set></crm_config>
<nodes>${configured.join('')}</nodes>
<resources>${shape.resources ?? ''}</resources>
<constraints>${shape.constraints ?? ''}</constraints>
</configuration>
<status>${nodes.map(([name, node], index) => nodeState(name, node, index + 1)).join('')}</status>
</cib>`;
}

const STATES = {
  online: 'in_ccm="true" crmd="online" join="member" expected="member"',
  joining: 'in_ccm="true" crmd="online" join="pending" expected="member"',
  lost: 'in_ccm="false" crmd="offline" join="down" expected="member"',
  left: 'in_ccm="false" crmd="offline" join="down" expected="down"',
} as const;

function nodeState(name: string, node: NodeShape, id: number): string {
  if (node.is === 'unseen') return '';
  const transient = `<transient_attributes id="${id}"><instance_attributes id="status-${id}">${pairs(`status-${id}`, node.transient ?? {})}</instance_attributes></transient_attributes>`;
  const history = Object.entries(node.has ?? {}).map(([resource, done]) => {
    const ops = done.map((what, index) => operation(resource, what, index + 1));
    return `<lrm_resource id="${resource}" class="ocf" provider="heartbeat" type="Dummy">${ops.join('')}</lrm_resource>`;
  });
  return `<node_state id="${id}" uname="${name}" ${STATES[node.is]}>${transient}<lrm id="${id}"><lrm_resources>${history.join('')}</lrm_resources></lrm></node_state>`;
}

function operation(resource: string, what: string, call: number): string {
  const [name = '', end = '0', given] = what.split(' ');
  const [task = '', interval = '0'] = name.replace('probe', 'monitor').split('/');
  const digest = given ?? (interval === '0' ? PLAIN_DIGEST : RECURRING_DIGEST);
  const isPending = end === 'pending';
  const rc = isPending ? '193' : end;
  const status = isPending ? '-1' : end === '0' || end === '7' ? '0' : '4';
  return `<lrm_rsc_op id="${resource}_${task}_${interval}_${call}" operation_key="${resource}_${task}_${interval}" operation="${task}" interval="${interval}" call-id="${isPending ? '-1' : String(call)}" rc-code="${rc}" op-status="${status}" transition-key="${call}:1:0:x"${digest === '' ? '' : ` op-digest="${digest}"`} last-rc-change="${NOW_SECONDS - 100 + call}"/>`;
}

export function read(shape: Shape): Cib {
  const found = readCib(cibText(shape));
  assert(found.ok, 'the CIB of a test is one');
  return found.value.cib;
}

export function decide(shape: Shape, now: EpochMs = epochMs(NOW_SECONDS * 1000)): Schedule {
  return schedule({ cib: read(shape), now, explain: true });
}

/** In an order in which they may be done: what waits comes behind what it waits for. */
function inOrder(actions: readonly GraphAction[]): readonly GraphAction[] {
  const left = [...actions].sort((a, b) => a.id - b.id);
  const done = new Set<number>();
  const known = new Set(left.map(({ id }) => id));
  const ordered: GraphAction[] = [];
  while (left.length > 0) {
    const index = left.findIndex(({ after }) =>
      after.every((id) => done.has(id) || !known.has(id)),
    );
    const [action] = left.splice(Math.max(0, index), 1);
    if (action === undefined) break;
    done.add(action.id);
    ordered.push(action);
  }
  return ordered;
}

/** It stands for a moment in which several things meet. */
function isRendezvous(action: GraphAction): boolean {
  return action.kind === 'pseudo' && action.node === undefined;
}

/** What an action waits for, through all rendezvous. */
function realInputs(
  { after }: GraphAction,
  byId: ReadonlyMap<number, GraphAction>,
): readonly GraphAction[] {
  const found = new Set<GraphAction>();
  for (const id of after) {
    const input = byId.get(id);
    if (input === undefined) continue;
    if (!isRendezvous(input)) found.add(input);
    else for (const each of realInputs(input, byId)) found.add(each);
  }
  return [...found];
}

/** One line for each action: `start web on haone after fence hatwo`. */
export function say(shape: Shape): readonly string[] {
  const all = inOrder(decide(shape).graph.actions);
  const byId = new Map(all.map((action) => [action.id, action]));
  const actions = all.filter((action) => !isRendezvous(action));
  return actions.map((action) => {
    const after = realInputs(action, byId).map(nameOf).sort();
    return `${nameOf(action)}${after.length === 0 ? '' : ` after ${after.join(', ')}`}`;
  });
}

export function nameOf(action: GraphAction): string {
  switch (action.kind) {
    case 'resource': {
      const isProbe = action.task === 'monitor' && action.intervalMs === milliseconds(0);
      const task = isProbe ? 'probe' : action.task;
      return `${task} ${action.resource} on ${action.node}`;
    }
    case 'cancel':
      return `cancel ${action.task}/${action.intervalMs} of ${action.resource} on ${action.node}`;
    case 'fence':
      return `fence ${action.target}`;
    case 'shutdown':
      return `let ${action.node} go`;
    case 'forget':
      return `forget ${action.what} of ${action.resource} on ${action.node}`;
    case 'pseudo':
      return action.node === undefined
        ? `${action.task} of ${action.resource}`
        : `${action.task} of ${action.resource} on ${action.node} is implied`;
  }
}

/** What an operator expects of a cluster in this shape. */
export type Behaviour = {
  readonly why: string;
  readonly shape: Shape;
  readonly decided: readonly string[];
};

export function proveAll(behaviours: readonly Behaviour[]): void {
  for (const { why, shape, decided } of behaviours) {
    void t.test(why, (t) => {
      t.same(say(shape), decided);
      t.end();
    });
  }
}
