export { isStored, needsRetry, step, store, type StoreState, versionOf } from './machine.ts';
export type { Lineage, Proposal, StoreEffect, StoreInput } from './protocol.ts';
