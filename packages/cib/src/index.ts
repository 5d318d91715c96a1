export { parseDate } from './calendar.ts';
export { decodeDisk, describeDiskFault, type DiskFault, encodeDisk, type OnDisk } from './disk.ts';
export { emptyCib, ensureNode, setNodeAttribute, setPair, setProperty } from './edits.ts';
export { everyResource } from './every-resource.ts';
export { type CibFault, describeFault } from './fault.ts';
export type {
  Bundle,
  Clone,
  ColocationConstraint,
  Configuration,
  Constraint,
  Discovery,
  FencingLevel,
  Group,
  LocationConstraint,
  NameValue,
  NodeEntry,
  NodeKind,
  NvSet,
  OpEntry,
  OrderConstraint,
  Primitive,
  Resource,
  ResourceSet,
  Rule,
  RuleExpression,
  TicketConstraint,
  Version,
} from './model.ts';
export { expectation, findOption, type Option, type OptionType } from './option.ts';
export {
  applyPatch,
  type ChildPatch,
  type CibPatch,
  describePatchFault,
  diff,
  type ElementPatch,
  isEmptyPatch,
  type PatchFault,
} from './patch.ts';
export { type Cib, describeReadFault, readCib, readConfiguration, type ReadFault } from './read.ts';
export {
  integerPrefix,
  parseBoolean,
  parseRole,
  readDuration,
  readScore,
  type Role,
} from './literals.ts';
export { readStatus, statusToXml } from './read-status.ts';
export { expandSubmatches, matches, nextRuleChange, type RuleContext } from './rules.ts';
export type {
  HistoryEntry,
  NodeState,
  ResourceHistory,
  Status,
  TicketState,
} from './status-model.ts';
export { META_ATTRIBUTES, OP_ATTRIBUTES, PROPERTIES } from './table.ts';
export { unpack } from './unpack.ts';
export {
  booleanProperty,
  durationProperty,
  findOp,
  instanceOf,
  integerProperty,
  metaBoolean,
  metaDuration,
  metaOf,
  metaScore,
  opOptions,
  opTimeout,
  property,
} from './values.ts';
export {
  compareVersions,
  formatVersion,
  parseVersion,
  readVersion,
  type VersionFault,
} from './version.ts';
export { verify } from './verify.ts';
export type { Surroundings } from './verify-fencing.ts';
export { formatXml } from './xml-format.ts';
export { parseXml, type XmlFault, type XmlLimits } from './xml-parse.ts';
export {
  changeChild,
  childElements,
  element,
  everyElement,
  firstChild,
  replaceChild,
  sameXml,
  withAttributes,
  withChildren,
} from './xml-walk.ts';
export type { XmlElement, XmlNode } from './xml.ts';
