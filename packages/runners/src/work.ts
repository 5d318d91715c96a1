/** What every way of running an agent needs to know, and what it gives back. */
import type { Note } from '@holdfast/base';
import type { PluginHost } from './plugin-host.ts';

export type RunnerOptions = {
  /** Everything of this node lies under it: `/`, or a folder where several nodes share a machine. */
  readonly root: string;
  /** Folders with `<provider>/<type>` in them; the first that has an agent wins. */
  readonly ocfPaths: readonly string[];
  /** Folders with fence agents in them, by name. */
  readonly fencePaths: readonly string[];
  /** Modules that export agents; where a plugin and an executable have one name, the plugin is used. */
  readonly plugins: readonly string[];
  readonly log: (note: Note) => void;
};

export type Tools = RunnerOptions & {
  readonly host: PluginHost;
  /** Run-time state of agents; executables know it as HA_RSCTMP. */
  readonly stateFolder: string;
};

/** Something under way. `kill` ends it and all it started; its end is still told, once. */
export type Running = { readonly kill: () => void };

/** It ended at once: there is nothing to kill. */
export const OVER: Running = { kill: () => undefined };
