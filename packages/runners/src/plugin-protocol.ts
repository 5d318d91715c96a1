/** What the daemon's thread and the plugins' thread say to each other. */
import type { Severity } from '@holdfast/base';

/** `ocf:holdfast:dummy` or `stonith:fence-pdu`. */
export type PluginKey = string;

export type PluginJob =
  | {
      readonly kind: 'resource';
      readonly plugin: PluginKey;
      readonly task: string;
      readonly resource: string;
      readonly parameters: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'fence';
      readonly plugin: PluginKey;
      readonly given: Readonly<Record<string, string>>;
    };

export type ToThread =
  | {
      readonly kind: 'perform';
      readonly ticket: number;
      readonly job: PluginJob;
      readonly mark: string;
    }
  /** Its world refuses from now on; a well-behaved action then ends by itself. */
  | { readonly kind: 'abort'; readonly ticket: number }
  | { readonly kind: 'ping' };

export type PluginAnswer = {
  readonly code: number;
  readonly reason: string;
  readonly output: string;
};

export type FromThread =
  | {
      readonly kind: 'ready';
      readonly plugins: readonly { readonly key: PluginKey; readonly metadata: string }[];
      readonly broken: readonly { readonly path: string; readonly reason: string }[];
    }
  | { readonly kind: 'done'; readonly ticket: number; readonly answer: PluginAnswer }
  | { readonly kind: 'log'; readonly severity: Severity; readonly text: string }
  | { readonly kind: 'pong' };

export type ThreadData = { readonly modules: readonly string[]; readonly stateFolder: string };
