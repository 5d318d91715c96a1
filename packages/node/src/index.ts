export { deadline, node, type NodeMachine, step } from './machine.ts';
export type { NodeConfig, NodeDisk, NodeEffect, NodeInput } from './protocol.ts';
export { type FencePathReading, type FencingReading, readFencingStatus } from './fencing-status.ts';
export { type Cut, type Race, readRace, type Shot } from './race.ts';
export { type NodeReading, readFencing, readNode } from './reading.ts';
