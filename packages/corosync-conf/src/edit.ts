/** Changes one value of a corosync.conf in its text: comments, order and layout stay as they are. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import { describe, findings } from './fault.ts';
import { ROOT, type SectionRule } from './schema.ts';
import { type Entry, readSyntax, type Section } from './syntax.ts';

/** A text with one change made, and the lines that are new in it, as they stand there. */
export type Edited = { readonly text: string; readonly lines: readonly string[] };

type Path = { readonly sections: readonly string[]; readonly key: string };

/** Every value at `path` (`totem.token`, `nodelist.node.name`), in the order of the file. */
export function getValues(text: string, path: string): Result<readonly string[], string> {
  const wanted = readPath(path);
  if (!wanted.ok) return wanted;
  const root = readRoot(text);
  if (!root.ok) return root;
  const { sections, key } = wanted.value;
  const values = sectionsAt(root.value, sections).flatMap(({ entries }) =>
    entries.filter((entry) => entry.key === key).map(({ value }) => value),
  );
  return values.length > 0 ? ok(values) : fail(`${path} is not set`);
}

/**
 * The text with `path` set to `value`. Where there are several sections of that name, `index` (from 0)
 * says which; a key that is not there yet is added to its section, and a section that is not there yet
 * to the end of the file. The result is not read: whoever writes it lets `parseCorosyncConf` look first.
 */
export function setValue(
  text: string,
  path: string,
  value: string,
  index: number | undefined,
): Result<Edited, string> {
  const wanted = readPath(path);
  if (!wanted.ok) return wanted;
  if (/[\r\n{}]/.test(value)) return fail('a value is one line, without braces');
  const root = readRoot(text);
  if (!root.ok) return root;
  const { sections, key } = wanted.value;
  const places = sectionsAt(root.value, sections);
  if (places.length === 0 && (index ?? 0) === 0)
    return addSections(text, root.value, wanted.value, value);
  if (places.length > 1 && index === undefined) {
    const name = sections.join('.');
    return fail(`there are ${places.length} sections ${name}; say which one with an index from 0`);
  }
  const place = places[index ?? 0];
  if (place === undefined) {
    return fail(
      `there is no ${sections.join('.')} with index ${index ?? 0}; there are ${places.length}`,
    );
  }
  return ok(setIn(text, place, key, value));
}

/** The line of `key` in `place` written anew, or a line more. */
export function setIn(text: string, place: Section, key: string, value: string): Edited {
  const lines = text.split('\n');
  // Of a key given twice the last one counts (rule T6.5).
  const old = place.entries.filter((entry) => entry.key === key).at(-1);
  if (old !== undefined) {
    const line = `${indentOf(lines[old.line - 1])}${key}: ${value}`;
    return replaced(lines, old.line - 1, 1, [line]);
  }
  const last: Entry | undefined = place.entries.at(-1);
  const after = last?.line ?? place.line;
  const indent =
    last === undefined ? `${indentOf(lines[place.line - 1])}  ` : indentOf(lines[last.line - 1]);
  return replaced(lines, after, 0, [`${indent}${key}: ${value}`]);
}

/** The text without `key` in `place`. */
export function removeIn(text: string, place: Section, key: string): string {
  const gone = new Set(place.entries.filter((entry) => entry.key === key).map(({ line }) => line));
  return text
    .split('\n')
    .filter((_, index) => !gone.has(index + 1))
    .join('\n');
}

/** The file as a tree, or the first thing that keeps it from being one. */
export function readRoot(text: string): Result<Section, string> {
  const found = findings('corosync.conf');
  const { root, balanced } = readSyntax(text, found);
  const [first] = found.faults;
  if (first !== undefined || !balanced) {
    return fail(first === undefined ? 'the braces do not match' : describe(first));
  }
  return ok(root);
}

/** All sections at a path of names, in the order of the file. */
export function sectionsAt(root: Section, path: readonly string[]): readonly Section[] {
  return path.reduce<readonly Section[]>(
    (places, name) =>
      places.flatMap(({ sections }) => sections.filter((section) => section.name === name)),
    [root],
  );
}

/** Makes the sections of the path that are missing; the deepest one that is there takes them. */
function addSections(
  text: string,
  root: Section,
  path: Path,
  value: string,
): Result<Edited, string> {
  const there = path.sections.findLastIndex(
    (_, depth) => sectionsAt(root, path.sections.slice(0, depth + 1)).length > 0,
  );
  const parent = sectionsAt(root, path.sections.slice(0, there + 1)).at(-1) ?? root;
  const missing = path.sections.slice(there + 1);
  const lines = text.split('\n');
  if (lines.at(-1) === '' && parent === root) lines.pop();
  const depth = parent === root ? '' : `${indentOf(lines[parent.line - 1])}  `;
  const open = missing.map((name, level) => `${depth}${'  '.repeat(level)}${name} {`);
  const key = `${depth}${'  '.repeat(missing.length)}${path.key}: ${value}`;
  const close = missing.map((_, level) => `${depth}${'  '.repeat(missing.length - 1 - level)}}`);
  const added = [...open, key, ...close];
  const edited = replaced(lines, parent === root ? lines.length : parent.end - 1, 0, added);
  return ok(parent === root ? { ...edited, text: `${edited.text}\n` } : edited);
}

function replaced(
  lines: readonly string[],
  at: number,
  count: number,
  added: readonly string[],
): Edited {
  return { text: lines.toSpliced(at, count, ...added).join('\n'), lines: added };
}

function indentOf(line: string | undefined): string {
  return /^[ \t]*/.exec(line ?? '')?.[0] ?? '';
}

/** A dotted path, held against the table of known names: a typing error is not written into a file. */
function readPath(path: string): Result<Path, string> {
  const sections = path.split('.');
  const key = sections.pop() ?? '';
  let rule: SectionRule = ROOT;
  for (const [depth, name] of sections.entries()) {
    const below: SectionRule | undefined = Object.hasOwn(rule.sections, name)
      ? rule.sections[name]
      : undefined;
    if (below === undefined) {
      const where = sections.slice(0, depth).join('.');
      return fail(unknown(name, where, Object.keys(rule.sections), 'section'));
    }
    if (below.free) return ok({ sections, key });
    rule = below;
  }
  if (Object.hasOwn(rule.keys, key)) return ok({ sections, key });
  return fail(unknown(key, sections.join('.'), Object.keys(rule.keys), 'key'));
}

function unknown(name: string, where: string, known: readonly string[], what: string): string {
  const near = nearest(name, known);
  const place = where === '' ? 'corosync.conf' : where;
  const hint =
    near === undefined
      ? known.length === 0
        ? ''
        : `; it has ${known.join(', ')}`
      : `; did you mean "${near}"?`;
  return `${place} has no ${what} "${name}"${hint}`;
}
