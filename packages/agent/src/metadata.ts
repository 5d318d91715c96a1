/** What an agent says of itself in XML: OCF resource-agent and fence-agent metadata, from one description. */
import type { ParameterSpec, ParameterSpecs } from './parameters.ts';

export type ActionFacts = {
  readonly name: string;
  /** As written in the definition: `20s`. Undefined: the action takes no time to speak of. */
  readonly timeout?: string | undefined;
  readonly interval?: string | undefined;
  readonly role?: string | undefined;
  readonly onTarget?: boolean | undefined;
  readonly automatic?: boolean | undefined;
};

export type Facts = {
  readonly name: string;
  readonly version: string;
  readonly shortdesc: string;
  readonly longdesc: string;
  readonly parameters: ParameterSpecs;
  readonly actions: readonly ActionFacts[];
};

/** OCF resource agent API 1.1. */
export function resourceMetadata(facts: Facts): string {
  return document(facts, [
    `<resource-agent name="${attribute(facts.name)}" version="${attribute(facts.version)}">`,
    '  <version>1.1</version>',
    `  <longdesc lang="en">${text(facts.longdesc)}</longdesc>`,
    `  <shortdesc lang="en">${text(facts.shortdesc)}</shortdesc>`,
    ...parameters(facts.parameters, resourceParameter),
  ]);
}

/** As fence agents describe themselves: options on the command line beside parameters on stdin. */
export function fenceMetadata(facts: Facts): string {
  return document(facts, [
    `<resource-agent name="${attribute(facts.name)}" shortdesc="${attribute(facts.shortdesc)}">`,
    `  <longdesc>${text(facts.longdesc)}</longdesc>`,
    ...parameters(facts.parameters, fenceParameter),
  ]);
}

function document(facts: Facts, head: readonly string[]): string {
  const lines = [
    '<?xml version="1.0"?>',
    ...head,
    '  <actions>',
    ...facts.actions.map(action),
    '  </actions>',
    '</resource-agent>',
  ];
  return `${lines.join('\n')}\n`;
}

function parameters(
  specs: ParameterSpecs,
  one: (name: string, spec: ParameterSpec) => readonly string[],
): readonly string[] {
  const lines = Object.entries(specs).flatMap(([name, spec]) => one(name, spec));
  return ['  <parameters>', ...lines, '  </parameters>'];
}

function resourceParameter(name: string, spec: ParameterSpec): readonly string[] {
  const marks = [
    ` required="${flag(spec.required)}"`,
    spec.unique === true ? ` unique="1" unique-group="${attribute(name)}"` : '',
    spec.reloadable === true ? ' reloadable="1"' : '',
    spec.isPrivate === true ? ' private="1"' : '',
  ];
  return [
    `    <parameter name="${attribute(name)}"${marks.join('')}>`,
    `      <longdesc lang="en">${text(spec.longdesc ?? spec.shortdesc)}</longdesc>`,
    `      <shortdesc lang="en">${text(spec.shortdesc)}</shortdesc>`,
    ...content(spec, { duration: 'time' }),
    '    </parameter>',
  ];
}

function fenceParameter(name: string, spec: ParameterSpec): readonly string[] {
  const lines = [
    `    <parameter name="${attribute(name)}" unique="0" required="${flag(spec.required)}">`,
    `      <getopt mixed="--${attribute(name.replaceAll('_', '-'))}=[value]"/>`,
    ...content(spec, { duration: 'second' }),
    `      <shortdesc lang="en">${text(spec.shortdesc)}</shortdesc>`,
    '    </parameter>',
  ];
  for (const alias of spec.aliases ?? []) {
    lines.push(
      `    <parameter name="${attribute(alias)}" unique="0" required="0" deprecated="1" obsoletes="${attribute(name)}">`,
      `      <getopt mixed="--${attribute(name.replaceAll('_', '-'))}=[value]"/>`,
      ...content(spec, { duration: 'second' }),
      `      <shortdesc lang="en">${text(spec.shortdesc)}</shortdesc>`,
      '    </parameter>',
    );
  }
  return lines;
}

function content(spec: ParameterSpec, words: { readonly duration: string }): readonly string[] {
  const initial = spec.default === undefined ? '' : ` default="${attribute(String(spec.default))}"`;
  if (spec.type === 'string' && spec.values !== undefined) {
    const options = spec.values.map((value) => `        <option value="${attribute(value)}"/>`);
    return [`      <content type="select"${initial}>`, ...options, '      </content>'];
  }
  const type = spec.type === 'duration' ? words.duration : spec.type;
  return [`      <content type="${type}"${initial}/>`];
}

function action({ name, timeout, interval, role, onTarget, automatic }: ActionFacts): string {
  const marks = [
    timeout === undefined ? '' : ` timeout="${attribute(timeout)}"`,
    interval === undefined ? '' : ` interval="${attribute(interval)}"`,
    role === undefined ? '' : ` role="${attribute(role)}"`,
    onTarget === undefined ? '' : ` on_target="${flag(onTarget)}"`,
    automatic === undefined ? '' : ` automatic="${flag(automatic)}"`,
  ];
  return `    <action name="${attribute(name)}"${marks.join('')}/>`;
}

function flag(value: boolean | undefined): string {
  return value === true ? '1' : '0';
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;');
}
