/** How an action on a resource ends, in OCF's words and numbers (C0.1). */

export const OCF = {
  ok: 0,
  error: 1,
  badArgument: 2,
  unimplemented: 3,
  noPrivilege: 4,
  notInstalled: 5,
  notConfigured: 6,
  notRunning: 7,
  promoted: 8,
  promotedFailed: 9,
  degraded: 190,
  promotedDegraded: 191,
} as const;

/** `reason` is one sentence for the operator; it stands in `crm status` beside the failure. */
export type Outcome = { readonly code: number; readonly reason: string };

export const success: Outcome = { code: OCF.ok, reason: '' };
export const promoted: Outcome = { code: OCF.promoted, reason: '' };

/** Cleanly stopped: a success of stop, the answer of a probe, a failure of a recurring monitor. */
export function notRunning(reason = ''): Outcome {
  return { code: OCF.notRunning, reason };
}

export function failed(reason: string, code: number = OCF.error): Outcome {
  return { code, reason };
}
