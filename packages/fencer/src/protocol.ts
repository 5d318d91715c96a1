/** Everything that goes into the fencer and comes out of it. */
import type { CallId, Milliseconds, NodeName, Note } from '@holdfast/base';

export type FenceAction = 'off' | 'on' | 'reboot';

/** A `stonith` resource as configured: its agent and everything in its instance attributes. */
export type FenceDevice = {
  readonly id: string;
  /** `fence-pdu`, `fence_apc_snmp`: what stands behind `stonith:`. */
  readonly agent: string;
  /** Agent parameters and `pcmk_*`; the fencer takes its own and hands on the rest. */
  readonly parameters: Readonly<Record<string, string>>;
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
};

export type FencerInput =
  | { readonly kind: 'configure'; readonly config: FencerConfig }
  /** Ask for `target` to be fenced. Equal requests under way are merged; both ids are answered. */
  | {
      readonly kind: 'request';
      readonly id: string;
      readonly target: NodeName;
      readonly action: FenceAction;
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
  /** The target is known to have been fenced by somebody else, or has come back: stop shooting. */
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

export type FencerEffect =
  | { readonly kind: 'run-device'; readonly call: CallId; readonly run: DeviceRun }
  | { readonly kind: 'kill-device'; readonly call: CallId }
  /** The target is proven off (and, for reboot, told to come back on: an "on" that fails is only noted). */
  | {
      readonly kind: 'fenced';
      readonly ids: readonly string[];
      readonly target: NodeName;
      readonly action: FenceAction;
      readonly devices: readonly string[];
      readonly tookMs: Milliseconds;
      readonly by: 'device' | 'human';
    }
  /** This attempt is over without proof; whether to ask again is the asker's business. */
  | {
      readonly kind: 'fence-failed';
      readonly ids: readonly string[];
      readonly target: NodeName;
      readonly action: FenceAction;
      readonly reason: string;
    }
  | Note;
