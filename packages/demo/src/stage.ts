/** What a step of the demonstration works with: the world, everybody's views of it, the rows so far. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterStatus } from '@holdfast/ipc';
import { askControl, nowMs } from '@holdfast/lab';
import { type Instance, instancesIn, longestOutageMs, type Proof } from './judge.ts';
import { type JournalEntry, parseJournal } from './journal.ts';
import { type LogEntry, logOf, type Ran, runCrm, statusOf } from './node-view.ts';
import { type Name, NODE_NAMES, other } from './paths.ts';
import { type PduClient, pduClient } from './pdu-client.ts';
import type { Probe } from './probe.ts';
import type { Row } from './report.ts';
import type { Timeline } from './timeline.ts';
import { until, untilTrue } from './until.ts';
import type { World } from './world.ts';

export type Stage = {
  readonly world: World;
  readonly timeline: Timeline;
  readonly pdu: PduClient;
  readonly probe: Probe;
  readonly rows: Row[];
  /** Kills by the demonstrator's hand, for the judge. */
  readonly kills: Proof[];
  link(order: 'cut' | 'heal'): Promise<void>;
  crm(name: Name, args: readonly string[], input?: string): Promise<Ran>;
  status(name: Name): Promise<ClusterStatus | undefined>;
  log(name: Name, sinceMs: number): LogEntry[];
  /** The last lines that a node's daemon wrote to its terminal. */
  lastWords(name: Name, lines: number): string[];
  journal(): JournalEntry[];
  /** Notes the row and says it aloud. */
  promise(row: Row): void;
};

export function makeStage(world: World, timeline: Timeline, probe: Probe): Stage {
  const { folder } = world;
  const rows: Row[] = [];
  return {
    world,
    timeline,
    probe,
    rows,
    kills: [],
    pdu: pduClient(folder.pduControl),
    link: async (order) => {
      await askControl(folder.relayControl, { do: order });
    },
    crm: (name, args, input) => runCrm(folder.root(name), args, input),
    status: (name) => statusOf(folder.root(name)),
    log: (name, sinceMs) => logOf(folder.root(name), sinceMs),
    lastWords: (name, lines) =>
      readOrNothing(join(folder.pdu, `${name}.out`))
        .trimEnd()
        .split('\n')
        .slice(-lines),
    journal: () => parseJournal(readOrNothing(folder.journal)),
    promise: (row) => {
      rows.push(row);
      timeline.verdict(row.held, `${row.promise}: ${row.measured}`);
    },
  };
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Everything that ends instances without their word: power cuts on record, and our own kills. */
export async function proofsOf(stage: Stage): Promise<Proof[]> {
  const events = await stage.pdu.events(0);
  const cuts = events.flatMap((event): Proof[] => {
    if (event.kind !== 'off') return [];
    const node = NODE_NAMES[event.outlet - 1];
    return node === undefined ? [] : [{ kind: 'power-off', node, at: event.at }];
  });
  return [...cuts, ...stage.kills];
}

export async function instancesOf(stage: Stage): Promise<Instance[]> {
  return instancesIn(stage.journal(), await proofsOf(stage));
}

/** How many lives the service has had: it rises with every start, wherever. */
export function startsOf(stage: Stage): number {
  return stage.journal().filter((entry) => entry.kind === 'start').length;
}

export type Active = { readonly node: Name; readonly pid: number };

/** Who serves now: the instance that was heard last. */
export function activeOf(stage: Stage): Active {
  const last = stage.journal().at(-1);
  const node = NODE_NAMES.find((name) => name === last?.node);
  if (last === undefined || node === undefined || last.kind === 'stop') {
    throw new Error('the service runs nowhere');
  }
  return { node, pid: last.pid };
}

/** Waits until an instance that began after `starts` others serves on `node`; its first word. */
export function served(
  stage: Stage,
  node: Name,
  starts: number,
  limitMs: number,
): Promise<JournalEntry> {
  return until(`the service runs on ${node}`, limitMs, () => {
    const journal = stage.journal();
    const begun = journal.filter((entry) => entry.kind === 'start').slice(starts);
    return begun.find(
      (entry) =>
        entry.node === node &&
        journal.some(
          (each) => each.kind === 'serving' && each.pid === entry.pid && each.at >= entry.at,
        ),
    );
  });
}

/** Waits until both nodes say that both are members, that they have quorum, and that all is done. */
export async function bothIn(stage: Stage, limitMs: number): Promise<void> {
  await untilTrue('both nodes are members, quorate and idle', limitMs, async () => {
    const [one, two] = await Promise.all(NODE_NAMES.map((name) => stage.status(name)));
    return isSettled(one) && isSettled(two) && one?.dc === two?.dc;
  });
}

function isSettled(status: ClusterStatus | undefined): boolean {
  return (
    status?.ring.members.length === NODE_NAMES.length &&
    status.quorum.quorate &&
    status.dc !== null &&
    status.controller === 'idle'
  );
}

/** The longest time the client was without service since then, in ms. */
export function outageSince(stage: Stage, sinceMs: number): number {
  return longestOutageMs(stage.probe.samples, sinceMs, nowMs());
}

/** A question may be late on a busy machine; that is no outage. */
export const HICCUP_MS_MAX = 500;

export function survivorOf(active: Active): Name {
  return other(active.node);
}
