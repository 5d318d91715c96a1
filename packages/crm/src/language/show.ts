/** Objects back to the language: what is shown can be loaded again. */
import { childElements, formatXml, type XmlElement } from '@holdfast/cib';
import { parseObject } from './parse.ts';
import { showAccess, showAlert, showBundle } from './show-other.ts';
import { showConstraint } from './show-constraints.ts';
import {
  showCollection,
  showNode,
  showPrimitive,
  showSet,
  showTag,
  showTopology,
} from './show-objects.ts';
import { normalForm, normalFormOfParsed } from './normal-form.ts';
import type { ShowOptions } from './show-parts.ts';
import { splitWords } from './words.ts';

const SEPARATOR = ' \\\n\t';

/**
 * One object as a command, continued over lines. What the language cannot say (nested rules, elements
 * of the future) is shown as raw XML, so that nothing is lost on the way back.
 */
export function showObject(object: XmlElement, options: ShowOptions): string {
  const comments = object.children.flatMap((child) =>
    child.kind === 'comment' ? [`#${child.text}\n`] : [],
  );
  const parts = showParts(object, options);
  const text = parts?.join(SEPARATOR);
  const shown =
    text !== undefined && saysTheSame(object, options)
      ? text
      : `xml ${formatXml(object).trimEnd().replaceAll('\n', SEPARATOR)}`;
  return comments.join('') + shown;
}

/** Would the text (with nothing masked) make the same object again? */
function saysTheSame(object: XmlElement, options: ShowOptions): boolean {
  const text = showParts(object, { ...options, isMasked: () => false })?.join(' ');
  const words = text === undefined ? undefined : splitWords(text);
  if (words?.ok !== true) return false;
  const parsed = parseObject(words.value);
  return parsed.ok && normalFormOfParsed(parsed.value) === normalForm(object);
}

type Shower = (object: XmlElement, options: ShowOptions) => readonly string[];

const SHOWERS: Readonly<Record<string, Shower>> = {
  primitive: showPrimitive,
  template: showPrimitive,
  group: showCollection,
  clone: showCollection,
  master: showCollection,
  bundle: showBundle,
  node: showNode,
  cluster_property_set: (object, options) => showSet('property', object, options),
  meta_attributes: (object, options) => showSet(options.section ?? 'rsc_defaults', object, options),
  'fencing-topology': (object) => showTopology(childElements(object, 'fencing-level')),
  tag: showTag,
  alert: showAlert,
  acl_role: showAccess,
  acl_target: showAccess,
  acl_group: showAccess,
  acl_user: showAccess,
};

function showParts(object: XmlElement, options: ShowOptions): readonly string[] | undefined {
  const shower = Object.hasOwn(SHOWERS, object.name) ? SHOWERS[object.name] : undefined;
  return shower === undefined ? showConstraint(object, options) : shower(object, options);
}
