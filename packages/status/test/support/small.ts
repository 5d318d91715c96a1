/** Small clusters of two nodes, by what their status section says. */
import { epochMs } from '@holdfast/base';
import { type Cib, readCib } from '@holdfast/cib';
import {
  type Cluster,
  type ClusterResource,
  everyPart,
  NO_FINDINGS,
  readCluster,
  resourceLines,
} from '@holdfast/status';

const NOW = epochMs(1_700_000_100_000);

type Parts = {
  readonly properties?: string;
  readonly resources?: string;
  readonly status?: string;
};

function cibOf({ properties = '', resources = '', status = '' }: Parts): Cib {
  const text = `<cib have-quorum="true" dc-uuid="1"><configuration>
    <crm_config><cluster_property_set id="s">${properties}</cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
    <resources><primitive id="shot" class="stonith" type="fence_x"/>${resources}</resources>
    </configuration><status>${status}</status></cib>`;
  const read = readCib(text);
  if (!read.ok) throw new Error(JSON.stringify(read.fault));
  return read.value.cib;
}

type Read = {
  readonly cluster: Cluster;
  /** Node → why it is to be fenced. */
  readonly fences: ReadonlyMap<string, string>;
};

export function read(parts: Parts): Read {
  const fences = new Map<string, string>();
  const findings = {
    ...NO_FINDINGS,
    fence: ({ name }: { readonly name: string }, reason: string) => fences.set(name, reason),
  };
  return { cluster: readCluster(cibOf(parts), NOW, () => findings), fences };
}

export function lines(cluster: Cluster): readonly string[] {
  return resourceLines(cluster, { showsPending: false });
}

export function primitivesOf({ resources }: Cluster): readonly ClusterResource[] {
  return [...everyPart(resources)].filter(({ variant }) => variant === 'primitive');
}

export const ONLINE = 'in_ccm="true" crmd="online" join="member" expected="member"';

export function property(name: string, value: string): string {
  return `<nvpair id="p-${name}" name="${name}" value="${value}"/>`;
}

export function state(id: number, attributes: string, inside = ''): string {
  return `<node_state id="${id}" uname="n${id}" ${attributes}>${inside}</node_state>`;
}

export function transient(id: number, values: Record<string, string>): string {
  const pairs = Object.entries(values).map(
    ([name, value], at) => `<nvpair id="t-${id}-${at}" name="${name}" value="${value}"/>`,
  );
  return `<transient_attributes id="${id}"><instance_attributes id="status-${id}">${pairs.join('')}</instance_attributes></transient_attributes>`;
}

/** Operations as `task rc [target rc]`, oldest first, `monitor` recurring but for `probe`. */
export function history(resource: string, ...ops: string[]): string {
  const entries = ops.map((op, at) => {
    const [task = '', rc = '0', target = '0', status = ''] = op.split(' ');
    const isProbe = task === 'probe';
    const interval = task === 'monitor' ? 10_000 : 0;
    const name = isProbe ? 'monitor' : task;
    const opStatus = status === '' ? (rc === target || isProbe ? '0' : '4') : status;
    return `<lrm_rsc_op id="${resource}_${name}_${interval}_${at}" operation_key="${resource}_${name}_${interval}" operation="${name}" interval="${interval}" call-id="${at + 1}" rc-code="${rc}" op-status="${opStatus}" transition-key="1:1:${target}:u" last-rc-change="1700000000"/>`;
  });
  return `<lrm_resource id="${resource}" class="ocf" provider="pacemaker" type="Dummy">${entries.join('')}</lrm_resource>`;
}

export function lrm(...resources: string[]): string {
  return `<lrm id="x"><lrm_resources>${resources.join('')}</lrm_resources></lrm>`;
}

export function dummy(id: string, inside = ''): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy">${inside}</primitive>`;
}
