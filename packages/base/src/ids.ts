/** The names of things. A constructor checks once, at the edge; inside, the brand is trusted. */
import { assert } from './assert.ts';
import type { Brand } from './brand.ts';

/** A node for all time: 1 .. 2^32-1. It outlives addresses and host names. */
export type NodeId = Brand<number, 'NodeId'>;

/** What operators call a node: `haone`. Unique in the cluster, as `nodelist.node.name` gives it. */
export type NodeName = Brand<string, 'NodeName'>;

/** A resource instance, as the configuration spells it: `web`, `db:1`. */
export type ResourceId = Brand<string, 'ResourceId'>;

/** One run of one operation on this node. Never reused while the process lives. */
export type CallId = Brand<number, 'CallId'>;

export function nodeId(value: number): NodeId {
  assert(Number.isInteger(value), 'a node id is an integer');
  assert(value > 0, 'a node id is positive');
  assert(value <= 0xffff_ffff, 'a node id fits 32 bits');
  return value as NodeId;
}

export function nodeName(value: string): NodeName {
  assert(value.length > 0, 'a node name is not empty');
  return value as NodeName;
}

export function resourceId(value: string): ResourceId {
  assert(/^[A-Za-z_][\w.-]*(:\d+)?$/.test(value), `a resource id is an XML id: ${value}`);
  return value as ResourceId;
}

export function callId(value: number): CallId {
  assert(Number.isInteger(value), 'a call id is an integer');
  return value as CallId;
}
