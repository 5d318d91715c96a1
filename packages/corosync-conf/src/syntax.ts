/** From text to a tree of sections (rules T6.1 to T6.3); what the names mean is not decided here. */
import { addFault, type Findings } from './fault.ts';

/** One `key: value` line. */
export type Entry = { readonly key: string; readonly value: string; readonly line: number };

/** What stands between `name {` and `}`, in the order of the file. */
export type Section = {
  /** Empty for the file as a whole. */
  readonly name: string;
  readonly line: number;
  /** Where its closing brace stands; of the file as a whole: one line behind the last. */
  readonly end: number;
  readonly entries: readonly Entry[];
  readonly sections: readonly Section[];
};

export type SyntaxTree = {
  readonly root: Section;
  readonly lastLine: number;
  /** False where braces do not match: what is inside what is then a guess. */
  readonly balanced: boolean;
};

/** Bytes in one line, its end not counted; the reference's own limit. */
const LINE_BYTES_MAX = 511;
/** Far more than any real file has; stops a wrong file from filling memory. */
const LINES_MAX = 20_000;
/** `resources.system.memory_used` is the deepest the reference knows. */
const DEPTH_MAX = 8;

type OpenSection = {
  readonly name: string;
  readonly line: number;
  end: number;
  readonly entries: Entry[];
  readonly sections: Section[];
};

export function readSyntax(text: string, found: Findings): SyntaxTree {
  const root: OpenSection = { name: '', line: 1, end: 1, entries: [], sections: [] };
  const open: OpenSection[] = [root];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let balanced = true;
  root.end = lines.length + 1;
  if (lines.length > LINES_MAX) {
    const place = { line: LINES_MAX, key: '' };
    addFault(found, place, 'the file has too many lines', 'is this a corosync.conf at all?');
    return { root, lastLine: lines.length, balanced: false };
  }
  for (const [index, raw] of lines.entries()) {
    balanced = readLine(open, raw, index + 1, found) && balanced;
  }
  for (const { name, line } of open.slice(1)) {
    balanced = false;
    const what = `has no closing brace: it is opened in line ${line}`;
    addFault(found, { line: lines.length, key: name }, what, 'add a line with } where it ends');
  }
  return { root, lastLine: Math.max(1, lines.length), balanced };
}

/** False where the line breaks the nesting of sections. */
function readLine(open: OpenSection[], raw: string, line: number, found: Findings): boolean {
  const text = raw.replace(/\r$/, '').replace(/^[ \t\u00a0]+|[ \t\u00a0]+$/g, '');
  if (text === '' || text.startsWith('#')) return true;
  if (raw.length > LINE_BYTES_MAX / 4 && new TextEncoder().encode(raw).length > LINE_BYTES_MAX) {
    const what = `the line is longer than ${LINE_BYTES_MAX} bytes`;
    addFault(found, { line, key: '' }, what, 'shorten it');
    return true;
  }
  if (text.includes('{')) return openSection(open, text, line, found);
  if (text.includes(':')) return readEntry(open, text, line, found);
  if (text.includes('}')) return closeSection(open, text, line, found);
  const what = 'is neither "section {", nor "key: value", nor "}"';
  const hint = /^[\w.]+\s/.test(text) ? 'write a colon after the key' : 'put it right or remove it';
  addFault(found, { line, key: '', value: shown(text) }, what, hint);
  return true;
}

function openSection(open: OpenSection[], text: string, line: number, found: Findings): boolean {
  const brace = text.indexOf('{');
  const name = text.slice(0, brace).trim();
  const rest = text.slice(brace + 1).trim();
  const place = { line, key: '', value: shown(text) };
  if (name.includes(':')) {
    addFault(found, place, 'has a brace in a value', 'is a shell variable left unexpanded?');
    return true;
  }
  if (name === '') {
    addFault(found, place, 'has no section name before the opening brace', 'write the name there');
  }
  if (rest !== '') {
    const what = 'has something after the opening brace';
    addFault(found, place, what, 'write it into a line of its own');
  }
  const section: OpenSection = { name, line, end: line, entries: [], sections: [] };
  if (open.length > DEPTH_MAX) {
    addFault(found, place, `is nested deeper than ${DEPTH_MAX} sections`, 'close the ones before');
    return false;
  }
  open.at(-1)?.sections.push(section);
  open.push(section);
  return name !== '' && rest === '';
}

function readEntry(open: OpenSection[], text: string, line: number, found: Findings): boolean {
  const colon = text.indexOf(':');
  const key = text.slice(0, colon).trim();
  const value = text.slice(colon + 1).trim();
  if (key === '') {
    addFault(
      found,
      { line, key: '', value: shown(text) },
      'has no key before the colon',
      'write it',
    );
    return true;
  }
  open.at(-1)?.entries.push({ key, value, line });
  return true;
}

function closeSection(open: OpenSection[], text: string, line: number, found: Findings): boolean {
  if (text !== '}') {
    const what = 'has something beside the closing brace';
    const place = { line, key: '', value: shown(text) };
    addFault(found, place, what, 'write it into a line of its own');
  }
  if (open.length === 1) {
    const what = 'a closing brace has no section to close';
    addFault(found, { line, key: '' }, what, 'remove it, or add the missing "section {" above');
    return false;
  }
  const closed = open.pop();
  if (closed !== undefined) closed.end = line;
  return true;
}

/** A line as a message may show it: a password's line is not printed. */
function shown(text: string): string {
  return /^key\b/.test(text) ? 'key: (hidden)' : text.slice(0, 80);
}
