/** Small clusters with fence devices, for what whole nodes agree on about fences. */
import type { Answer } from '@holdfast/controller';
import { readNode } from '@holdfast/node';
import { boot, cluster, type Cluster, configure, form, type Host } from './cluster.ts';

const WEB =
  '<primitive id="web" class="ocf" provider="holdfast" type="dummy"><meta_attributes id="web-m"><nvpair id="web-p" name="priority" value="5"/></meta_attributes><operations><op id="m" name="monitor" interval="10s"/></operations></primitive>';
const LIKES_A = '<constraints><rsc_location id="l" rsc="web" node="a" score="10"/></constraints>';

function nodes(names: readonly string[]): string {
  return names.map((name, index) => `<node id="${index + 1}" uname="${name}"/>`).join('');
}

type Options = { readonly properties?: string; readonly devices?: string };

export function device(id: string, more = ''): string {
  return `<primitive id="${id}" class="stonith" type="fence-pdu"><instance_attributes id="${id}-i"><nvpair id="${id}-l" name="pcmk_host_list" value="a b c"/>${more}</instance_attributes></primitive>`;
}

function configuration(
  names: readonly string[],
  { properties = '', devices = device('kill') }: Options,
): string {
  return `<crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="o1" name="stonith-enabled" value="true"/>${properties}</cluster_property_set></crm_config><nodes>${nodes(names)}</nodes><resources>${devices}${WEB}</resources>${LIKES_A}`;
}

type Named = { readonly c: Cluster; readonly a: Host; readonly b: Host; readonly d: Host };

/** Three nodes a, b, c (here `d`, since `c` is the cluster), all formed and configured. */
export function three(options: Options = {}, watchdogMs?: number): Named {
  const c = cluster(['a', 'b', 'c'], false, watchdogMs);
  const [a, b, d] = c.hosts;
  if (a === undefined || b === undefined || d === undefined) throw new Error('three hosts');
  for (const host of c.hosts) boot(c, host);
  form(c, c.hosts);
  configure(c, a, configuration(['a', 'b', 'c'], options));
  return { c, a, b, d };
}

export function two(options: Options = {}): { c: Cluster; a: Host; b: Host } {
  const c = cluster(['a', 'b'], true);
  const [a, b] = c.hosts;
  if (a === undefined || b === undefined) throw new Error('two hosts');
  for (const host of c.hosts) boot(c, host);
  form(c, c.hosts);
  configure(c, a, configuration(['a', 'b'], options));
  return { c, a, b };
}

export function words(answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer';
  return answer.kind === 'outcome'
    ? answer.text
    : answer.kind === 'fault'
      ? answer.fault.message
      : answer.kind;
}

export function shots(c: Cluster): readonly string[] {
  return c.log.filter((line) => line.includes(' shoots '));
}

export function states(host: Host): readonly string[] {
  return readNode(host.machine).fences.map(
    ({ target, state, origin }) => `${target} ${state} ${origin}`,
  );
}
