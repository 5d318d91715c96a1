/**
 * Every option the configuration may hold, in one table: validation, defaults, completion, "did you
 * mean" and the documentation read it. Names as the reference spells them today; older and newer
 * spellings are aliases.
 */
import { aliased, type Option, option } from './option.ts';

/** Cluster properties (A1.3, C0.5). */
export const PROPERTIES: readonly Option[] = [
  option(
    'no-quorum-policy',
    ['stop', 'freeze', 'ignore', 'demote', 'fence', 'suicide'],
    'stop',
    'what a partition without quorum does with its resources',
  ),
  option(
    'symmetric-cluster',
    'boolean',
    'true',
    'may resources run anywhere unless told otherwise',
  ),
  option('maintenance-mode', 'boolean', 'false', 'leave every resource alone'),
  option(
    'start-failure-is-fatal',
    'boolean',
    'true',
    'does one failed start ban a resource from its node',
  ),
  option(
    'enable-startup-probes',
    'boolean',
    'true',
    'look for running resources when a node joins',
  ),
  aliased(
    ['fencing-enabled'],
    option(
      'stonith-enabled',
      'boolean',
      'true',
      'prove lost nodes off before recovering what they ran',
    ),
  ),
  aliased(
    ['fencing-action'],
    option(
      'stonith-action',
      ['reboot', 'off', 'poweroff'],
      'reboot',
      'what a fence does: off and on again, or off',
    ),
  ),
  aliased(
    ['fencing-timeout'],
    option('stonith-timeout', 'duration', '60s', 'how long a fence device may take'),
  ),
  aliased(
    ['fencing-max-attempts'],
    option(
      'stonith-max-attempts',
      'integer',
      '10',
      'failed fences in a row before the cluster pauses',
    ),
  ),
  aliased(
    ['fencing-watchdog-timeout'],
    option(
      'stonith-watchdog-timeout',
      'duration',
      '0',
      'after how long a lost node has fenced itself by its watchdog',
    ),
  ),
  option('have-watchdog', 'boolean', 'false', 'set by the cluster: is a watchdog in use'),
  option('concurrent-fencing', 'boolean', 'false', 'may several nodes be fenced at once'),
  option('startup-fencing', 'boolean', 'true', 'fence nodes that were never seen'),
  option(
    'priority-fencing-delay',
    'duration',
    '0',
    'wait this long before shooting the node with the higher priority',
  ),
  option(
    'node-pending-timeout',
    'duration',
    '0',
    'fence a node that joins the ring but not the cluster for so long',
  ),
  option(
    'fence-remote-without-quorum',
    'boolean',
    'false',
    'may remote nodes be fenced without quorum',
  ),
  aliased(
    ['fencing-reaction'],
    option(
      'fence-reaction',
      ['stop', 'panic'],
      'stop',
      'what a node does that learns it was fenced',
    ),
  ),
  option('cluster-delay', 'duration', '60s', 'how late a result may come over the network'),
  option(
    'dc-deadtime',
    'duration',
    '20s',
    'kept for compatibility; the DC follows from the view here',
  ),
  option('cluster-recheck-interval', 'duration', '15min', 'look at the cluster at least so often'),
  option('election-timeout', 'duration', '2min', 'kept for compatibility'),
  option(
    'shutdown-escalation',
    'duration',
    '20min',
    'a node that may not leave for so long leaves anyway',
  ),
  option('join-integration-timeout', 'duration', '3min', 'kept for compatibility'),
  option('join-finalization-timeout', 'duration', '30min', 'kept for compatibility'),
  option('transition-delay', 'duration', '0', 'wait so long for more events before deciding'),
  option('load-threshold', 'text', '80%', 'kept for compatibility'),
  option(
    'node-action-limit',
    'integer',
    '0',
    'operations a node may run at once; 0: twice its cores',
  ),
  option('batch-limit', 'integer', '0', 'actions in flight in the whole cluster; 0: no limit'),
  option(
    'migration-limit',
    'integer',
    '-1',
    'live migrations a node may have at once; -1: no limit',
  ),
  option('stop-all-resources', 'boolean', 'false', 'stop everything'),
  aliased(
    ['stop-orphan-resources'],
    option('stop-removed-resources', 'boolean', 'true', 'stop what is no longer configured'),
  ),
  aliased(
    ['stop-orphan-actions'],
    option(
      'cancel-removed-actions',
      'boolean',
      'true',
      'cancel monitors that are no longer configured',
    ),
  ),
  option(
    'node-health-strategy',
    ['none', 'migrate-on-red', 'only-green', 'progressive', 'custom'],
    'none',
    'how health attributes move resources',
  ),
  option('node-health-base', 'score', '0', 'health score of every node to begin with'),
  option('node-health-green', 'score', '0', 'score of a green attribute'),
  option('node-health-yellow', 'score', '0', 'score of a yellow attribute'),
  option('node-health-red', 'score', '-INFINITY', 'score of a red attribute'),
  option(
    'placement-strategy',
    ['default', 'utilization', 'minimal', 'balanced'],
    'default',
    'does placement look at utilization',
  ),
  option(
    'shutdown-lock',
    'boolean',
    'false',
    'keep resources for a node that was shut down cleanly',
  ),
  option('shutdown-lock-limit', 'duration', '0', 'for how long; 0: for ever'),
  option('enable-acl', 'boolean', 'false', 'do access control lists apply'),
  option('cluster-name', 'text', '', 'the name of the cluster'),
  option(
    'cluster-infrastructure',
    'text',
    'corosync',
    'set by the cluster: which membership layer',
  ),
  option('dc-version', 'text', '', 'set by the cluster: version of the DC'),
  option('last-lrm-refresh', 'integer', '0', 'set by tools that ask for new probes'),
  option(
    'pe-error-series-max',
    'integer',
    '-1',
    'decision inputs kept that ended in errors; -1: all',
  ),
  option('pe-warn-series-max', 'integer', '5000', 'decision inputs kept that ended in warnings'),
  option('pe-input-series-max', 'integer', '4000', 'other decision inputs kept'),
  option('remove-after-stop', 'boolean', 'false', 'kept for compatibility'),
  option('cluster-ipc-limit', 'integer', '500', 'kept for compatibility'),
];

