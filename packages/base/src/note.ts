/** What is worth telling, as an effect: transcripts and logs are one thing. */

export type Severity = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical';

/** One sentence for the log. `event` is a stable id that tools may match on: `fence-confirmed`. */
export type Note = {
  readonly kind: 'note';
  readonly severity: Severity;
  readonly event: string;
  readonly text: string;
};

export function note(severity: Severity, event: string, text: string): Note {
  return { kind: 'note', severity, event, text };
}
