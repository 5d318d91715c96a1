export { type AddressKind, addressKind } from './address.ts';
export { type EffectiveQuorum, effectiveQuorum } from './effective-quorum.ts';
export { type ConfFault, describe } from './fault.ts';
export { findLocalNode, type Host } from './local-node.ts';
export type {
  ConfNode,
  CorosyncConf,
  CryptoConf,
  LinkConf,
  QuorumConf,
  TieBreaker,
  TotemConf,
} from './model.ts';
export { parseCorosyncConf } from './parse.ts';
