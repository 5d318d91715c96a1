/** What is wrong with a CIB: where, which value, what was expected. */

export type CibFault = {
  /** `error`: the part is left out; `warning`: it is used, and probably not what was meant. */
  readonly severity: 'error' | 'warning';
  /** Id of the element, or its name where it has none. */
  readonly element: string;
  /** The attribute or option concerned; empty for the element itself. */
  readonly attribute: string;
  readonly value: string;
  /** What is wrong and what was expected, in words. */
  readonly what: string;
};

/** One sentence: place, value, way out. */
export function describeFault(fault: CibFault): string {
  const { element, attribute, value, what } = fault;
  if (attribute === '') return `${element}: ${what}`;
  return `${element}: ${attribute}="${value}": ${what}`;
}
