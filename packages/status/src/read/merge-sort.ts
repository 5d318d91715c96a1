/** A stable merge sort whose every comparison is defined: some orders here are not transitive (A0.11). */

/** Halves, each sorted, merged taking from the first while it is not greater. */
export function stableMergeSort<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Item[] {
  if (items.length < 2) return [...items];
  const middle = Math.floor(items.length / 2);
  const first = stableMergeSort(items.slice(0, middle), compare);
  const second = stableMergeSort(items.slice(middle), compare);
  const merged: Item[] = [];
  let i = 0;
  let j = 0;
  while (i < first.length && j < second.length) {
    const a = first[i] as Item;
    const b = second[j] as Item;
    if (compare(a, b) <= 0) {
      merged.push(a);
      i += 1;
    } else {
      merged.push(b);
      j += 1;
    }
  }
  return [...merged, ...first.slice(i), ...second.slice(j)];
}

/** Before the first that is not less: before its equals (A0.11). */
export function insertSorted<Item>(
  list: Item[],
  item: Item,
  compare: (a: Item, b: Item) => number,
): void {
  const index = list.findIndex((each) => compare(item, each) <= 0);
  list.splice(index < 0 ? list.length : index, 0, item);
}
