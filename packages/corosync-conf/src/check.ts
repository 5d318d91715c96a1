/** Holds the tree of a file against the table of known names, and reads every value by its type. */
import { nearest } from '@holdfast/base';
import { addFault, addRefusal, addWarning, type Findings } from './fault.ts';
import { type KeyRule, type KeyType, ROOT, type SectionRule } from './schema.ts';
import type { Entry, Section } from './syntax.ts';

/** A value and the line it was read from. */
export type Read<Value> = { readonly value: Value; readonly line: number };

/** One section (or, merged, all of one name) with every value already of the right type. */
export type Block = {
  readonly name: string;
  readonly line: number;
  readonly integers: ReadonlyMap<string, Read<number>>;
  readonly texts: ReadonlyMap<string, Read<string>>;
  readonly blocks: readonly Block[];
};

/** Checks the whole file; what is unknown or malformed is a fault, what has no effect a warning. */
export function checkFile(root: Section, found: Findings): Block {
  return checkSection(root, ROOT, '', found);
}

/** The blocks called `name` as one: of a key given twice the last one counts (rule T6.5). */
export function merged(parent: Block, name: string): Block | undefined {
  const same = parent.blocks.filter((block) => block.name === name);
  const [first] = same;
  if (first === undefined) return undefined;
  return {
    name,
    line: first.line,
    integers: new Map(same.flatMap((block) => [...block.integers])),
    texts: new Map(same.flatMap((block) => [...block.texts])),
    blocks: same.flatMap((block) => block.blocks),
  };
}

function checkSection(section: Section, rule: SectionRule, path: string, found: Findings): Block {
  const integers = new Map<string, Read<number>>();
  const texts = new Map<string, Read<string>>();
  const seen = new Map<string, number>();
  for (const entry of section.entries) {
    const keyRule = ownOf(rule.keys, entry.key);
    if (keyRule === undefined) {
      unknownKey(entry, rule, path, found);
      continue;
    }
    const earlier = seen.get(entry.key);
    if (earlier !== undefined) {
      const place = { line: entry.line, key: path + entry.key };
      addWarning(found, place, `was given already in line ${earlier}, and the last one counts`);
    }
    seen.set(entry.key, entry.line);
    readValue(entry, keyRule, path, { integers, texts, found });
  }
  const blocks: Block[] = [];
  for (const child of section.sections) {
    const childRule = ownOf(rule.sections, child.name);
    if (childRule === undefined) unknownSection(child, rule, path, found);
    else if (childRule.free) {
      const place = { line: child.line, key: path + child.name };
      addWarning(found, place, `has no effect: it ${childRule.unused ?? 'is free text'}`);
    } else blocks.push(checkSection(child, childRule, `${path}${child.name}.`, found));
  }
  return { name: section.name, line: section.line, integers, texts, blocks };
}

type Sink = {
  readonly integers: Map<string, Read<number>>;
  readonly texts: Map<string, Read<string>>;
  readonly found: Findings;
};

function readValue(entry: Entry, rule: KeyRule, path: string, sink: Sink): void {
  const { key, value, line } = entry;
  const place = { line, key: path + key, value };
  const { type } = rule;
  switch (type.kind) {
    case 'integer':
      readInteger(entry, rule, type, { path, sink });
      break;
    case 'word':
      if (type.words.includes(value)) sink.texts.set(key, { value, line });
      else {
        const choices = type.words.join(', ');
        const wayOut = didYouMean(value, type.words) ?? `write one of: ${choices}`;
        const add = rule.isLate ? addRefusal : addFault;
        add(sink.found, place, `is none of the values it can have (${choices})`, wayOut);
      }
      break;
    case 'text':
    case 'secret':
      sink.texts.set(key, { value, line });
      break;
  }
  if (rule.unused !== undefined) {
    addWarning(sink.found, place, `has no effect: it ${rule.unused}`);
  }
}

function readInteger(
  { key, value, line }: Entry,
  { isLate }: KeyRule,
  { min, max }: KeyType & { kind: 'integer' },
  { path, sink }: { readonly path: string; readonly sink: Sink },
): void {
  const number = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) {
    sink.integers.set(key, { value: number, line });
    return;
  }
  const given = value === '' ? 'has no value; it must be' : 'is not';
  const what = `${given} a whole number from ${min} to ${max}`;
  const add = isLate ? addRefusal : addFault;
  add(sink.found, { line, key: path + key, value }, what, integerHint(value));
}

function integerHint(value: string): string {
  if (value.includes('#')) return 'put the comment into a line of its own';
  if (/^(yes|on|true)$/i.test(value)) return 'write 1';
  if (/^(no|off|false)$/i.test(value)) return 'write 0';
  if (/^\d+\s*(ms|s|sec|m|min)$/i.test(value)) return 'write milliseconds, without a unit';
  return 'write digits only';
}

/**
 * A key that is nearly a known one is a setting that silently would not be made: the daemon does not
 * start with it. One that is like nothing is only told, as it does no harm to the reference either.
 */
function unknownKey(entry: Entry, rule: SectionRule, path: string, found: Findings): void {
  const place = { line: entry.line, key: path + entry.key };
  const within = path === '' ? 'at the top of the file' : `in ${path.slice(0, -1)}`;
  const home = homeOf(entry.key);
  const meant = didYouMean(entry.key, Object.keys(rule.keys));
  const wayOut = home === undefined ? meant : `move it into ${home}`;
  const what = `is not a key that is known ${within}`;
  if (rule.isClosed) addFault(found, place, what, wayOut ?? 'remove the line');
  else if (wayOut === undefined) addWarning(found, place, what, 'remove the line');
  else addRefusal(found, place, what, wayOut);
}

function unknownSection(child: Section, rule: SectionRule, path: string, found: Findings): void {
  const place = { line: child.line, key: path + child.name };
  const within = path === '' ? 'a section of this file' : `a section of ${path.slice(0, -1)}`;
  const misplaced = path !== '' && ownOf(ROOT.sections, child.name) !== undefined;
  const wayOut = misplaced
    ? 'close the section above it first'
    : didYouMean(child.name, Object.keys(rule.sections));
  if (wayOut === undefined) addWarning(found, place, `is not ${within}`, 'remove it');
  else addRefusal(found, place, `is not ${within}`, wayOut);
}

/** The section a key really belongs to, where it is known in just one. */
function homeOf(key: string): string | undefined {
  const homes: string[] = [];
  const search = (rule: SectionRule, path: string): void => {
    if (path !== '' && ownOf(rule.keys, key) !== undefined) homes.push(path);
    for (const [name, child] of Object.entries(rule.sections)) {
      search(child, path === '' ? name : `${path}.${name}`);
    }
  };
  search(ROOT, '');
  return homes.length === 1 ? homes[0] : undefined;
}

export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const near = nearest(word, known);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

function ownOf<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
