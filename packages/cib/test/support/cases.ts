/** The recorded clusters beside the project, and small ones written here. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml, type XmlElement } from '@holdfast/cib';

const SHARED = join(import.meta.dirname, '../../../../../shared/cases');
const FOLDERS = ['scheduler/xml', 'scheduler-examples'];

export type CibCase = { readonly name: string; readonly text: string };

/** Empty where ../shared is absent; the tests that need it say so. */
export function cibCases(): readonly CibCase[] {
  return FOLDERS.map((folder) => join(SHARED, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.xml'))
        .sort()
        .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
    );
}

export const WHY_SKIPPED = 'needs ../shared/cases/scheduler beside the project';

export function parsed(text: string): XmlElement {
  const read = parseXml(text);
  if (!read.ok) throw new Error(`${read.fault.line}:${read.fault.column}: ${read.fault.what}`);
  return read.value;
}

/** A whole CIB around the given sections: text inside `<configuration>`, and inside `<status>`. */
export function cibWith(configuration: string, status = ''): XmlElement {
  return parsed(
    `<cib have-quorum="true"><configuration>${configuration}</configuration><status>${status}</status></cib>`,
  );
}

export function primitive(id: string, inside = ''): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy">${inside}</primitive>`;
}
