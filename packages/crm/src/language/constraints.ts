/** Constraints: location, colocation, order, rsc_ticket, and the resource sets they share. */
import { element, type XmlElement } from '@holdfast/cib';
import {
  type Cursor,
  hint,
  isAtEnd,
  isId,
  isNext,
  mustEnd,
  peek,
  Refused,
  take,
  takeId,
  takeIf,
  takeLabel,
  takeOption,
} from './cursor.ts';
import type { ParsedObject } from './parsed.ts';
import { takeRules } from './rules.ts';
import { isRole, ROLES, storedScore } from './scores.ts';

const KINDS: readonly string[] = ['Mandatory', 'Optional', 'Serialize'];
const ACTIONS: readonly string[] = ['start', 'stop', 'promote', 'demote'];
const LOSS_POLICIES: readonly string[] = ['stop', 'demote', 'fence', 'freeze'];
const DISCOVERIES: readonly string[] = ['always', 'never', 'exclusive'];

/** What stands behind the colon of `rsc:X`: the CIB's names for it, alone and in a set. */
type Qualifier = 'role' | 'action' | 'none';

type Reference = { readonly id: string; readonly qualifier: string | undefined };

type SetDraft = {
  readonly references: string[];
  readonly qualifier: string | undefined;
  readonly bracket: '' | '(' | '[';
  sequential: string | undefined;
  requireAll: string | undefined;
};

export function parseLocation(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the constraint');
  const attributes: Record<string, string> = { id };
  let sets: readonly XmlElement[] = [];
  const what = take(place, 'a resource, /pattern/ or { resources }');
  if (what === '{') sets = takeBracedSets(place);
  else if (/^\/.+\/$/.test(what)) attributes['rsc-pattern'] = what.slice(1, -1);
  else if (isId(what)) attributes['rsc'] = what;
  else throw new Refused(`expected a resource, /pattern/ or { resources }, found "${what}"`);
  takeLocationOptions(place, attributes);
  if (isNext(place, 'rule')) {
    const rules = takeRules(place);
    mustEnd(place);
    return {
      kind: 'constraint',
      element: element('rsc_location', attributes, [...sets, ...rules]),
    };
  }
  attributes['score'] = takeScore(place);
  attributes['node'] = take(place, 'a node');
  mustEnd(place);
  return { kind: 'constraint', element: element('rsc_location', attributes, sets) };
}

function takeLocationOptions(place: Cursor, attributes: Record<string, string>): void {
  for (;;) {
    const role = takeOption(place, 'role', '$role');
    const discovery = takeOption(place, 'resource-discovery');
    if (role !== undefined) attributes['role'] = mustBe(role, ROLES, 'a role');
    else if (discovery !== undefined) {
      attributes['resource-discovery'] = mustBe(discovery, DISCOVERIES, 'resource-discovery');
    } else return;
  }
}

function mustBe(word: string, known: readonly string[], what: string): string {
  if (known.some((each) => each.toLowerCase() === word.toLowerCase())) return word;
  throw new Refused(`expected ${what} (${known.join(', ')}), found "${word}".${hint(word, known)}`);
}

function takeScore(place: Cursor): string {
  const label = takeLabel(place);
  if (label === undefined)
    throw new Refused(`expected a score such as 100: or inf:, found "${peek(place) ?? 'the end'}"`);
  const score = storedScore(label);
  if (score === undefined)
    throw new Refused(`expected a score such as 100: or inf:, found "${label}:"`);
  return score;
}

export function parseColocation(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the constraint');
  const attributes: Record<string, string> = { id, score: takeScore(place) };
  const sets = takeSets(place, 'role');
  const nodeAttribute = takeOption(place, 'node-attribute');
  if (nodeAttribute !== undefined) attributes['node-attribute'] = nodeAttribute;
  mustEnd(place);
  const pair = asPair(sets);
  if (pair === undefined) return constraint('rsc_colocation', attributes, asXml(sets, 'role'));
  const [dependent, primary] = pair;
  attributes['rsc'] = dependent.id;
  if (dependent.qualifier !== undefined) attributes['rsc-role'] = dependent.qualifier;
  attributes['with-rsc'] = primary.id;
  if (primary.qualifier !== undefined) attributes['with-rsc-role'] = primary.qualifier;
  return constraint('rsc_colocation', attributes, []);
}

export function parseOrder(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the constraint');
  const attributes: Record<string, string> = { id };
  const label = takeLabel(place);
  if (label !== undefined) attributes['kind'] = orderKind(label);
  const sets = takeSets(place, 'action');
  const symmetrical = takeOption(place, 'symmetrical');
  if (symmetrical !== undefined) {
    attributes['symmetrical'] = mustBe(symmetrical, ['true', 'false', 'yes', 'no'], 'symmetrical');
  }
  mustEnd(place);
  const pair = asPair(sets);
  if (pair === undefined) return constraint('rsc_order', attributes, asXml(sets, 'action'));
  const [first, then] = pair;
  attributes['first'] = first.id;
  if (first.qualifier !== undefined) attributes['first-action'] = first.qualifier;
  attributes['then'] = then.id;
  if (then.qualifier !== undefined) attributes['then-action'] = then.qualifier;
  return constraint('rsc_order', attributes, []);
}

/** The word before the colon; an old score stands for Optional (0) or Mandatory (anything else). */
function orderKind(label: string): string {
  const kind = KINDS.find((each) => each.toLowerCase() === label.toLowerCase());
  if (kind !== undefined) return kind;
  const score = storedScore(label);
  if (score !== undefined) return /^[+-]?0+$/.test(score) ? 'Optional' : 'Mandatory';
  throw new Refused(
    `expected ${KINDS.join(', ')} or a score, found "${label}:".${hint(label, KINDS)}`,
  );
}

