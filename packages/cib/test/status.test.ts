import t from 'tap';
import { formatXml, readStatus, statusToXml } from '@holdfast/cib';
import { cibWith, parsed } from './support/cases.js';

void t.test('the status section says what is written, and writes it again', (t) => {
  const cib = cibWith(
    '',
    `<node_state id="1" uname="n1" in_ccm="1700000000" crmd="online" join="member" expected="member">
      <transient_attributes id="1"><instance_attributes id="status-1">
        <nvpair id="status-1-fail-count-a.monitor_10000" name="fail-count-a#monitor_10000" value="2"/>
      </instance_attributes></transient_attributes>
      <lrm id="1"><lrm_resources><lrm_resource id="a" class="ocf" provider="pacemaker" type="Dummy" shutdown-lock="1700000001">
        <lrm_rsc_op id="a_last_0" operation_key="a_start_0" operation="start" transition-key="5:3:0:uuid" call-id="7"
          rc-code="0" op-status="0" interval="0" last-rc-change="1700000002" last-run="1700000002" op-digest="d"/>
        <lrm_rsc_op id="odd" operation="monitor" interval="10000"/>
      </lrm_resource></lrm_resources></lrm>
    </node_state>
    <node_state id="2" uname=""/><node_state uname="nobody"/>`,
  );
  const status = readStatus(cib);
  t.strictSame(
    status.nodes.map(({ name, inCluster }) => `${name} ${String(inCluster)}`),
    ['n1 true', '2 undefined'],
    'a name may be missing, an id not',
  );
  const [n1] = status.nodes;
  t.equal(n1?.inClusterSince, 1_700_000_000);
  t.strictSame(n1?.transientAttributes, { 'fail-count-a#monitor_10000': '2' });
  const [a] = n1?.history ?? [];
  t.match(a, { resource: 'a', shutdownLock: 1_700_000_001 });
  t.match(a?.ops[0], { task: 'start', callId: 7, rc: 0, targetRc: 0, lastRun: 1_700_000_002 });
  t.match(
    a?.ops[1],
    { rc: -1, opStatus: -2, callId: -1, lastRcChange: 0 },
    'no result is no success',
  );
  const again = readStatus({ ...cib, children: [parsed(formatXml(statusToXml(status)))] });
  t.strictSame(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(status)));
  t.end();
});
