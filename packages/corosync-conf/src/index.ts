export { type AddressKind, addressKind } from './address.ts';
export { type ConfDigests, differingSections, digestsOf } from './agreement.ts';
export {
  compareConf,
  type ConfChange,
  describeChange,
  type ReloadGroup,
  takeOver,
} from './compare.ts';
export { type Edited, getValues, setValue } from './edit.ts';
export { addLink, LINK_OPTIONS, type LinkOption, removeLink, updateLink } from './edit-links.ts';
export { type EffectiveQuorum, effectiveQuorum } from './effective-quorum.ts';
export { type ConfFault, describe } from './fault.ts';
export { findLocalNode, type Host } from './local-node.ts';
export type {
  ConfNode,
  CorosyncConf,
  CryptoConf,
  DeviceConf,
  DeviceNetConf,
  LinkConf,
  QuorumConf,
  TieBreaker,
  TotemConf,
} from './model.ts';
export { type Outside, outsideOf } from './outside.ts';
export { parseCorosyncConf } from './parse.ts';
export { describeRules } from './rules.ts';
