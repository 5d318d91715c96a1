/** Everything that goes into the fencer and comes out of it. */
import type { CallId, Instant, Milliseconds, NodeName, Note } from '@holdfast/base';

export type FenceAction = 'off' | 'on' | 'reboot';

/** A `stonith` resource as configured: its agent and everything in its instance attributes. */
export type FenceDevice = {
  readonly id: string;
  /** `fence-pdu`, `fence_apc_snmp`: what stands behind `stonith:`. */
  readonly agent: string;
  /** Agent parameters and `pcmk_*`; the fencer takes its own and hands on the rest. */
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * Its "on" is needed before a node may run anything (`provides=unfencing`), and is done by that
   * node itself: fabric and reservation devices.
   */
  readonly isUnfencing?: boolean;
};

/** One level of a target's topology: all devices of a level must succeed. */
export type FenceLevel = {
  readonly target: NodeName;
  readonly index: number;
  readonly devices: readonly string[];
};

export type FencerConfig = {
  readonly devices: readonly FenceDevice[];
  readonly levels: readonly FenceLevel[];
  /** `stonith-timeout`: for one device action where the device sets none of its own. */
  readonly timeoutMs: Milliseconds;
  /** `concurrent-fencing`: false means one target after the other. True unless set. */
  readonly isConcurrent?: boolean;
};

/** What one request asks for, besides its id. */
export type FenceOrder = {
  readonly target: NodeName;
  readonly action: FenceAction;
  /** Waited out before the first device, on top of its own delay (`priority-fencing-delay`). */
  readonly delayMs?: Milliseconds | undefined;
  /** Only by this device: a drill. */
  readonly device?: string | undefined;
  /**
   * The target's own watchdog resets it within this time once it has lost its quorum; undefined: it
   * is not known to have an armed one, and silence proves nothing.
   */
  readonly watchdogMs?: Milliseconds | undefined;
};

export type FencerInput =
  | { readonly kind: 'configure'; readonly config: FencerConfig }
  /** Ask for `target` to be fenced. Equal requests under way are merged; both ids are answered. */
  | ({ readonly kind: 'request'; readonly id: string } & FenceOrder)
  /** Ask each device that can fence `target` whether it would find its plug; nothing is switched. */
  | {
      readonly kind: 'drill';
      readonly id: string;
      readonly target: NodeName;
      readonly device: string;
    }
  /** A device run ended. `code` as fence agents exit: 0 ok (status: on), 2 (status: off), else failed. */
  | {
      readonly kind: 'device-result';
      readonly call: CallId;
      readonly code: number;
      readonly output: string;
      readonly timedOut: boolean;
    }
  /** A human vouches that the target is off; pending requests for it end as confirmed by hand. */
  | { readonly kind: 'confirm'; readonly target: NodeName; readonly by: string }
  /**
   * The target is known to have been fenced by somebody else, or has come back: stop shooting. What
   * was sent to a device already cannot be called back; its end is awaited.
   */
  | { readonly kind: 'withdraw'; readonly target: NodeName; readonly why: string }
  | { readonly kind: 'tick' };

/** One run of a fence agent: `action` is what goes to stdin, after pcmk_<action>_action. */
export type DeviceRun = {
  readonly device: string;
  readonly agent: string;
  readonly action: string;
  readonly target: NodeName;
  /** The plug or port, from the host map; the target's name where there is none. */
  readonly plug: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeoutMs: Milliseconds;
};

/** Whose word a proof is. */
export type ProvenBy = 'device' | 'human' | 'watchdog';

/** What is being done about one target, for those who look. */
export type Progress = {
  readonly phase: 'queued' | 'asking' | 'delaying' | 'running' | 'proving' | 'switching-on';
  readonly device: string;
  /** One clause: `pdu: off, try 1`. */
  readonly words: string;
  readonly until: Instant | undefined;
  /** The target may be shot by this yet; false once it is proven off. */
  readonly isShooting: boolean;
};

/** What those who asked are told. */
export type FencerNews =
  /** The target is proven off (and, for reboot, told to come back on: an "on" that fails is only noted). */
  | {
      readonly kind: 'fenced';
      readonly ids: readonly string[];
      readonly target: NodeName;
      readonly action: FenceAction;
      readonly devices: readonly string[];
      readonly tookMs: Milliseconds;
      readonly by: ProvenBy;
    }
  /** This attempt is over without proof; whether to ask again is the asker's business. */
  | {
      readonly kind: 'fence-failed';
      readonly ids: readonly string[];
      readonly target: NodeName;
      readonly action: FenceAction;
      readonly reason: string;
      /** No device can fence it at all: asking again helps only when something has changed. */
      readonly isHopeless: boolean;
    }
  /** Nobody wants it any more, and nothing of it is on its way to a device. */
  | {
      readonly kind: 'fence-withdrawn';
      readonly ids: readonly string[];
      readonly target: NodeName;
      readonly why: string;
    }
  /** What is done about the target has changed; undefined: nothing is. */
  | {
      readonly kind: 'fence-progress';
      readonly target: NodeName;
      readonly progress: Progress | undefined;
    }
  /** The end of a drill. `words`: what the device said, or why it is no proof. */
  | {
      readonly kind: 'drilled';
      readonly id: string;
      readonly target: NodeName;
      readonly device: string;
      readonly isGood: boolean;
      readonly words: string;
      readonly tookMs: Milliseconds;
    };

export type FencerEffect =
  | { readonly kind: 'run-device'; readonly call: CallId; readonly run: DeviceRun }
  | { readonly kind: 'kill-device'; readonly call: CallId }
  | FencerNews
  | Note;
