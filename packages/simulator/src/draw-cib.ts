/** A configuration such as people write: fence devices, a few services, constraints among them. */
import type { NodeName, Prng } from '@holdfast/base';
import { between, pickAny } from './stage.ts';

export type DrawnCib = { readonly text: string; readonly resources: readonly string[] };

/** How long the delay protects, in s: more than it takes to notice a cut and to fence. */
const DELAY_S = 6;

export function drawCib(
  dice: Prng,
  names: readonly NodeName[],
  protectedNode: NodeName | undefined,
): DrawnCib {
  const count = between(dice, 1, 4);
  const all = ['web', 'db', 'ip', 'fs'].slice(0, count);
  const groupSize = count > 1 && dice.chance(1, 2) ? between(dice, 2, count) : 0;
  const grouped = all.slice(0, groupSize);
  const single = all.slice(groupSize);
  const devices = drawDevices(dice, names, protectedNode);
  const group =
    grouped.length === 0
      ? ''
      : `<group id="stack">${grouped.map((id) => primitive(dice, id)).join('')}</group>`;
  const resources = `${devices}${group}${single.map((id) => primitive(dice, id)).join('')}`;
  const units = [...(grouped.length > 0 ? ['stack'] : []), ...single];
  return {
    text: document(names, drawProperties(dice, names.length), resources, {
      constraints: drawConstraints(dice, names, units),
    }),
    resources: all,
  };
}

function drawProperties(dice: Prng, count: number): string {
  const stickiness = dice.chance(1, 2) ? 100 : 0;
  const recheck = between(dice, 60, 900);
  const action = dice.chance(1, 6) ? 'off' : 'reboot';
  const policy = count > 2 && dice.chance(1, 5) ? 'freeze' : 'stop';
  const defaults = dice.chance(1, 3)
    ? '<nvpair id="o-threshold" name="migration-threshold" value="2"/><nvpair id="o-failure" name="failure-timeout" value="20s"/>'
    : '';
  return `<crm_config><cluster_property_set id="cib-bootstrap-options">
    <nvpair id="o-stonith" name="stonith-enabled" value="true"/>
    <nvpair id="o-timeout" name="stonith-timeout" value="20s"/>
    <nvpair id="o-action" name="stonith-action" value="${action}"/>
    <nvpair id="o-policy" name="no-quorum-policy" value="${policy}"/>
    <nvpair id="o-recheck" name="cluster-recheck-interval" value="${recheck}s"/>
  </cluster_property_set></crm_config>
  <rsc_defaults><meta_attributes id="rsc-options">
    <nvpair id="o-stickiness" name="resource-stickiness" value="${stickiness}"/>${defaults}
  </meta_attributes></rsc_defaults>`;
}

/** A whole CIB; `options`: its `<crm_config>`, and after it its `<rsc_defaults>`. */
export function document(
  names: readonly NodeName[],
  options: string,
  resources: string,
  { constraints, topology = '' }: { readonly constraints: string; readonly topology?: string },
): string {
  const nodes = names.map((name, index) => `<node id="${index + 1}" uname="${name}"/>`).join('');
  const [properties = '', defaults = ''] = options.split('<rsc_defaults>');
  return `<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" admin_epoch="0" epoch="7" num_updates="0">
  <configuration>${properties}<nodes>${nodes}</nodes><resources>${resources}</resources>
  <constraints>${constraints}</constraints>${topology === '' ? '' : `<fencing-topology>${topology}</fencing-topology>`}<rsc_defaults>${defaults}</configuration><status/></cib>`;
}

/** One device for all nodes, or one for each. */
function drawDevices(
  dice: Prng,
  names: readonly NodeName[],
  protectedNode: NodeName | undefined,
): string {
  if (dice.chance(1, 2)) {
    const map = names.map((name) => `${name}:${name}`).join(';');
    const delay = protectedNode === undefined ? '' : `${protectedNode}:${DELAY_S}s`;
    return device('fence', map, delay);
  }
  return names
    .map((name) =>
      device(`fence-${name}`, `${name}:${name}`, name === protectedNode ? `${DELAY_S}s` : ''),
    )
    .join('');
}

function device(id: string, map: string, delay: string): string {
  const base =
    delay === '' ? '' : `<nvpair id="${id}-delay" name="pcmk_delay_base" value="${delay}"/>`;
  return `<primitive id="${id}" class="stonith" type="fence-pdu">
    <instance_attributes id="${id}-attributes">
      <nvpair id="${id}-map" name="pcmk_host_map" value="${map}"/>${base}
    </instance_attributes>
    <operations><op id="${id}-monitor" name="monitor" interval="60s" timeout="20s"/></operations>
  </primitive>`;
}

/** A service with a monitor; `priority`: undefined for none. */
export function primitive(dice: Prng, id: string, priority?: number): string {
  const interval = between(dice, 3, 15);
  const meta =
    priority === undefined
      ? ''
      : `<meta_attributes id="${id}-meta"><nvpair id="${id}-priority" name="priority" value="${priority}"/></meta_attributes>`;
  return `<primitive id="${id}" class="ocf" provider="holdfast" type="service">${meta}
    <operations>
      <op id="${id}-monitor" name="monitor" interval="${interval}s" timeout="10s"/>
      <op id="${id}-start" name="start" interval="0s" timeout="15s"/>
      <op id="${id}-stop" name="stop" interval="0s" timeout="15s"/>
    </operations>
  </primitive>`;
}

function drawConstraints(dice: Prng, names: readonly NodeName[], units: readonly string[]): string {
  const words: string[] = [];
  const preferred = pickAny(dice, names) ?? '';
  const [first = '', second] = units;
  if (dice.chance(1, 2)) {
    words.push(
      `<rsc_location id="l-1" rsc="${first}" node="${preferred}" score="${between(dice, 10, 200)}"/>`,
    );
  }
  if (second !== undefined && dice.chance(1, 2)) {
    const score = dice.chance(1, 2) ? 'INFINITY' : '100';
    words.push(`<rsc_colocation id="c-1" rsc="${second}" with-rsc="${first}" score="${score}"/>`);
  }
  if (second !== undefined && dice.chance(1, 2)) {
    words.push(`<rsc_order id="o-1" first="${first}" then="${second}" kind="Mandatory"/>`);
  }
  return words.join('');
}
