/** The shape of every object command, for help and for whoever got it wrong. */
export const OBJECT_USAGE: Readonly<Record<string, string>> = {
  primitive:
    'primitive ID ([CLASS:[PROVIDER:]]TYPE|@TEMPLATE) [params NAME=VALUE …] [meta …] [utilization …] [op NAME [interval=…] [timeout=…] …]',
  resource: 'resource ID … (the same as primitive)',
  rsc_template: 'rsc_template ID CLASS:[PROVIDER:]TYPE [params …] [meta …] [op …]',
  group: 'group ID RESOURCE … [meta NAME=VALUE …]',
  clone: 'clone ID RESOURCE [meta NAME=VALUE …]',
  ms: 'ms ID RESOURCE [meta NAME=VALUE …] (a promotable clone)',
  master: 'master ID RESOURCE [meta NAME=VALUE …] (the same as ms)',
  bundle:
    'bundle ID docker|podman NAME=VALUE … [network …] [storage …] [primitive RESOURCE] [meta …]',
  monitor: 'monitor RESOURCE[:ROLE] INTERVAL[:TIMEOUT]',
  location: 'location ID (RESOURCE|/PATTERN/|{ RESOURCE … }) (SCORE: NODE | rule [SCORE:] …)',
  colocation: 'colocation ID SCORE: RESOURCE[:ROLE] WITH[:ROLE] | sets in ( ) and [ ]',
  collocation: 'collocation ID … (the same as colocation)',
  order:
    'order ID [Mandatory:|Optional:|Serialize:] FIRST[:ACTION] THEN[:ACTION] … [symmetrical=BOOL]',
  rsc_ticket: 'rsc_ticket ID TICKET: RESOURCE[:ROLE] … [loss-policy=stop|demote|fence|freeze]',
  property: 'property [ID:] NAME=VALUE …',
  rsc_defaults: 'rsc_defaults [ID:] NAME=VALUE …',
  op_defaults: 'op_defaults [ID:] NAME=VALUE …',
  node: 'node [ID:] NAME[:member|remote] [attributes NAME=VALUE …] [utilization …]',
  tag: 'tag ID[:] OBJECT …',
  fencing_topology:
    'fencing_topology [NODE:|attr:NAME=VALUE|pattern:REGEX] DEVICE[,DEVICE] … (levels in order; commas: all of them)',
  alert: 'alert ID PATH [attributes …] [meta …] [select …] to RECIPIENT',
  role: 'role ID (read|write|deny) WHAT …',
  acl_target: 'acl_target USER ROLE …',
  acl_group: 'acl_group GROUP ROLE …',
  user: 'user USER role:ROLE …',
  xml: 'xml <ELEMENT …/>',
};
