/** What an SNMP device has: its objects in order, and the answers that RFC 1157 and RFC 3416 want. */

export type SetVerdict = 'taken' | 'refused' | 'wrong-value';

export type SnmpObject = {
  /** With its instance, without a leading dot. */
  readonly oid: string;
  readonly type: 'integer' | 'text' | 'oid';
  readonly read: () => number | string;
  /** Where it is the state of an outlet: which one, and what it says. */
  readonly state?: () => { readonly outlet: number; readonly value: 'on' | 'off' };
  /** Only an integer can be written. Called once for every order that has passed `accepts`. */
  readonly write?: {
    readonly accepts: (value: number) => boolean;
    readonly perform: (value: number) => SetVerdict;
  };
};

/** Ordered as SNMP orders them. */
export type Tree = readonly SnmpObject[];

export type Missing = 'no-such-object' | 'no-such-instance' | 'end';

export type SetFault =
  'no-access' | 'no-creation' | 'not-writable' | 'wrong-type' | 'wrong-value' | 'refused';

export function makeTree(objects: readonly SnmpObject[]): Tree {
  return [...objects].sort((left, right) => compareOids(left.oid, right.oid));
}

/** The object itself, or in which way it is not there. */
export function lookUp(tree: Tree, oid: string): SnmpObject | Missing {
  const found = tree.find((each) => each.oid === oid);
  if (found !== undefined) return found;
  const column = parentOf(oid);
  return tree.some((each) => each.oid.startsWith(`${column}.`))
    ? 'no-such-instance'
    : 'no-such-object';
}

/** The first object behind `oid`. */
export function next(tree: Tree, oid: string): SnmpObject | undefined {
  return tree.find((each) => compareOids(each.oid, oid) > 0);
}

/** Whether an order could be carried out, before anything of the same request is. */
export function checkSet(
  tree: Tree,
  oid: string,
  value: number | undefined,
): SnmpObject | SetFault {
  const found = lookUp(tree, oid);
  if (typeof found === 'string') return 'no-creation';
  if (found.write === undefined) return 'not-writable';
  if (value === undefined) return 'wrong-type';
  return found.write.accepts(value) ? found : 'wrong-value';
}

export function compareOids(left: string, right: string): number {
  const lefts = left.split('.').map(Number);
  const rights = right.split('.').map(Number);
  const length = Math.min(lefts.length, rights.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (lefts[at] ?? 0) - (rights[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return lefts.length - rights.length;
}

function parentOf(oid: string): string {
  return oid.slice(0, oid.lastIndexOf('.'));
}
