/** Faults of the machines as faults of a call. */
import type { FaultCode, RpcFault } from '@holdfast/ipc';

export function toRpc({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): RpcFault {
  const codes: Readonly<Record<string, FaultCode>> = {
    stale: 'stale',
    invalid: 'invalid',
    'no-quorum': 'no-quorum',
    'unknown-node': 'unknown-node',
    'not-ready': 'not-ready',
    unsafe: 'unsafe',
  };
  return { code: codes[code] ?? 'failed', message };
}
