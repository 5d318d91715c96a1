export { deadline, node, type NodeMachine, step } from './machine.ts';
export type { NodeConfig, NodeDisk, NodeEffect, NodeInput } from './protocol.ts';
export { type NodeReading, readFencing, readNode } from './reading.ts';
