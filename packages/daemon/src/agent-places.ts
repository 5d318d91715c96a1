/** Where agents are found: the host's own folders, and those that came with this installation. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Paths } from './paths.ts';

export type AgentPlaces = {
  readonly ocf: string[];
  readonly fence: string[];
  /** Modules of agents that run as plugins. */
  readonly plugins: string[];
};

const PLUGINS = [
  'dummy',
  'service',
  'fence-ipmi',
  'fence-pdu',
  'fence-console',
  'fence-ssh',
  'fence-heuristics-ping',
];

export function agentPlaces(paths: Paths): AgentPlaces {
  const own = fileURLToPath(new URL('../../../agents/', import.meta.url));
  const plugins = PLUGINS.map((name) => `${own}${name}/dist/index.js`).filter((path) =>
    existsSync(path),
  );
  return {
    ocf: [...paths.ocf, `${own}ocf`],
    fence: [...paths.fence, `${own}sbin`],
    plugins,
  };
}
