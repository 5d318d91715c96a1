/** JSON-RPC 2.0 messages: text to typed message and back. Neither side trusts the other. */
import { fail, ok, type Result } from '@holdfast/base';
import { type FaultCode, isFaultCode, type RpcFault, wireCode } from './faults.ts';

export type RequestId = number | string;

export type WireRequest = {
  readonly id: RequestId;
  readonly method: string;
  readonly params: unknown;
};

export type WireResponse = {
  readonly id: RequestId | null;
  readonly outcome: Result<unknown, RpcFault>;
};

export function writeRequest(id: RequestId, method: string, params: unknown): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
}

export function writeResponse(id: RequestId | null, outcome: Result<unknown, RpcFault>): string {
  if (outcome.ok) return `${JSON.stringify({ jsonrpc: '2.0', id, result: outcome.value })}\n`;
  const { code, message, details } = outcome.fault;
  const data = details === undefined ? { code } : { code, details };
  return `${JSON.stringify({ jsonrpc: '2.0', id, error: { code: wireCode(code), message, data } })}\n`;
}

/** A request as read from the wire; what it asks for is not checked yet. */
export function readRequest(line: string): Result<WireRequest, string> {
  const document = parse(line);
  if (document === undefined) return fail('the request is not a JSON object');
  const id = document['id'];
  const method = document['method'];
  if (document['jsonrpc'] !== '2.0') return fail('the request does not say "jsonrpc": "2.0"');
  if (typeof id !== 'number' && typeof id !== 'string') return fail('the request has no id');
  if (typeof method !== 'string') return fail('the request names no method');
  return ok({ id, method, params: document['params'] ?? {} });
}

/** A response as read from the wire; the result is not checked yet. */
export function readResponse(line: string): Result<WireResponse, string> {
  const document = parse(line);
  if (document?.['jsonrpc'] !== '2.0') return fail('the answer is not a JSON-RPC 2.0 object');
  const id = document['id'];
  if (typeof id !== 'number' && typeof id !== 'string' && id !== null) {
    return fail('the answer has no id');
  }
  if (Object.hasOwn(document, 'error'))
    return ok({ id, outcome: fail(readFault(document['error'])) });
  if (!Object.hasOwn(document, 'result')) return fail('the answer has neither result nor error');
  return ok({ id, outcome: ok(document['result']) });
}

function readFault(error: unknown): RpcFault {
  if (!isObject(error)) return { code: 'garbled', message: 'the fault in the answer is no object' };
  const data = isObject(error['data']) ? error['data'] : {};
  const code: FaultCode = isFaultCode(data['code']) ? data['code'] : 'failed';
  const message = typeof error['message'] === 'string' ? error['message'] : 'no reason was given';
  const details = data['details'];
  if (!Array.isArray(details)) return { code, message };
  return { code, message, details: details.map(String) };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(line);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
