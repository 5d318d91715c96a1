/** Hosts of a test cluster: what they are made of, before anything happens. */
import { milliseconds, type NodeId, nodeId, type NodeName, nodeName } from '@holdfast/base';
import { emptyCib, type XmlElement } from '@holdfast/cib';
import type { Answer } from '@holdfast/controller';
import { node, type NodeInput, type NodeMachine } from '@holdfast/node';
import type { QuorumRecord } from '@holdfast/quorum';

export type Host = {
  readonly id: NodeId;
  readonly name: NodeName;
  machine: NodeMachine;
  isUp: boolean;
  life: number;
  /** What the disk holds; `fails` makes it refuse. */
  disk: {
    text: string | undefined;
    prepared: string | undefined;
    root: XmlElement;
    term: number;
    fails: string | undefined;
    fences?: string | undefined;
  };
  quorum: QuorumRecord | undefined;
  /** Resources that run here. */
  readonly runs: Set<string>;
  readonly said: string[];
  answers: Map<string, Answer>;
  /** What it finds when it reads its corosync.conf again. */
  file: (NodeInput & { kind: 'reread' })['reading'] | undefined;
};

export type Cluster = {
  readonly hosts: readonly Host[];
  time: number;
  ringSeq: number;
  /** Which hosts hear each other now. */
  view: readonly Host[];
  readonly stream: { readonly from: NodeId; readonly payload: Uint8Array; readonly view: number }[];
  /** What fence devices answer: exit codes for off and status. */
  device: { off: number; status: number };
  /** Hosts that reach no device: whatever they ask fails. */
  readonly cutOff: Set<string>;
  /** Devices take their time: answers wait here until `answerDevices`. */
  isSlow: boolean;
  readonly unanswered: (() => void)[];
  /** The watchdog every host says it has armed; undefined: none has. */
  readonly watchdogMs: number | undefined;
  /** Everything worth telling, in order: `web start on a`, `fence b`. */
  readonly log: string[];
  requests: number;
};

export function cluster(names: readonly string[], twoNode: boolean, watchdogMs?: number): Cluster {
  const hosts = names.map((name, index): Host => {
    const id = nodeId(index + 1);
    const host = {
      id,
      name: nodeName(name),
      isUp: false,
      life: 0,
      quorum: undefined,
      runs: new Set<string>(),
      said: [],
      answers: new Map<string, Answer>(),
      file: undefined,
    };
    const root = emptyCib();
    return {
      ...host,
      disk: { text: undefined, prepared: undefined, root, term: 0, fails: undefined },
      machine: machineOf({ self: id, names, twoNode, life: 0, watchdogMs }, { root, term: 0 }),
    };
  });
  return {
    hosts,
    time: 1000,
    ringSeq: 0,
    view: [],
    stream: [],
    device: { off: 0, status: 2 },
    cutOff: new Set(),
    isSlow: false,
    unanswered: [],
    watchdogMs,
    log: [],
    requests: 0,
  };
}

type Birth = {
  readonly self: NodeId;
  readonly names: readonly string[];
  readonly twoNode: boolean;
  readonly life: number;
  readonly watchdogMs: number | undefined;
};

export function machineOf(
  { self, names, twoNode, life, watchdogMs }: Birth,
  disk: { root: XmlElement; term: number; fences?: string | undefined },
): NodeMachine {
  const ids = names.map((name, index) => [nodeId(index + 1), nodeName(name)] as const);
  return node(
    {
      self,
      clusterName: 'test',
      names: new Map(ids),
      quorum: {
        self,
        names: new Map(ids),
        votes: new Map(ids.map(([id]) => [id, 1])),
        expectedVotes: names.length,
        twoNode,
        waitForAll: twoNode,
        lastManStanding: undefined,
        autoTieBreaker: undefined,
        downscale: undefined,
        tracksExpectedVotes: false,
        device: undefined,
        digests: {},
      },
      incarnation: `${self}#${life}`,
      seed: 1,
      watchdogMs: watchdogMs === undefined ? undefined : milliseconds(watchdogMs),
    },
    { ...disk, quorum: undefined },
  );
}
