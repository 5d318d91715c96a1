/** What if: what is injected, what is done about it, and what would be then. */
import t from 'tap';
import { readCib } from '@holdfast/cib';
import { type Injection, momentOf, parseOpSpec, pretend } from '@holdfast/scheduler';

const TEXT = `<cib crm_feature_set="3.15.0" validate-with="pacemaker-3.0" epoch="1" num_updates="0" admin_epoch="0" have-quorum="1" dc-uuid="1" execution-date="1700000000">
<configuration>
<crm_config><cluster_property_set id="o"><nvpair id="o-f" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
<nodes><node id="1" uname="haone"/><node id="2" uname="hatwo"/></nodes>
<resources><primitive id="web" class="ocf" provider="heartbeat" type="Dummy">
<operations><op id="web-m" name="monitor" interval="10s"/></operations></primitive></resources>
<constraints><rsc_ticket id="t" rsc="web" ticket="site" loss-policy="stop"/></constraints>
</configuration>
<status>
<node_state id="1" uname="haone" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="1"><lrm_resources>
<lrm_resource id="web" class="ocf" provider="heartbeat" type="Dummy"><lrm_rsc_op id="web_last_0" operation_key="web_start_0" operation="start" interval="0" call-id="1" rc-code="0" op-status="0" transition-key="1:1:0:x" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8"/></lrm_resource>
</lrm_resources></lrm></node_state>
<node_state id="2" uname="hatwo" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="2"><lrm_resources/></lrm></node_state>
<tickets><ticket_state id="site" granted="true"/></tickets>
</status></cib>`;

function op(text: string): Injection {
  const spec = parseOpSpec(text);
  if (!spec.ok) throw new Error(`"${text}" is no operation`);
  return { kind: 'op', op: spec.value };
}

function story(injections: readonly Injection[], failing?: string): string {
  const read = readCib(TEXT);
  if (!read.ok) throw new Error('the CIB is not read');
  const { cib } = read.value;
  const moment = momentOf(cib, undefined);
  if (moment === undefined) throw new Error('no moment');
  const spec = failing === undefined ? undefined : parseOpSpec(failing);
  const pretended = pretend({
    cib,
    ...moment,
    injections,
    failing: spec?.ok === true ? [spec.value] : [],
  });
  return pretended.ok ? pretended.value.summary().replace(/ +/g, ' ') : pretended.fault.kind;
}

const CASES: readonly (readonly [
  why: string,
  injections: readonly Injection[],
  shown: readonly string[],
])[] = [
  [
    'a failed monitor is recovered from where it is',
    [op('web_monitor_10000@haone=7')],
    [
      'Injecting web_monitor_10000@haone=7 into the configuration',
      '* Recover web',
      'Started haone',
    ],
  ],
  [
    'what a lost node ran is started elsewhere',
    [{ kind: 'node', node: 'haone', to: 'fail' }],
    ['* Failing node haone', '* Start web', 'OFFLINE: [ haone ]', 'Started hatwo'],
  ],
  [
    'a node that is shut down is not failed, and its resource moves',
    [{ kind: 'node', node: 'haone', to: 'down' }],
    ['* Taking node haone offline', '* Start web', 'Started hatwo'],
  ],
  [
    'a node that nobody knew is looked at',
    [{ kind: 'node', node: 'hathree', to: 'up' }],
    ['* Bringing node hathree online', 'web monitor on hathree', 'Online: [ haone hathree hatwo ]'],
  ],
  [
    'without quorum everything stops',
    [{ kind: 'quorum', isQuorate: false, text: 'no' }],
    ['* Setting quorum: no', '* Stop web ( haone ) due to no quorum', 'Stopped'],
  ],
  [
    'a revoked ticket stops what depends on it',
    [{ kind: 'ticket', ticket: 'site', to: 'revoke' }],
    ['* Revoking ticket site', '* Stop web', 'Stopped'],
  ],
];

void t.test('what is injected is said, decided for and carried out', (t) => {
  for (const [why, injections, shown] of CASES) {
    const text = story(injections);
    for (const line of shown) t.ok(text.includes(line), `${why}: ${line}`);
  }
  t.end();
});

void t.test('an operation that is to fail ends the transition, and is counted', (t) => {
  const text = story([{ kind: 'node', node: 'haone', to: 'fail' }], 'web_start_0@hatwo=1');
  t.match(text, /Pretending action \d+ failed with rc=1/);
  t.ok(text.includes("fail-count-web#start_0=value++ into /node_state '2'"));
  t.notOk(/web monitor=10000 on hatwo/.test(text), 'what waits for it is not done');
  t.match(text, /web\s+\(ocf:heartbeat:Dummy\):\s+FAILED hatwo/);
  t.end();
});

void t.test('what is not there cannot be pretended', (t) => {
  t.equal(story([{ kind: 'node', node: 'hanine', to: 'down' }]), 'unknown-node');
  t.equal(story([op('web_monitor_0@hanine=0')]), 'unknown-node');
  t.equal(story([op('mail_monitor_0@haone=0')]), 'unknown-resource');
  for (const text of [
    'web',
    'web_monitor@haone=0',
    'web_monitor_x@haone=0',
    'web_monitor_0@haone',
  ]) {
    t.notOk(parseOpSpec(text).ok, text);
  }
  t.end();
});
