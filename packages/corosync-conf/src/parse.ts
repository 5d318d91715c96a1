/** Reads a corosync.conf, strictly: every fault and every doubt at once, each with its line. */
import { fail, ok, type Result } from '@holdfast/base';
import { type Block, checkFile, merged } from './check.ts';
import { settleQuorum } from './effective-quorum.ts';
import { asWarning, type ConfFault, findings } from './fault.ts';
import type { CorosyncConf } from './model.ts';
import { readNodes } from './nodelist.ts';
import { readDefaultVotes, readQuorum } from './quorum-section.ts';
import { readSyntax } from './syntax.ts';
import { readTotem, readTransport } from './totem.ts';

/**
 * The configuration, or all that is wrong with it in the order of the file. `file` is only what
 * messages call it.
 *
 * What the reference reads without a word or exits on later (a misspelt key, one address for two
 * nodes, `two_node` beside a quorum device, …) is read here too, as one of the `refusals`: so the verdict on a file is the reference's own, and the daemon still
 * does not start with a typing error that would silently be another policy.
 */
export function parseCorosyncConf(
  text: string,
  file: string,
): Result<CorosyncConf, readonly ConfFault[]> {
  const found = findings(file);
  const { root, lastLine, balanced } = readSyntax(text, found);
  // Where braces do not match, nobody knows what belongs where: more messages would only mislead.
  if (!balanced) return fail(inOrder(found.faults));
  const readable = found.faults.length === 0;
  const checked = checkFile(root, found);
  // A line that could not be read may be the very one that seems to be missing.
  if (!readable) return fail(inOrder([...found.faults, ...found.refusals]));
  const clearHighBit = merged(checked, 'totem')?.texts.get('clear_node_high_bit')?.value === 'yes';
  const transport = readTransport(checked);
  const votes = readDefaultVotes(checked);
  const nodes = readNodes(checked, { transport, clearHighBit, votes, lastLine }, found);
  const links = Math.max(1, ...nodes.map(({ addresses }) => addresses.length));
  const totem = readTotem(checked, { nodes: nodes.length, links }, lastLine, found);
  const ids = nodes.map(({ id }) => id);
  const quorum = readQuorum(checked, ids, lastLine, found);
  if (found.faults.length > 0) return fail(inOrder([...found.faults, ...found.refusals]));

  const settled = findings(file);
  settleQuorum(nodes, quorum, settled);
  const refusals = inOrder([...found.refusals, ...settled.faults]);
  const warnings = inOrder([...found.warnings, ...settled.warnings, ...refusals.map(asWarning)]);
  return ok({
    file,
    totem,
    nodes,
    quorum,
    logging: readLogging(checked),
    written: new Set(writtenKeys(checked, '')),
    warnings,
    refusals,
  });
}

function writtenKeys(block: Block, path: string): string[] {
  const own = [...block.integers.keys(), ...block.texts.keys()].map((key) => path + key);
  const below = block.blocks.flatMap((child) => {
    const link = child.integers.get('linknumber')?.value ?? 0;
    const name = child.name === 'interface' ? `interface.${link}` : child.name;
    return writtenKeys(child, `${path}${name}.`);
  });
  return [...own, ...below];
}

function readLogging(root: Block): Record<string, string> {
  const texts = merged(root, 'logging')?.texts ?? new Map<string, never>();
  return Object.fromEntries([...texts].map(([key, { value }]) => [key, value]));
}

function inOrder(faults: readonly ConfFault[]): ConfFault[] {
  return [...faults].sort((a, b) => a.line - b.line);
}
