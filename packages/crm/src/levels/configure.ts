/** The level `configure`: edits a copy, and commits it as one change. */
import { findResource, findObject, section } from '../draft/places.ts';
import { putObject } from '../draft/put.ts';
import { eraseAll, removeObject } from '../draft/remove.ts';
import { modifyGroup, renameObject, setValue, suggestion } from '../draft/rework.ts';
import { selectObjects, showObjects, showXml } from '../draft/select.ts';
import { findOption, PROPERTIES, type XmlElement } from '@holdfast/cib';
import type { Result } from '@holdfast/base';
import { OBJECT_COMMANDS, parseObject } from '../language/parse.ts';
import { OBJECT_USAGE } from '../language/usage.ts';
import { isSecret } from '../shell/secrets.ts';
import {
  DONE,
  type ExitCode,
  FAILED,
  inform,
  isAgreed,
  refuse,
  type Shell,
  UNSAFE,
  warn,
  type ConfigureDraft,
} from '../shell/shell.ts';
import { checkObject } from './checks.ts';
import { commit, verifyDraft, withDraft } from './configure-draft.ts';
import { load, save } from './configure-files.ts';
import { ANY, command, type Command, type Level } from './level.ts';
import { runningOn } from './running.ts';

export const level: Level = {
  name: 'configure',
  commands: [
    ...OBJECT_COMMANDS.map(objectCommand),
    command(
      'show',
      'show [xml] [ID|changed|type:T|tag:T|related:ID …]',
      'Shows the configuration.',
      {
        arity: [0, ANY],
        run: (shell, words) => withDraft(shell, (draft) => show(shell, draft, words)),
      },
    ),
    command(
      'delete rm',
      'delete [--force] ID…',
      'Deletes objects, and the constraints that name them.',
      {
        arity: [1, ANY],
        run: (shell, words) => withDraft(shell, (draft) => remove(shell, draft, words)),
      },
    ),
    command('rename', 'rename OLD NEW', 'Gives an object another id.', {
      arity: [2, 2],
      run: (shell, [from = '', to = '']) => edit(shell, (cib) => renameObject(cib, from, to)),
    }),
    command(
      'modgroup',
      'modgroup GROUP (add RESOURCE [after|before RESOURCE] | remove RESOURCE)',
      'Changes the members of a group.',
      {
        arity: [3, 5],
        run: (shell, words) => edit(shell, (cib) => modifyGroup(cib, words)),
      },
    ),
    command('set', 'set ID.[OP.[INTERVAL.]]ATTRIBUTE VALUE', 'Changes one value.', {
      arity: [2, 2],
      run: (shell, [path = '', value = '']) => edit(shell, (cib) => setValue(cib, path, value)),
    }),
    command(
      'get_property get-property',
      'get_property [-t] NAME',
      'Shows one cluster property, or its default.',
      {
        arity: [1, 2],
        run: (shell, words) =>
          withDraft(shell, (draft) => getProperty(shell, draft, words.at(-1) ?? '')),
      },
    ),
    command('commit', 'commit [force]', 'Makes the changes, all of them or none.', {
      arity: [0, 2],
      run: (shell, words) =>
        commit(shell, shell.options.isForced || words.some((word) => /^(--)?force$/.test(word))),
    }),
    command('verify', 'verify', 'Says what is wrong with the configuration as it would be.', {
      arity: [0, 0],
      run: (shell) =>
        withDraft(shell, (draft) =>
          verifyDraft(shell, { ...draft, before: eraseAll(draft.cib, true) }, false),
        ),
    }),
    command('load', 'load [xml] update|replace|push FILE|-', 'Takes commands or XML from a file.', {
      arity: [2, 3],
      run: (shell, words) => withDraft(shell, (draft) => load(shell, draft, words, takeObject)),
    }),
    command(
      'save',
      'save [xml] [ID …] FILE|-',
      'Writes the configuration to a file, secrets included.',
      {
        arity: [1, ANY],
        run: (shell, words) => withDraft(shell, (draft) => save(shell, draft, words)),
      },
    ),
    command('erase', 'erase [nodes] (with --force)', 'Deletes everything.', {
      arity: [0, 1],
      run: (shell, words) => erase(shell, words[0] === 'nodes'),
    }),
    command(
      'refresh reset',
      'refresh',
      'Throws the changes away and reads the configuration again.',
      {
        arity: [0, 0],
        run: (shell) => {
          shell.draft = undefined;
          return Promise.resolve(DONE);
        },
      },
    ),
  ],
  leave: (shell) => commit(shell, shell.options.isForced),
};

