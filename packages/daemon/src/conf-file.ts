/** corosync.conf while the daemon runs: what is in force, what the file says now, and taking it over. */
import { fail, ok, type Result } from '@holdfast/base';
import {
  compareConf,
  type ConfChange,
  type ConfNode,
  type CorosyncConf,
  describe,
  describeChange,
  digestsOf,
  parseCorosyncConf,
  type ReloadGroup,
  takeOver,
} from '@holdfast/corosync-conf';
import type { NodeInput } from '@holdfast/node';
import { quorumConfigOf, readConfiguration } from './start.ts';

/** What this daemon takes over while it runs; everything else waits for its next start. */
const LIVE: ReadonlySet<ReloadGroup> = new Set(['votes', 'links']);

type Reading = (NodeInput & { kind: 'reread' })['reading'];

/** What the file says now, beside what runs. */
export type Comparison = {
  readonly conf: CorosyncConf;
  readonly now: readonly ConfChange[];
  readonly afterRestart: readonly ConfChange[];
};

type Staged = Comparison & { readonly merged: CorosyncConf };

/** One daemon's file. It has a memory: the configuration in force, and what was read for a reload. */
export class ConfFile {
  readonly #self: ConfNode;
  #running: CorosyncConf;
  #staged: { readonly of: string; readonly reading: Staged } | undefined;
  #last: Comparison | undefined;

  constructor(running: CorosyncConf, self: ConfNode) {
    this.#running = running;
    this.#self = self;
  }

  get running(): CorosyncConf {
    return this.#running;
  }

  /** What the reload before this one changed, or would have. */
  get last(): Comparison | undefined {
    return this.#last;
  }

  /** What the file says now, and what a reload would make of it; nothing changes. */
  compare(): Result<Comparison, string> {
    return this.#read();
  }

  /** For the reload called `of`: kept until `takeOver`, or until the next reading. */
  reread(of: string): Reading {
    this.#staged = undefined;
    this.#last = undefined;
    const read = this.#read();
    if (!read.ok) return { kind: 'fault', text: read.fault };
    const config = quorumConfigOf(read.value.merged, this.#self);
    if (!config.ok) return { kind: 'fault', text: config.fault.join(' ') };
    this.#staged = { of, reading: read.value };
    this.#last = read.value;
    return { kind: 'config', config: config.value, digests: { ...digestsOf(read.value.conf) } };
  }

  /** All members read the same: it is in force. Tells what changed, one sentence each. */
  takeOver(of: string): readonly string[] {
    if (this.#staged?.of !== of) return [];
    const { merged, now, afterRestart } = this.#staged.reading;
    this.#running = merged;
    this.#staged = undefined;
    return [
      ...now.map((change) => `${describeChange(change)} is in force`),
      ...afterRestart.map((change) => `${describeChange(change)} needs a restart of holdfastd`),
    ];
  }

  #read(): Result<Staged, string> {
    const text = readConfiguration(this.#running.file);
    if (!text.ok) return fail(text.fault.sentences.join(' '));
    const parsed = parseCorosyncConf(text.value, this.#running.file);
    const faults = parsed.ok ? parsed.value.refusals : parsed.fault;
    if (!parsed.ok || faults.length > 0) return fail(faults.map(describe).join(' '));
    const conf = parsed.value;
    if (!conf.nodes.some(({ id }) => id === this.#self.id)) {
      return fail(
        `${conf.file} does not list ${this.#self.name} (nodeid ${this.#self.id}) any more`,
      );
    }
    const changes = compareConf(this.#running, conf);
    return ok({
      conf,
      merged: takeOver(this.#running, conf, LIVE),
      now: changes.filter(({ group }) => LIVE.has(group)),
      afterRestart: changes.filter(({ group }) => !LIVE.has(group)),
    });
  }
}
