/** One line of the configure language to one object. */
import { fail, ok, type Result } from '@holdfast/base';
import { parseAclTarget, parseRole, parseUser } from './access.ts';
import { parseAlert } from './alerts.ts';
import {
  parseNode,
  parseProperties,
  parseRawXml,
  parseTag,
  parseTopology,
} from './cluster-objects.ts';
import { parseColocation, parseLocation, parseOrder, parseTicket } from './constraints.ts';
import { type Cursor, cursor, hint, Refused } from './cursor.ts';
import type { ParsedObject } from './parsed.ts';
import { parseBundle, parseClone, parseGroup, parseMonitor, parsePrimitive } from './resources.ts';

const PARSERS: Readonly<Record<string, (place: Cursor) => ParsedObject>> = {
  primitive: (place) => parsePrimitive(place, false),
  resource: (place) => parsePrimitive(place, false),
  rsc_template: (place) => parsePrimitive(place, true),
  group: parseGroup,
  clone: (place) => parseClone(place, 'clone'),
  ms: (place) => parseClone(place, 'master'),
  master: (place) => parseClone(place, 'master'),
  bundle: parseBundle,
  monitor: parseMonitor,
  location: parseLocation,
  colocation: parseColocation,
  collocation: parseColocation,
  order: parseOrder,
  rsc_ticket: parseTicket,
  property: (place) => parseProperties(place, 'crm_config'),
  rsc_defaults: (place) => parseProperties(place, 'rsc_defaults'),
  op_defaults: (place) => parseProperties(place, 'op_defaults'),
  node: parseNode,
  tag: parseTag,
  fencing_topology: parseTopology,
  alert: parseAlert,
  role: parseRole,
  acl_target: (place) => parseAclTarget(place, 'acl_target'),
  acl_group: (place) => parseAclTarget(place, 'acl_group'),
  user: parseUser,
  xml: parseRawXml,
};

/** The words that begin an object, for completion and suggestions. */
export const OBJECT_COMMANDS: readonly string[] = Object.keys(PARSERS);

/** Parses one object; the fault is one sentence that names the word it stumbled over. */
export function parseObject(words: readonly string[]): Result<ParsedObject, string> {
  const place = cursor(words);
  const command = (words[0] ?? '').toLowerCase();
  const parser = Object.hasOwn(PARSERS, command) ? PARSERS[command] : undefined;
  if (parser === undefined) {
    return fail(
      `there is nothing called "${words[0] ?? ''}" to configure.${hint(command, OBJECT_COMMANDS)}`,
    );
  }
  place.at = 1;
  try {
    return ok(parser(place));
  } catch (cause) {
    if (cause instanceof Refused) return fail(`${command}: ${cause.message}`);
    throw cause;
  }
}