function objectCommand(name: string): Command {
  return command(name, OBJECT_USAGE[name] ?? name, `Defines: ${name}.`, {
    arity: [0, ANY],
    run: (shell, words) => withDraft(shell, (draft) => takeObject(shell, draft, [name, ...words])),
  });
}

/** One object into the draft; where anything is wrong the draft stays as it was. */
export async function takeObject(
  shell: Shell,
  draft: ConfigureDraft,
  words: readonly string[],
  isUpdate = false,
): Promise<ExitCode> {
  const parsed = parseObject(words);
  if (!parsed.ok) return refuse(shell, parsed.fault);
  const checked = await checkObject(shell, draft.cib, parsed.value, words);
  if (!checked.ok) {
    for (const fault of checked.fault) {
      if (shell.options.isForced) warn(shell, fault);
      else refuse(shell, fault);
    }
    if (!shell.options.isForced) return FAILED;
  }
  const object = checked.ok ? checked.value : parsed.value;
  const put = putObject(draft.cib, object, { comments: shell.comments, isUpdate });
  if (!put.ok) return refuse(shell, put.fault);
  draft.cib = put.value;
  shell.comments = [];
  return DONE;
}

function edit(
  shell: Shell,
  change: (cib: XmlElement) => Result<XmlElement, string>,
): Promise<ExitCode> {
  return withDraft(shell, (draft) => {
    const changed = change(draft.cib);
    if (!changed.ok) return refuse(shell, changed.fault);
    draft.cib = changed.value;
    return DONE;
  });
}

function show(shell: Shell, draft: ConfigureDraft, words: readonly string[]): ExitCode {
  const isXml = words[0] === 'xml';
  const chosen = isXml ? words.slice(1) : words;
  const request = { before: draft.before, cib: draft.cib, isMasked: isSecret };
  const objects = selectObjects(
    request,
    chosen.filter((word) => !/^(and|or)$/.test(word)),
  );
  if (!objects.ok) return refuse(shell, objects.fault);
  shell.io.out(
    isXml
      ? showXml(request, chosen.length === 0 ? undefined : objects.value)
      : showObjects(request, objects.value),
  );
  return DONE;
}

function remove(shell: Shell, draft: ConfigureDraft, words: readonly string[]): ExitCode {
  const isForced = shell.options.isForced || words.some((word) => /^(--force|-f)$/.test(word));
  const ids = words.filter((word) => !/^(--force|-f)$/.test(word));
  const missing = ids.filter((id) => findObject(draft.cib, id) === undefined);
  for (const id of missing) refuse(shell, `there is no ${id}.${suggestion(draft.cib, id)}`);
  if (missing.length > 0) return FAILED;
  const running = ids.filter(
    (id) => findResource(draft.before, id) !== undefined && runningOn(draft.before, id).length > 0,
  );
  if (running.length > 0 && !isForced) {
    return refuse(
      shell,
      `${running.join(', ')} is running; stop it first (crm resource stop ${running[0] ?? ''}), or delete --force`,
      UNSAFE,
    );
  }
  let next = draft.cib;
  for (const id of ids) {
    const removal = removeObject(next, id);
    if (removal === undefined) continue;
    for (const note of removal.notes) inform(shell, note);
    next = removal.cib;
  }
  draft.cib = next;
  return DONE;
}

function getProperty(shell: Shell, draft: ConfigureDraft, name: string): ExitCode {
  const pair = section(draft.cib, 'crm_config')
    .flatMap((set) => set.children)
    .find(
      (child): child is XmlElement => child.kind === 'element' && child.attributes['name'] === name,
    );
  const value = pair?.attributes['value'] ?? findOption(PROPERTIES, name)?.fallback;
  if (value === undefined) return refuse(shell, `there is no property ${name}`);
  shell.io.out(`${value}\n`);
  return DONE;
}

async function erase(shell: Shell, withNodes: boolean): Promise<ExitCode> {
  if (!(await isAgreed(shell, 'Erase the whole configuration?'))) {
    return refuse(
      shell,
      'erase deletes every resource of the cluster; it is done only with --force',
      UNSAFE,
    );
  }
  return edit(shell, (cib) => ({ ok: true, value: eraseAll(cib, withNodes) }));
}
