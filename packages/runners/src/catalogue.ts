/** Which agents this node has, and what they say of themselves. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { milliseconds, resourceId } from '@holdfast/base';
import { startChild } from './child.ts';
import { findFenceAgent, runFenceAgent } from './fence.ts';
import { findAgent, ocfEnvironment } from './ocf.ts';
import type { Tools } from './work.ts';

/** How long an agent may think about who it is (C1.9.1). */
const METADATA_MS = 20_000;

/**
 * Full names, sorted: all of a class and provider, or of every class where none is named. Services of
 * the system are not listed: there is no end of them.
 */
export function listAgents(
  tools: Tools,
  standard: string | undefined,
  provider: string | undefined,
): readonly string[] {
  const names = new Set(tools.host.keys());
  for (const folder of tools.ocfPaths) {
    for (const each of entries(folder, isFolder)) {
      for (const type of entries(join(folder, each), isExecutable))
        names.add(`ocf:${each}:${type}`);
    }
  }
  for (const folder of tools.fencePaths) {
    for (const type of entries(folder, isExecutable)) {
      if (type.startsWith('fence_')) names.add(`stonith:${type}`);
    }
  }
  const prefix = `${standard ?? ''}${standard === undefined ? '' : ':'}`;
  const wanted = [...names].filter((name) => name.startsWith(prefix));
  const ofProvider = wanted.filter(
    (name) => provider === undefined || name.split(':').at(-2) === provider,
  );
  return ofProvider.sort();
}

/** Metadata XML; undefined where there is no such agent, or it has nothing to say. */
export async function metadata(
  tools: Tools,
  agent: string,
  mark: string,
): Promise<string | undefined> {
  const own = tools.host.metadata(agent);
  if (own !== undefined) return own;
  const [standard = '', second = '', third = ''] = agent.split(':');
  if (standard === 'ocf') return ocfMetadata(tools, second, third, mark);
  if (standard === 'stonith') return fenceMetadata(tools, second, mark);
  return undefined;
}

function ocfMetadata(
  tools: Tools,
  provider: string,
  type: string,
  mark: string,
): Promise<string | undefined> {
  const path = findAgent(tools.ocfPaths, provider, type);
  if (path === undefined) return Promise.resolve(undefined);
  const env = ocfEnvironment(tools, {
    resource: resourceId('meta-data'),
    agent: { class: 'ocf', provider, type },
    task: 'meta-data',
    intervalMs: milliseconds(0),
    timeoutMs: milliseconds(METADATA_MS),
    startDelayMs: milliseconds(0),
    parameters: {},
    userData: '',
  });
  return new Promise((resolve) => {
    const child = startChild(
      { path, args: ['meta-data'], env, directory: tools.stateFolder, mark },
      ({ how, stdout }) => {
        clearTimeout(timer);
        resolve(how.kind === 'exited' && how.code === 0 && stdout !== '' ? stdout : undefined);
      },
    );
    const timer = setTimeout(() => {
      child.kill();
    }, METADATA_MS);
  });
}

function fenceMetadata(tools: Tools, agent: string, mark: string): Promise<string | undefined> {
  if (findFenceAgent(tools.fencePaths, agent) === undefined) return Promise.resolve(undefined);
  const request = { agent, given: { action: 'metadata' }, timeoutMs: METADATA_MS, mark };
  return new Promise((resolve) => {
    runFenceAgent(tools, request, ({ code, output }) => {
      resolve(code === 0 && output !== '' ? output : undefined);
    });
  });
}

function entries(folder: string, isWanted: (path: string) => boolean): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter((name) => !name.startsWith('.') && isWanted(join(folder, name)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isExecutable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (found.mode & 0o111) !== 0;
}