export function parseTicket(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the constraint');
  const ticket = takeLabel(place);
  if (ticket === undefined) throw new Refused('expected the ticket, with a colon behind it');
  const attributes: Record<string, string> = { id, ticket };
  const sets = takeSets(place, 'role');
  const policy = takeOption(place, 'loss-policy');
  if (policy !== undefined)
    attributes['loss-policy'] = mustBe(policy, LOSS_POLICIES, 'loss-policy');
  mustEnd(place);
  const [only] = sets;
  if (sets.length !== 1 || only?.bracket !== '' || only.references.length !== 1) {
    return constraint('rsc_ticket', attributes, asXml(sets, 'role'));
  }
  attributes['rsc'] = only.references[0] ?? '';
  if (only.qualifier !== undefined) attributes['rsc-role'] = only.qualifier;
  return constraint('rsc_ticket', attributes, []);
}

function constraint(
  name: string,
  attributes: Readonly<Record<string, string>>,
  sets: readonly XmlElement[],
): ParsedObject {
  return { kind: 'constraint', element: element(name, attributes, sets) };
}

/** Exactly two resources and nothing said about sets: the plain form. */
function asPair(sets: readonly SetDraft[]): readonly [Reference, Reference] | undefined {
  if (
    sets.some(
      ({ bracket, sequential, requireAll }) =>
        bracket !== '' || (sequential ?? requireAll) !== undefined,
    )
  ) {
    return undefined;
  }
  const all = sets.flatMap(({ references, qualifier }) =>
    references.map((id): Reference => ({ id, qualifier })),
  );
  const [first, second] = all;
  if (first === undefined || second === undefined) {
    throw new Refused('a constraint names at least two resources');
  }
  return all.length === 2 ? [first, second] : undefined;
}

/** After `{`: sets up to the closing brace. */
function takeBracedSets(place: Cursor): readonly XmlElement[] {
  const sets = takeSets(place, 'none');
  if (!takeIf(place, '}')) throw new Refused('expected "}" behind the resources');
  return asXml(sets, 'none');
}

function takeSets(place: Cursor, qualifier: Qualifier): readonly SetDraft[] {
  const sets: SetDraft[] = [];
  while (!isAtEnd(place)) {
    const word = peek(place) ?? '';
    if (word === '}') break;
    if (word === '(' || word === '[') {
      place.at += 1;
      sets.push(...takeBracketed(place, word, qualifier));
    } else if (!takeSetOption(place, sets.at(-1))) {
      if (word.includes('=')) break;
      addReference(sets, takeReference(place, qualifier), '');
    }
  }
  if (sets.length === 0) throw new Refused('expected resources');
  return sets;
}

function takeBracketed(
  place: Cursor,
  bracket: '(' | '[',
  qualifier: Qualifier,
): readonly SetDraft[] {
  const close = bracket === '(' ? ')' : ']';
  const sets: SetDraft[] = [];
  while (!takeIf(place, close)) {
    if (isAtEnd(place)) throw new Refused(`expected "${close}"`);
    if (takeSetOption(place, sets.at(-1))) continue;
    addReference(sets, takeReference(place, qualifier), bracket);
  }
  if (sets.length === 0) throw new Refused(`there is nothing inside ${bracket} ${close}`);
  return sets;
}

/** A resource joins the set before it where brackets and qualifier are the same. */
function addReference(
  sets: SetDraft[],
  { id, qualifier }: Reference,
  bracket: SetDraft['bracket'],
): void {
  const last = sets.at(-1);
  if (last?.bracket === bracket && last.qualifier === qualifier) {
    last.references.push(id);
    return;
  }
  sets.push({ references: [id], qualifier, bracket, sequential: undefined, requireAll: undefined });
}

function takeSetOption(place: Cursor, set: SetDraft | undefined): boolean {
  if (set === undefined) return false;
  const sequential = takeOption(place, 'sequential');
  if (sequential !== undefined) {
    set.sequential = mustBe(sequential, ['true', 'false', 'yes', 'no'], 'sequential');
    return true;
  }
  const requireAll = takeOption(place, 'require-all');
  if (requireAll === undefined) return false;
  set.requireAll = mustBe(requireAll, ['true', 'false', 'yes', 'no'], 'require-all');
  return true;
}

function takeReference(place: Cursor, qualifier: Qualifier): Reference {
  const word = take(place, 'a resource');
  const [id = '', behind, ...more] = word.split(':');
  if (!isId(id) || more.length > 0) throw new Refused(`expected a resource, found "${word}"`);
  if (behind === undefined) return { id, qualifier: undefined };
  switch (qualifier) {
    case 'none':
      throw new Refused(`expected a resource, found "${word}"`);
    case 'role':
      if (!isRole(behind)) mustBe(behind, ROLES, `a role for ${id}`);
      return { id, qualifier: behind };
    case 'action':
      return { id, qualifier: mustBe(behind, ACTIONS, `an action for ${id}`) };
  }
}

function asXml(sets: readonly SetDraft[], qualifier: Qualifier): readonly XmlElement[] {
  return sets.map((set) => {
    const attributes: Record<string, string> = {};
    const sequential = set.sequential ?? (set.bracket === '' ? 'true' : 'false');
    const requireAll = set.requireAll ?? (set.bracket === '[' ? 'false' : 'true');
    if (/^(false|no)$/i.test(sequential)) attributes['sequential'] = 'false';
    if (/^(false|no)$/i.test(requireAll)) attributes['require-all'] = 'false';
    if (set.qualifier !== undefined) attributes[qualifier] = set.qualifier;
    return element(
      'resource_set',
      attributes,
      set.references.map((id) => element('resource_ref', { id })),
    );
  });
}
