/** What one line of the configure language says, before it meets the configuration. */
import type { XmlElement } from '@holdfast/cib';

export type ParsedObject =
  /** Anything with an id of its own; generated ids below it are missing still. */
  | {
      readonly kind: 'resource';
      readonly element: XmlElement;
      /** Resources that exist already and go inside. */
      readonly members: readonly string[];
    }
  | { readonly kind: 'constraint' | 'tag' | 'alert' | 'acl'; readonly element: XmlElement }
  /** A node; without id, the one of the node with this name, or the name itself. */
  | { readonly kind: 'node'; readonly element: XmlElement }
  /** Cluster properties or defaults: merged into the set with the same id and no rule. */
  | {
      readonly kind: 'set';
      readonly section: 'crm_config' | 'rsc_defaults' | 'op_defaults';
      readonly element: XmlElement;
    }
  /** The whole topology; levels without a target are for every node. */
  | { readonly kind: 'topology'; readonly levels: readonly TopologyLevel[] }
  /** An op for a resource that exists. */
  | { readonly kind: 'op'; readonly resource: string; readonly element: XmlElement }
  /** A raw element, filed by its name. */
  | { readonly kind: 'xml'; readonly element: XmlElement };

export type TopologyLevel = {
  /** Attributes that name the target; undefined: every node. */
  readonly target: Readonly<Record<string, string>> | undefined;
  readonly index: number;
  readonly devices: string;
};
