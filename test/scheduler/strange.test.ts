/** Inputs that once ended a calculation, or held it up. */
import t from 'tap';
import { epochMs } from '@holdfast/base';
import { readCib } from '@holdfast/cib';
import { schedule } from '@holdfast/scheduler';

function cib(resources: string, states: string): string {
  return `<cib have-quorum="true"><configuration><crm_config/><nodes><node id="1" uname="haone"/></nodes><resources>${resources}</resources><constraints/></configuration><status>${states}</status></cib>`;
}

const ONLINE = 'in_ccm="true" crmd="online" join="member" expected="member"';
const state = `<node_state id="1" uname="haone" ${ONLINE}/>`;
const web = '<primitive id="web" class="ocf" provider="holdfast" type="dummy"/>';
const ENTRY =
  '<lrm_rsc_op id="x_start_0" operation="start" call-id="1" rc-code="0" op-status="0" interval="0" transition-key="1:1:0:a"/>';

const table: readonly { readonly why: string; readonly text: string }[] = [
  {
    why: 'a guest without a name',
    text: cib(
      '<primitive id="vm" class="ocf" provider="holdfast" type="dummy"><meta_attributes id="m"><nvpair id="n" name="remote-node" value=""/></meta_attributes></primitive>',
      state,
    ),
  },
  {
    why: 'a connection without a name',
    text: cib('<primitive id="" class="ocf" provider="pacemaker" type="remote"/>', state),
  },
  {
    why: 'the history of a connection without a name',
    text: cib(
      web,
      `<node_state id="1" uname="haone" ${ONLINE}><lrm id="1"><lrm_resources><lrm_resource id="" class="ocf" provider="pacemaker" type="remote">${ENTRY}</lrm_resource></lrm_resources></lrm></node_state>`,
    ),
  },
  { why: 'a node state that says of nobody', text: cib(web, `${state}<node_state ${ONLINE}/>`) },
  {
    why: 'more instances than anybody has nodes',
    text: cib(
      `<clone id="c"><meta_attributes id="m"><nvpair id="n" name="clone-max" value="99999999"/></meta_attributes>${web}</clone>`,
      state,
    ),
  },
  {
    why: 'more replicas than anybody has containers',
    text: cib(
      `<bundle id="b"><podman image="i" replicas="99999999"/><network ip-range-start="192.0.2.1"/>${web}</bundle>`,
      state,
    ),
  },
];

void t.test('each comes to a decision', (t) => {
  for (const { why, text } of table) {
    const read = readCib(text);
    t.ok(read.ok, `${why}: is read`);
    if (!read.ok) continue;
    const { cib } = read.value;
    t.doesNotThrow(() => schedule({ cib, now: epochMs(1_700_000_000_000) }), why);
  }
  t.end();
});