/** Resource meta-attributes (A1.6). */
export const META_ATTRIBUTES: readonly Option[] = [
  option(
    'priority',
    'score',
    '0',
    'placed first, and worth more when a node is chosen to be fenced',
  ),
  option('critical', 'boolean', 'true', 'may its needs move what it is colocated with'),
  option(
    'target-role',
    ['Started', 'Stopped', 'Promoted', 'Unpromoted', 'Master', 'Slave'],
    'Started',
    'what it should be',
  ),
  option('is-managed', 'boolean', 'true', 'may the cluster start and stop it'),
  option('maintenance', 'boolean', 'false', 'leave it alone'),
  option('resource-stickiness', 'score', '0', 'how much it wants to stay where it is'),
  option(
    'requires',
    ['nothing', 'quorum', 'fencing', 'unfencing'],
    '',
    'what must hold before it may start',
  ),
  option('migration-threshold', 'score', 'INFINITY', 'failures on a node before it must leave'),
  option('failure-timeout', 'duration', '0', 'forget failures after this long; 0: never'),
  option(
    'multiple-active',
    ['block', 'stop_only', 'stop_start', 'stop_unexpected'],
    'stop_start',
    'what to do when it is found running twice',
  ),
  option('allow-migrate', 'boolean', 'false', 'can it move without stopping'),
  option('allow-unhealthy-nodes', 'boolean', 'false', 'may it run where health is bad'),
  option('container-attribute-target', 'text', '', 'where promotion scores of a bundle go'),
  option('remote-node', 'text', '', 'name of the guest node it is'),
  option('remote-addr', 'text', '', 'address of the guest node'),
  option('remote-port', 'integer', '3121', 'port of the guest node'),
  option('remote-connect-timeout', 'duration', '60s', 'how long to wait for the guest node'),
  option('remote-allow-migrate', 'boolean', 'true', 'may the connection move'),
  option('notify', 'boolean', 'false', 'tell instances before and after what happens to others'),
  option('ordered', 'boolean', 'true', 'start members or instances one after another'),
  option('collocated', 'boolean', 'true', 'keep group members together'),
  option('interleave', 'boolean', 'false', 'wait only for the instance on the same node'),
  option('clone-max', 'integer', '', 'instances in all; default: one a node'),
  option('clone-min', 'integer', '0', 'instances that must run before others may depend on it'),
  option('clone-node-max', 'integer', '1', 'instances on one node'),
  option('globally-unique', 'boolean', 'false', 'is every instance different'),
  option('promotable', 'boolean', 'false', 'can instances be promoted'),
  aliased(['master-max'], option('promoted-max', 'integer', '1', 'promoted instances in all')),
  aliased(
    ['master-node-max'],
    option('promoted-node-max', 'integer', '1', 'promoted instances on one node'),
  ),
  option('container', 'text', '', 'the resource that carries it and is recovered with it'),
  option('provides', 'text', '', 'for fence devices: unfencing'),
];

/** Attributes of an `<op>` (B2). */
export const OP_ATTRIBUTES: readonly Option[] = [
  option('name', 'text', '', 'which action'),
  option('interval', 'duration', '0', 'how often; 0: once'),
  option('timeout', 'duration', '20s', 'how long it may take'),
  option(
    'on-fail',
    ['ignore', 'block', 'stop', 'restart', 'fence', 'standby', 'demote', 'restart-container'],
    '',
    'what a failure leads to',
  ),
  option(
    'role',
    ['Started', 'Stopped', 'Promoted', 'Unpromoted', 'Master', 'Slave'],
    '',
    'only in this role',
  ),
  option('enabled', 'boolean', 'true', 'is it done at all'),
  option('start-delay', 'duration', '0', 'wait so long before the first time'),
  option('interval-origin', 'text', '', 'a time the interval is counted from'),
  option('record-pending', 'boolean', 'true', 'is it on record while it runs'),
  option(
    'requires',
    ['nothing', 'quorum', 'fencing', 'unfencing'],
    '',
    'what must hold before a start',
  ),
  option('trace_ra', 'integer', '', 'write a trace of the agent'),
  option('depth', 'integer', '', 'how deep a monitor looks (OCF_CHECK_LEVEL)'),
  option('description', 'text', '', 'for people'),
];
