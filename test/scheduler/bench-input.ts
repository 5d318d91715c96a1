/** CIBs of a wanted size: from the common generator where it is, else of the same shapes made here. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { GENERATOR } from './places.ts';

export const STATES = ['fresh', 'steady', 'failover'] as const;
export type BenchState = (typeof STATES)[number];
export type BenchSize = { readonly n: number; readonly nodes: number; readonly state: BenchState };

/** Bytes; the largest asked for is a tenth of it. */
const OUTPUT_BYTES_MAX = 1024 * 1024 * 1024;

export function benchCib(size: BenchSize): string {
  if (!existsSync(GENERATOR)) return ownCib(size);
  const { n, nodes, state } = size;
  const done = spawnSync(
    process.execPath,
    [GENERATOR, '--n', String(n), '--nodes', String(nodes), '--state', state],
    { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX },
  );
  if (done.status !== 0) throw new Error(`the generator failed: ${done.stderr}`);
  return done.stdout;
}

type Making = {
  readonly resources: string[];
  readonly constraints: string[];
  /** By primitive: its node, or -1 for every node. */
  readonly placed: Map<string, number>;
};

/** Blocks of 20: a group of five, a chain of four, an interleaved clone, ten primitives. */
export function ownCib({ n, nodes, state }: BenchSize): string {
  const making: Making = { resources: [], constraints: [], placed: new Map() };
  for (let from = 0; from < n; from += 20) addBlock(making, from, Math.min(20, n - from), nodes);
  const names = Array.from({ length: nodes }, (_, index) => `node${index + 1}`);
  return [
    '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.7" epoch="1" num_updates="1" admin_epoch="0" have-quorum="1" dc-uuid="2" execution-date="1700000000">',
    '<configuration><crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="p1" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>',
    `<nodes>${names.map((name, index) => `<node id="${index + 1}" uname="${name}"/>`).join('')}</nodes>`,
    `<resources>${making.resources.join('\n')}</resources>`,
    `<constraints>${making.constraints.join('\n')}</constraints>`,
    '<rsc_defaults><meta_attributes id="d"><nvpair id="d1" name="resource-stickiness" value="1"/></meta_attributes></rsc_defaults>',
    `</configuration><status>${names.map((name, index) => nodeState(making, name, index, state)).join('\n')}</status></cib>\n`,
  ].join('\n');
}

function primitive(making: Making, number: number, node: number): string {
  const id = `r${String(number).padStart(5, '0')}`;
  making.placed.set(id, node);
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy"><operations><op id="${id}-m" name="monitor" interval="10s"/></operations></primitive>`;
}

function addBlock(making: Making, from: number, count: number, nodes: number): void {
  const home = from % nodes;
  const { resources, constraints } = making;
  const isWhole = count === 20;
  const single = (at: number): void => {
    resources.push(primitive(making, from + at, (from + at) % nodes));
  };
  for (let at = isWhole ? 10 : 0; at < count; at += 1) single(at);
  if (!isWhole) return;
  const members = [0, 1, 2, 3, 4].map((at) => primitive(making, from + at, home)).join('');
  resources.push(`<group id="g${from}">${members}</group>`);
  for (const at of [5, 6, 7, 8]) {
    resources.push(primitive(making, from + at, home));
    if (at === 5) continue;
    const [a, b] = [from + at - 1, from + at].map((each) => `r${String(each).padStart(5, '0')}`);
    constraints.push(
      `<rsc_colocation id="c-${b ?? ''}" rsc="${b ?? ''}" with-rsc="${a ?? ''}" score="INFINITY"/>`,
      `<rsc_order id="o-${b ?? ''}" first="${a ?? ''}" then="${b ?? ''}"/>`,
    );
  }
  const inner = primitive(making, from + 9, -1);
  resources.push(
    `<clone id="c${from}"><meta_attributes id="c${from}-m"><nvpair id="c${from}-i" name="interleave" value="true"/></meta_attributes>${inner}</clone>`,
  );
  constraints.push(
    `<rsc_order id="oc${from}" first="c${from}" then="g${from}"/>`,
    `<rsc_colocation id="cc${from}" rsc="g${from}" with-rsc="c${from}" score="INFINITY"/>`,
  );
}

const RUN = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const DIGEST = 'f2317cad3d54cec5d7d7aa7d0bf35cf8';
const MONITOR_DIGEST = '4811cef7f7f94e3a35a70be7916cb2fd';

function entry(id: string, task: string, intervalMs: number, rc: number): string {
  const key = `1:1:${rc}:${RUN}`;
  const digest = intervalMs === 0 ? DIGEST : MONITOR_DIGEST;
  return `<lrm_rsc_op id="${id}_${task}_${intervalMs}" operation_key="${id}_${task}_${intervalMs}" operation="${task}" crm_feature_set="3.16.1" transition-key="${key}" transition-magic="0:${rc};${key}" call-id="${intervalMs + 1}" rc-code="${rc}" op-status="0" interval="${intervalMs}" last-rc-change="1699990000" op-digest="${digest}"/>`;
}

function nodeState(making: Making, name: string, index: number, state: BenchState): string {
  const isGone = state === 'failover' && index === 0;
  const standing = isGone
    ? 'in_ccm="false" crmd="offline" join="down" expected="down"'
    : 'in_ccm="true" crmd="online" join="member" expected="member"';
  const open = `<node_state id="${index + 1}" uname="${name}" ${standing}>`;
  if (isGone || state === 'fresh') return `${open}</node_state>`;
  const histories = [...making.placed].map(([id, home]) => {
    const runs = home === -1 || home === index;
    const entries = runs
      ? `${entry(id, 'start', 0, 0)}${entry(id, 'monitor', 10_000, 0)}`
      : entry(id, 'monitor', 0, 7);
    return `<lrm_resource id="${id}" class="ocf" provider="pacemaker" type="Dummy">${entries}</lrm_resource>`;
  });
  return `${open}<lrm id="${index + 1}"><lrm_resources>${histories.join('\n')}</lrm_resources></lrm></node_state>`;
}
