/** Checks what is given to an agent against what it says of itself, and converts it. */
import { fail, nearest, ok, parseDuration, type Result } from '@holdfast/base';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type {
  ParameterFault,
  ParameterSpec,
  ParameterSpecs,
  ParameterValue,
} from './parameters.ts';

export type Given = Readonly<Record<string, string>>;

/** What can be checked: every agent, and everything else that describes its parameters. */
export type Parametrised = {
  readonly parameters: ParameterSpecs;
  /** Names that belong to somebody else and are none of the agent's business: `pcmk_`. */
  readonly foreignPrefixes: readonly string[];
};

export type Checked = Result<Readonly<Record<string, ParameterValue>>, readonly ParameterFault[]>;

const BOOLEAN_WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  y: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  n: false,
  '0': false,
};

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
ajv.addFormat('duration-words', (text: string) => parseDuration(text).ok);

const validators = new WeakMap<ParameterSpecs, ValidateFunction>();

/**
 * Everything wrong with `given`, unknown names included: for those who configure. An agent that runs
 * is forgiving about names it does not know, since the cluster adds its own.
 */
export function checkParameters(agent: Parametrised, given: Given): readonly ParameterFault[] {
  const faults: ParameterFault[] = [];
  const names = aliasesOf(agent.parameters);
  for (const name of Object.keys(given)) {
    if (names.has(name) || agent.foreignPrefixes.some((prefix) => name.startsWith(prefix)))
      continue;
    const suggestion = nearest(name, names.keys());
    faults.push({ kind: 'unknown-parameter', name, suggestion });
  }
  const checked = convertParameters(agent.parameters, given);
  return checked.ok ? faults : [...faults, ...checked.fault];
}

/** Checked and converted values, with defaults; names the agent does not know are left out. */
export function convertParameters(specs: ParameterSpecs, given: Given): Checked {
  const words = canonical(specs, given);
  const values: Record<string, ParameterValue> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const word = words.get(name);
    if (word !== undefined) values[name] = read(spec, word);
    else if (spec.default !== undefined) values[name] = spec.default;
  }
  const validate = validatorOf(specs);
  if (!validate(values)) {
    const faults = (validate.errors ?? []).map((error) => faultOf(error, specs, words));
    return fail(faults.filter((fault, index) => isFirstOfItsName(faults, fault, index)));
  }
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.type !== 'duration') continue;
    const length = parseDuration(String(values[name] ?? ''));
    if (length.ok) values[name] = length.value;
  }
  return ok(values);
}

function isFirstOfItsName(
  faults: readonly ParameterFault[],
  fault: ParameterFault,
  index: number,
): boolean {
  return faults.findIndex(({ name }) => name === fault.name) === index;
}

/** Every accepted name, mapped to the one the agent uses. */
function aliasesOf(specs: ParameterSpecs): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const name of Object.keys(specs)) names.set(name, name);
  for (const [name, spec] of Object.entries(specs)) {
    for (const alias of spec.aliases ?? []) if (!names.has(alias)) names.set(alias, name);
  }
  return names;
}

/** Under their own names; a value given under an alias counts where none has the name itself. Empty is absent. */
function canonical(specs: ParameterSpecs, given: Given): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const [name, spec] of Object.entries(specs)) {
    for (const spelt of [name, ...(spec.aliases ?? [])]) {
      const word = given[spelt];
      if (word === undefined || word === '' || words.has(name)) continue;
      words.set(name, word);
    }
  }
  return words;
}

/** A word as the value it stands for; one that stands for none stays a word, and the schema objects. */
function read(spec: ParameterSpec, word: string): ParameterValue {
  switch (spec.type) {
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(word.trim()) ? Number(word) : word;
    case 'boolean':
      return BOOLEAN_WORDS[word.trim().toLowerCase()] ?? word;
    case 'string':
    case 'duration':
      return word;
  }
}

function validatorOf(specs: ParameterSpecs): ValidateFunction {
  const known = validators.get(specs);
  if (known !== undefined) return known;
  const properties: Record<string, object> = {};
  for (const [name, spec] of Object.entries(specs)) properties[name] = schemaOf(spec);
  const required = Object.keys(specs).filter((name) => specs[name]?.required === true);
  const compiled = ajv.compile({ type: 'object', properties, required });
  validators.set(specs, compiled);
  return compiled;
}

function schemaOf(spec: ParameterSpec): object {
  switch (spec.type) {
    case 'string':
      return {
        type: 'string',
        ...(spec.values === undefined ? {} : { enum: spec.values }),
        ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }),
      };
    case 'integer':
      return {
        type: 'integer',
        ...(spec.minimum === undefined ? {} : { minimum: spec.minimum }),
        ...(spec.maximum === undefined ? {} : { maximum: spec.maximum }),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'duration':
      return { type: 'string', format: 'duration-words' };
  }
}

function faultOf(
  error: ErrorObject,
  specs: ParameterSpecs,
  words: ReadonlyMap<string, string>,
): ParameterFault {
  const params: Readonly<Record<string, unknown>> = error.params;
  const missing = params['missingProperty'];
  if (typeof missing === 'string') return { kind: 'missing-parameter', name: missing };
  const name = error.instancePath.slice(1);
  const spec = specs[name];
  const value = spec?.isPrivate === true ? '******' : (words.get(name) ?? '');
  return { kind: 'bad-value', name, value, expected: spec === undefined ? '' : expected(spec) };
}

/** What would have been right, in words. */
function expected(spec: ParameterSpec): string {
  switch (spec.type) {
    case 'string':
      if (spec.values !== undefined) return `one of ${spec.values.join(', ')} is expected`;
      return spec.pattern === undefined
        ? 'text is expected'
        : `text like ${spec.pattern} is expected`;
    case 'integer': {
      const from = spec.minimum === undefined ? '' : ` from ${spec.minimum}`;
      const to = spec.maximum === undefined ? '' : ` to ${spec.maximum}`;
      return `a whole number${from}${to} is expected`;
    }
    case 'boolean':
      return 'true or false is expected';
    case 'duration':
      return 'a length of time is expected, as in 20s or 1500ms';
  }
}
