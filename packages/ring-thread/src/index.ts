export { beginLife, replaceFile } from './disk.ts';
export type { LinkEvent } from './contract.ts';
export type { SealingStatus } from './keys.ts';
export type { RingOptions, RingReload } from './options.ts';
export { type RingThread, type RingThreadEvents, startRingThread } from './ring-thread.ts';
export type { OpenResult, ThreadStatus } from './words.ts';
