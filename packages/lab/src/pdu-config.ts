/** What a simulated PDU is made of, as its configuration file says it (JSON). */
import { fail, ok, type Result } from '@holdfast/base';
import type { OutletConfig } from './outlet.ts';

export type PduConfig = {
  readonly name: string;
  /** Address and UDP port of the SNMP agent. */
  readonly address: string;
  readonly port: number;
  readonly readCommunity: string;
  readonly writeCommunity: string;
  /** Where it keeps `state.json`, `events.jsonl`, `control.sock` and every outlet's output. */
  readonly folder: string;
  /** Marks every process of the outlets; another one for every PDU that ever ran. */
  readonly mark: string;
  /** True: end, and switch everything off, when standard input ends, as it does with the parent. */
  readonly endsWithParent: boolean;
  readonly outlets: readonly OutletConfig[];
};

const TEXTS = ['name', 'address', 'readCommunity', 'writeCommunity', 'folder', 'mark'] as const;

/** Reads the configuration; a fault is one sentence that names the field. */
export function readPduConfig(json: string): Result<PduConfig, string> {
  const value = parse(json);
  if (!isRecord(value)) return fail('the configuration is no JSON object');
  for (const field of TEXTS) {
    if (typeof value[field] !== 'string' || value[field] === '') {
      return fail(`${field} must be a text that is not empty`);
    }
  }
  const text = (field: (typeof TEXTS)[number]): string => String(value[field]);
  const port = value['port'];
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return fail('port must be a number from 1 to 65535');
  }
  if (text('readCommunity') === text('writeCommunity')) {
    return fail('writeCommunity must differ from readCommunity, or everybody may switch');
  }
  const outlets = readOutlets(value['outlets']);
  if (!outlets.ok) return outlets;
  return ok({
    name: text('name'),
    address: text('address'),
    port,
    readCommunity: text('readCommunity'),
    writeCommunity: text('writeCommunity'),
    folder: text('folder'),
    mark: text('mark'),
    endsWithParent: value['endsWithParent'] === true,
    outlets: outlets.value,
  });
}

function readOutlets(value: unknown): Result<OutletConfig[], string> {
  if (!Array.isArray(value) || value.length === 0) return fail('outlets must be a list');
  const outlets: OutletConfig[] = [];
  for (const each of value as unknown[]) {
    const where = `outlet ${outlets.length + 1}`;
    if (!isRecord(each)) return fail(`${where} is no object`);
    const { name, command } = each;
    if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) {
      return fail(`${where} needs a name of letters, digits, dots and dashes`);
    }
    if (outlets.some((other) => other.name === name)) return fail(`${where}: ${name} is taken`);
    if (!isTexts(command) || command.length === 0) {
      return fail(`${where} needs a command: a list of texts`);
    }
    outlets.push({ name, command, ...readExtras(each) });
  }
  return ok(outlets);
}

function readExtras({
  environment,
  directory,
  forgets,
}: Record<string, unknown>): Pick<OutletConfig, 'environment' | 'directory' | 'forgets'> {
  return {
    ...(isRecord(environment) ? { environment: textsOf(environment) } : {}),
    ...(typeof directory === 'string' ? { directory } : {}),
    ...(isTexts(forgets) ? { forgets } : {}),
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function textsOf(record: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
}
