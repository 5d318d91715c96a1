/**
 * The typed reading of a CIB's configuration. The XML tree is the document (nothing in it is ever
 * lost); this is what the scheduler, the controller and the shell think in.
 *
 * Names follow Pacemaker's schema; values are as written (strings), except where a type below says
 * that the reader has checked them. Templates, tags and id-refs are already resolved here.
 */
import type { AgentName, NodeName, Score } from '@holdfast/base';
import type { XmlElement } from './xml.ts';

/** `admin_epoch.epoch.num_updates`: greater is newer, compared left to right. */
export type Version = {
  readonly adminEpoch: number;
  readonly epoch: number;
  readonly numUpdates: number;
};

/** One `<nvpair>`. */
export type NameValue = { readonly id: string; readonly name: string; readonly value: string };

/**
 * A block of name-value pairs that may hold under a rule only. Lists of them are in document order;
 * `unpack` knows which wins: the higher score, among equals the later one.
 */
export type NvSet = {
  readonly id: string;
  readonly score: Score;
  readonly rule: Rule | undefined;
  readonly pairs: readonly NameValue[];
};

/** A `<rule>`, still as XML attributes: evaluated by rules.ts against a node, an op or a date. */
export type Rule = {
  readonly id: string;
  readonly booleanOp: 'and' | 'or';
  readonly role: string | undefined;
  /** Literal score, or the node attribute it is read from. */
  readonly score: string | undefined;
  readonly scoreAttribute: string | undefined;
  readonly expressions: readonly RuleExpression[];
};

export type RuleExpression =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | {
      readonly kind: 'attribute';
      readonly attribute: string;
      readonly operation: string;
      readonly value: string | undefined;
      readonly type: string | undefined;
      readonly valueSource: string | undefined;
    }
  | { readonly kind: 'date'; readonly element: XmlElement }
  | { readonly kind: 'op'; readonly name: string; readonly interval: string | undefined }
  | {
      readonly kind: 'resource';
      readonly class: string | undefined;
      readonly provider: string | undefined;
      readonly type: string | undefined;
    }
  /** What could not be read holds for nothing. */
  | { readonly kind: 'unreadable' };

export type NodeKind = 'member' | 'remote' | 'ping';

export type NodeEntry = {
  /** The node's id as the CIB spells it (`1`; a UUID in old ones; the name for remote nodes). */
  readonly id: string;
  readonly name: NodeName;
  readonly kind: NodeKind;
  /** What every resource thinks of it to begin with; rarely written. */
  readonly score?: Score;
  readonly attributes: readonly NvSet[];
  readonly utilization: readonly NvSet[];
};

/** One configured `<op>`. */
export type OpEntry = {
  readonly id: string;
  readonly name: string;
  /** As written (`10s`); parsed by whoever needs it. */
  readonly interval: string;
  readonly role: string | undefined;
  /** Every other attribute (`timeout`, `on-fail`, `start-delay`, `enabled`, `record-pending`, …). */
  readonly options: Readonly<Record<string, string>>;
  readonly instance: readonly NvSet[];
  readonly meta: readonly NvSet[];
};

type ResourceBase = {
  readonly id: string;
  readonly description: string | undefined;
  readonly meta: readonly NvSet[];
  readonly instance: readonly NvSet[];
};

export type Primitive = ResourceBase & {
  readonly kind: 'primitive';
  readonly agent: AgentName;
  readonly template: string | undefined;
  readonly operations: readonly OpEntry[];
  readonly utilization: readonly NvSet[];
};

export type Group = ResourceBase & {
  readonly kind: 'group';
  readonly members: readonly Primitive[];
};

/** `<clone>` or the old `<master>`; `promotable` as the reader found it. */
export type Clone = ResourceBase & {
  readonly kind: 'clone';
  readonly promotable: boolean;
  readonly child: Primitive | Group;
};

export type Bundle = ResourceBase & {
  readonly kind: 'bundle';
  /** `docker`, `podman`, `rkt`: the container element's name and attributes. */
  readonly engine: string;
  readonly container: Readonly<Record<string, string>>;
  readonly network: XmlElement | undefined;
  readonly storage: XmlElement | undefined;
  readonly child: Primitive | undefined;
};

export type Resource = Primitive | Group | Clone | Bundle;

export type Discovery = 'always' | 'never' | 'exclusive';

export type LocationConstraint = {
  readonly kind: 'location';
  readonly id: string;
  readonly what:
    | { readonly kind: 'resource'; readonly id: string }
    | { readonly kind: 'pattern'; readonly pattern: string }
    | { readonly kind: 'sets'; readonly sets: readonly ResourceSet[] };
  readonly role: string | undefined;
  readonly node: NodeName | undefined;
  readonly score: Score | undefined;
  readonly rules: readonly Rule[];
  readonly discovery: Discovery;
};

export type ResourceSet = {
  readonly id: string;
  readonly resources: readonly string[];
  readonly sequential: boolean;
  /** Somebody wrote it; between sets of an order only that counts. */
  readonly isSequentialWritten?: boolean;
  readonly requireAll: boolean;
  readonly ordering: string | undefined;
  readonly action: string | undefined;
  readonly role: string | undefined;
  readonly score: Score | undefined;
  readonly kind: string | undefined;
};

export type ColocationConstraint = {
  readonly kind: 'colocation';
  readonly id: string;
  readonly score: Score;
  readonly nodeAttribute: string | undefined;
  readonly influence: string | undefined;
  readonly what:
    | {
        readonly kind: 'pair';
        readonly dependent: string;
        readonly dependentRole: string | undefined;
        readonly primary: string;
        readonly primaryRole: string | undefined;
      }
    | { readonly kind: 'sets'; readonly sets: readonly ResourceSet[] };
};

export type OrderConstraint = {
  readonly kind: 'order';
  readonly id: string;
  /** Mandatory, Optional or Serialize; from an old `score` where there is no `kind`. */
  readonly orderKind: 'Mandatory' | 'Optional' | 'Serialize';
  readonly symmetrical: boolean | undefined;
  readonly requireAll: boolean;
  readonly what:
    | {
        readonly kind: 'pair';
        readonly first: string;
        readonly firstAction: string;
        readonly then: string;
        readonly thenAction: string;
      }
    | { readonly kind: 'sets'; readonly sets: readonly ResourceSet[] };
};

export type TicketConstraint = {
  readonly kind: 'ticket';
  readonly id: string;
  readonly ticket: string;
  readonly lossPolicy: string | undefined;
  readonly what:
    | { readonly kind: 'resource'; readonly id: string; readonly role: string | undefined }
    | { readonly kind: 'sets'; readonly sets: readonly ResourceSet[] };
};

export type Constraint =
  LocationConstraint | ColocationConstraint | OrderConstraint | TicketConstraint;

/** One `<fencing-level>`. */
export type FencingLevel = {
  readonly id: string;
  readonly target:
    | { readonly kind: 'name'; readonly name: NodeName }
    | { readonly kind: 'pattern'; readonly pattern: string }
    | { readonly kind: 'attribute'; readonly attribute: string; readonly value: string };
  readonly index: number;
  readonly devices: readonly string[];
};

export type Configuration = {
  /** Cluster properties, `cib-bootstrap-options` first. */
  readonly properties: readonly NvSet[];
  readonly resourceDefaults: readonly NvSet[];
  readonly opDefaults: readonly NvSet[];
  readonly nodes: readonly NodeEntry[];
  readonly resources: readonly Resource[];
  readonly constraints: readonly Constraint[];
  readonly fencingLevels: readonly FencingLevel[];
  /** Tag id → the ids it stands for. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
};
