/** Pieces that every shown object is made of: values, pairs, blocks, rules. */
import { childElements, type XmlElement } from '@holdfast/cib';
import { shownScore } from './scores.ts';

export type ShowOptions = {
  /** Is the value of this name a secret? */
  readonly isMasked: (name: string) => boolean;
  /** Ids that something refers to: those must be spelt out. */
  readonly referenced: ReadonlySet<string>;
  /** Which defaults a bare set of meta-attributes is: they look the same. */
  readonly section?: 'rsc_defaults' | 'op_defaults' | undefined;
};

export const MASK = '******';

/** Quoted where the shell would take it apart, and where people expect to see it quoted. */
export function quote(value: string): string {
  if (/^[\p{L}\p{N}._-]+$/u.test(value)) return value;
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** A word that stands alone: attributes like `#uname`, dates. Quoted only where it must be. */
export function word(value: string): string {
  return /^[^\s"'\\]+$/.test(value) ? value : quote(value);
}

export function pair(name: string, value: string): string {
  return `${name}=${value === '' ? '' : quote(value)}`;
}

function showPair(nvpair: XmlElement, { isMasked, referenced }: ShowOptions): string {
  const { id = '', name, value, 'id-ref': reference } = nvpair.attributes;
  if (reference !== undefined) return `@${reference}${name === undefined ? '' : `:${name}`}`;
  if (name === undefined) return '';
  if (value === undefined) return name;
  const shown = pair(name, isMasked(name) && value !== '' ? MASK : value);
  return referenced.has(id) ? `$${id}:${shown}` : shown;
}

/** The inside of a block: id where it matters, score, rules, pairs. */
export function setWords(set: XmlElement, options: ShowOptions): readonly string[] {
  const { id = '', score, 'id-ref': reference } = set.attributes;
  if (reference !== undefined) return [`$id-ref=${reference}`];
  return [
    ...(options.referenced.has(id) ? [`$id=${id}`] : []),
    ...(score === undefined ? [] : [`${shownScore(score)}:`]),
    ...childElements(set, 'rule').map((rule) => showRule(rule, options)),
    ...childElements(set, 'nvpair').map((each) => showPair(each, options)),
  ];
}

/** `meta a=b c=d`, one part of an object for every block of this kind. */
export function blocks(
  object: XmlElement,
  kinds: Readonly<Record<string, string>>,
  options: ShowOptions,
): readonly string[] {
  return childElements(object).flatMap((child) => {
    const keyword = Object.keys(kinds).find((each) => kinds[each] === child.name);
    return keyword === undefined ? [] : [[keyword, ...setWords(child, options)].join(' ')];
  });
}

export function description(object: XmlElement): readonly string[] {
  const text = object.attributes['description'];
  return text === undefined ? [] : [pair('description', text)];
}

export function showRule(rule: XmlElement, { referenced }: ShowOptions): string {
  const { id = '', role, score, 'id-ref': reference } = rule.attributes;
  if (reference !== undefined) return `rule $id-ref=${reference}`;
  const label = score === undefined ? rule.attributes['score-attribute'] : shownScore(score);
  const terms = childElements(rule).map(showTerm);
  return [
    'rule',
    ...(referenced.has(id) ? [`$id=${id}`] : []),
    ...(role === undefined ? [] : [`$role=${role}`]),
    ...(label === undefined || label === 'inf' ? [] : [`${label}:`]),
    terms.join(` ${rule.attributes['boolean-op'] ?? 'and'} `),
  ].join(' ');
}

function showTerm(term: XmlElement): string {
  if (term.name === 'date_expression') return showDate(term);
  const { operation = '', attribute = '', type, value } = term.attributes;
  if (value === undefined) return `${operation} ${word(attribute)}`;
  const comparison = type === undefined ? operation : `${type}:${operation}`;
  return `${word(attribute)} ${comparison} ${value === '' ? '""' : word(value)}`;
}

function showDate(term: XmlElement): string {
  const { operation = '', start, end } = term.attributes;
  const [inside] = childElements(term);
  const units = Object.entries(inside?.attributes ?? {})
    .filter(([name]) => name !== 'id')
    .map(([name, value]) => `${name}=${word(value)}`);
  switch (operation) {
    case 'lt':
      return `date lt ${word(end ?? '')}`;
    case 'gt':
      return `date gt ${word(start ?? '')}`;
    case 'date_spec':
      return ['date spec', ...units].join(' ');
    default:
      return [
        'date in',
        ...(start === undefined ? [] : [`start=${word(start)}`]),
        ...(end === undefined ? [] : [`end=${word(end)}`]),
        ...units,
      ].join(' ');
  }
}
