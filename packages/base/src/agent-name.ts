/** Which agent runs, as the configuration names it: `ocf:heartbeat:IPaddr2`, `systemd:nginx`. */
export type AgentName = {
  readonly class: string;
  /** Empty but for class ocf. */
  readonly provider: string;
  readonly type: string;
};

/** `ocf:holdfast:service`, `stonith:fence-pdu`: as operators write it. */
export function formatAgentName({ class: standard, provider, type }: AgentName): string {
  return provider === '' ? `${standard}:${type}` : `${standard}:${provider}:${type}`;
}
