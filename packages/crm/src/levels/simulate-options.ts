/** The words behind `crm simulate`: which CIB, which time, what is pretended, what is shown. */
import { fail, ok, type Result } from '@holdfast/base';
import { parseBoolean } from '@holdfast/cib';
import { describeInjectFault, type Injection, type OpSpec, parseOpSpec } from '@holdfast/scheduler';

export const FORMATS = ['summary', 'dot', 'scores', 'graph', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export type SimulateOptions = {
  /** `-` is standard input; undefined: the live cluster. */
  readonly file: string | undefined;
  readonly date: string | undefined;
  readonly format: Format;
  readonly injections: readonly Injection[];
  readonly failing: readonly OpSpec[];
  readonly explain: string | undefined;
  readonly saveInput: string | undefined;
  readonly saveOutput: string | undefined;
  readonly saveDot: string | undefined;
};

type Draft = { -readonly [Key in keyof SimulateOptions]: SimulateOptions[Key] } & {
  injections: Injection[];
  failing: OpSpec[];
};

type Take = (draft: Draft, value: string) => string | undefined;

const node =
  (to: 'up' | 'down' | 'fail'): Take =>
  (draft, value) => {
    draft.injections.push({ kind: 'node', node: value, to });
    return undefined;
  };

const ticket =
  (to: 'grant' | 'revoke' | 'standby' | 'activate'): Take =>
  (draft, value) => {
    draft.injections.push({ kind: 'ticket', ticket: value, to });
    return undefined;
  };

const text =
  (key: 'file' | 'date' | 'explain' | 'saveInput' | 'saveOutput' | 'saveDot'): Take =>
  (draft, value) => {
    draft[key] = value;
    return undefined;
  };

const operation =
  (take: (draft: Draft, spec: OpSpec) => void): Take =>
  (draft, value) => {
    const spec = parseOpSpec(value);
    if (!spec.ok) return describeInjectFault(spec.fault);
    take(draft, spec.value);
    return undefined;
  };

const TAKES: ReadonlyMap<string, Take> = new Map<string, Take>([
  ['--xml-file', text('file')],
  ['--date', text('date')],
  ['--explain', text('explain')],
  ['--save-input', text('saveInput')],
  ['--save-output', text('saveOutput')],
  ['--save-dot', text('saveDot')],
  ['--format', takeFormat],
  ['--quorum', takeQuorum],
  ['--node-up', node('up')],
  ['--node-down', node('down')],
  ['--node-fail', node('fail')],
  ['--ticket-grant', ticket('grant')],
  ['--ticket-revoke', ticket('revoke')],
  ['--ticket-standby', ticket('standby')],
  ['--ticket-activate', ticket('activate')],
  ['--op-inject', operation((draft, op) => draft.injections.push({ kind: 'op', op }))],
  ['--op-fail', operation((draft, spec) => draft.failing.push(spec))],
]);

function takeFormat(draft: Draft, value: string): string | undefined {
  const found = FORMATS.find((format) => format === value);
  if (found === undefined) return `--format is one of ${FORMATS.join(', ')}, not "${value}"`;
  draft.format = found;
  return undefined;
}

function takeQuorum(draft: Draft, value: string): string | undefined {
  const isQuorate = parseBoolean(value);
  if (isQuorate === undefined) return `--quorum is yes or no, not "${value}"`;
  draft.injections.push({ kind: 'quorum', isQuorate, text: value });
  return undefined;
}

/** `--option value` and `--option=value`; a fault is one sentence. */
export function parseSimulateOptions(words: readonly string[]): Result<SimulateOptions, string> {
  const draft: Draft = {
    file: undefined,
    date: undefined,
    format: 'summary',
    injections: [],
    failing: [],
    explain: undefined,
    saveInput: undefined,
    saveOutput: undefined,
    saveDot: undefined,
  };
  const left = words.flatMap((word) => {
    const [, name, value] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    return name === undefined ? [word] : [name, value ?? ''];
  });
  for (let index = 0; index < left.length; index += 2) {
    const [name = '', value] = left.slice(index, index + 2);
    const take = TAKES.get(name);
    if (take === undefined) {
      return fail(`simulate does not know "${name}"; it knows ${[...TAKES.keys()].join(' ')}`);
    }
    if (value === undefined) return fail(`${name} needs a value`);
    const fault = take(draft, value);
    if (fault !== undefined) return fail(fault);
  }
  return ok(draft);
}
