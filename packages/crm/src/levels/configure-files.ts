/** `load` and `save`: the configuration from and to files. */
import { firstChild, parseXml, replaceChild, type XmlElement } from '@holdfast/cib';
import { eraseAll } from '../draft/remove.ts';
import { selectObjects, showObjects, showXml } from '../draft/select.ts';
import { logicalLines, splitWords } from '../language/words.ts';
import { isSecret } from '../shell/secrets.ts';
import {
  type ConfigureDraft,
  DONE,
  type ExitCode,
  FAILED,
  refuse,
  type Shell,
} from '../shell/shell.ts';

type TakeObject = (
  shell: Shell,
  draft: ConfigureDraft,
  words: readonly string[],
  isUpdate: boolean,
) => Promise<ExitCode>;

/** `[xml] update|replace|push FILE`; all of the file or nothing of it. */
export async function load(
  shell: Shell,
  draft: ConfigureDraft,
  words: readonly string[],
  takeObject: TakeObject,
): Promise<ExitCode> {
  const isXml = words[0] === 'xml';
  const [method = '', path = ''] = isXml ? words.slice(1) : words;
  if (!/^(update|replace|push)$/.test(method) || path === '') {
    return refuse(
      shell,
      `expected load [xml] update|replace|push FILE, found "${words.join(' ')}"`,
    );
  }
  const text = await readText(shell, path);
  if (text === undefined) return FAILED;
  const before = draft.cib;
  if (isXml || text.trimStart().startsWith('<')) return loadXml(shell, draft, method, text);
  if (method !== 'update') draft.cib = eraseAll(draft.cib, false);
  for (const [index, line] of logicalLines(text).entries()) {
    const code = await loadLine(shell, draft, line, takeObject);
    if (code === DONE) continue;
    draft.cib = before;
    return refuse(shell, `${path}: line ${index + 1}: nothing was loaded`, code);
  }
  return DONE;
}

async function readText(shell: Shell, path: string): Promise<string | undefined> {
  try {
    return await shell.io.readFile(path);
  } catch (cause) {
    refuse(shell, `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
    return undefined;
  }
}

async function loadLine(
  shell: Shell,
  draft: ConfigureDraft,
  line: string,
  takeObject: TakeObject,
): Promise<ExitCode> {
  if (/^\s*$/.test(line)) return DONE;
  const [, comment] = /^\s*#(.*)$/.exec(line) ?? [];
  if (comment !== undefined) {
    shell.comments.push(comment);
    return DONE;
  }
  const split = splitWords(line);
  if (!split.ok) return refuse(shell, split.fault);
  return takeObject(shell, draft, split.value, true);
}

function loadXml(shell: Shell, draft: ConfigureDraft, method: string, text: string): ExitCode {
  if (method === 'update') return refuse(shell, 'XML is loaded with replace or push');
  const parsed = parseXml(text);
  if (!parsed.ok) return refuse(shell, `line ${parsed.fault.line}: ${parsed.fault.what}`);
  const configuration: XmlElement | undefined =
    parsed.value.name === 'configuration'
      ? parsed.value
      : firstChild(parsed.value, 'configuration');
  const old = firstChild(draft.cib, 'configuration');
  if (configuration === undefined || old === undefined) {
    return refuse(shell, `expected <cib> or <configuration>, found <${parsed.value.name}>`);
  }
  draft.cib = replaceChild(draft.cib, old, configuration);
  return DONE;
}

/** `[xml] [selection] FILE`; secrets are written as they are (but never to the screen), so that the file can be loaded again. */
export async function save(
  shell: Shell,
  draft: ConfigureDraft,
  words: readonly string[],
): Promise<ExitCode> {
  const isXml = words[0] === 'xml';
  const rest = isXml ? words.slice(1) : words;
  const path = rest.at(-1);
  if (path === undefined) return refuse(shell, 'expected save [xml] [ID …] FILE');
  const isMasked = path === '-' ? isSecret : (): boolean => false;
  const request = { before: draft.before, cib: draft.cib, isMasked };
  const chosen = rest.slice(0, -1);
  const objects = selectObjects(request, chosen);
  if (!objects.ok) return refuse(shell, objects.fault);
  const text = isXml
    ? showXml(request, chosen.length === 0 ? undefined : objects.value)
    : showObjects(request, objects.value);
  if (path === '-') {
    shell.io.out(text);
    return DONE;
  }
  try {
    await shell.io.writeFile(path, text);
    return DONE;
  } catch (cause) {
    return refuse(
      shell,
      `cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}
