/** Values against the schemas. A schema is compiled when it is first needed: a client uses one or two. */
import { fail, ok, type Result } from '@holdfast/base';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Methods } from './methods.ts';
import { type MethodName, SCHEMAS } from './schemas.ts';

const ajv = new Ajv({ allErrors: false, strict: true });
const compiled = new Map<string, ValidateFunction>();

/** `value` as parameters of `method`, or what is wrong with it. */
export function checkParams<Name extends MethodName>(
  method: Name,
  value: unknown,
): Result<Methods[Name]['params'], string> {
  const wrong = faultOf(`${method} params`, SCHEMAS[method].params, value);
  return wrong === undefined ? ok(value as Methods[Name]['params']) : fail(wrong);
}

/** `value` as result of `method`, or what is wrong with it. */
export function checkResult<Name extends MethodName>(
  method: Name,
  value: unknown,
): Result<Methods[Name]['result'], string> {
  const wrong = faultOf(`${method} result`, SCHEMAS[method].result, value);
  return wrong === undefined ? ok(value as Methods[Name]['result']) : fail(wrong);
}

function faultOf(key: string, schema: object, value: unknown): string | undefined {
  let validate = compiled.get(key);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    compiled.set(key, validate);
  }
  if (validate(value)) return undefined;
  return sentence(validate.errors?.[0]);
}

function sentence(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it does not match its schema';
  const where = error.instancePath === '' ? 'it' : error.instancePath.slice(1).replaceAll('/', '.');
  const what: unknown = error.params['additionalProperty'];
  const extra = typeof what === 'string' ? ` (${what})` : '';
  return `${where} ${error.message ?? 'does not match'}${extra}`;
}
