/** The two-node guide: its two blocks of configuration, and the cluster once it runs. */

export const FIRST = `property stonith-enabled=false
property no-quorum-policy=ignore
primitive drbd_res ocf:linbit:drbd params drbd_resource=r0 op monitor interval=29s role=Master op monitor interval=31s role=Slave
ms drbd_master_slave drbd_res meta master-max=1 master-node-max=1 clone-max=2 clone-node-max=1 notify=true
primitive fs_res ocf:heartbeat:Filesystem params device=/dev/drbd0 directory=/mnt/drbd0 fstype=ext4
colocation fs_drbd_colo INFINITY: fs_res drbd_master_slave:Master
order fs_after_drbd mandatory: drbd_master_slave:promote fs_res:start
commit
show
quit
`;

export const SECOND = `primitive ha_k8s_failover_service systemd:two-node-ha-k8s-failover op start interval=0 timeout=120 op stop interval=0 timeout=30
order failover_after_fs mandatory: fs_res:start ha_k8s_failover_service:start
colocation fs_failover_colo INFINITY: fs_res ha_k8s_failover_service
commit
show
quit
`;

export const OP = (task: string, call: number, rc: number, targetRc = rc): string =>
  `<lrm_rsc_op id="x_${task}_0" operation_key="x_${task}_0" operation="${task}" interval="0" call-id="${String(call)}" rc-code="${String(rc)}" op-status="${rc === targetRc ? '0' : '4'}" transition-key="1:1:${String(targetRc)}:00000000-0000-0000-0000-000000000000" exec-time="33" queue-time="0" exit-reason="${rc === targetRc ? '' : 'disk is gone'}"/>`;

export const RUNNING = `<status>
  <node_state id="1" uname="haone" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="1"><lrm_resources>
    <lrm_resource id="drbd_res" class="ocf" provider="linbit" type="drbd">${OP('start', 3, 0)}${OP('promote', 4, 0)}</lrm_resource>
    <lrm_resource id="fs_res" class="ocf" provider="heartbeat" type="Filesystem">${OP('start', 5, 0)}</lrm_resource>
  </lrm_resources></lrm></node_state>
  <node_state id="2" uname="hatwo" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="2"><lrm_resources>
    <lrm_resource id="drbd_res" class="ocf" provider="linbit" type="drbd">${OP('start', 3, 0)}</lrm_resource>
    <lrm_resource id="fs_res" class="ocf" provider="heartbeat" type="Filesystem">${OP('monitor', 2, 7)}</lrm_resource>
  </lrm_resources></lrm></node_state>
</status>`;
