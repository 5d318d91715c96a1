/**
 * What is known of each family of PDUs: how it names itself, where its outlets say whether they have
 * power, and where they are told. In an object id `{n}` is the outlet, `{n-1}` and `{n+1}` its
 * neighbours, `{u}` the unit: what stands before the colon of a plug like `2:5`.
 */
import { fail, ok, type Result } from '@holdfast/base';

const ENTERPRISES = '1.3.6.1.4.1';
const APC = `${ENTERPRISES}.318`;
const EATON = `${ENTERPRISES}.534.6.6`;
const RARITAN = `${ENTERPRISES}.13742.6`;
const EMERSON = `${ENTERPRISES}.476.1.42`;
const TRIPPLITE = `${ENTERPRISES}.850`;

export type Order = { readonly oid: string; readonly value: number };

export type Family = {
  readonly name: string;
  /** How devices of the family begin the answer to "what are you" (sysObjectID). */
  readonly calls: readonly string[];
  readonly state: {
    readonly oid: string;
    readonly on: number;
    readonly off: number;
    /** Values that say: still switching. Neither on nor off. */
    readonly switching?: readonly number[];
  };
  readonly on: Order;
  readonly off: Order;
  /** The column of the outlets' names, without the outlet; undefined where none is known. */
  readonly names?: string;
  /** The unit meant by a plug that names none. */
  readonly unit: number;
};

const RPDU_CONTROL = `${APC}.1.1.12.3.3.1.1.4.{n}`;
const MASTERSWITCH = `${APC}.1.1.4.4.2.1.3.{n}`;

export const FAMILIES = [
  {
    name: 'apc-rpdu',
    calls: [`${APC}.1.3.4.5`],
    state: { oid: `${APC}.1.1.12.3.5.1.1.4.{n}`, on: 1, off: 2 },
    on: { oid: RPDU_CONTROL, value: 1 },
    off: { oid: RPDU_CONTROL, value: 2 },
    names: `${APC}.1.1.12.3.5.1.1.2`,
    unit: 1,
  },
  {
    name: 'apc-masterswitch',
    calls: [`${APC}.1.3.4.1`, `${APC}.1.3.4.2`, `${APC}.1.3.4.3`],
    state: { oid: MASTERSWITCH, on: 1, off: 2 },
    on: { oid: MASTERSWITCH, value: 1 },
    off: { oid: MASTERSWITCH, value: 2 },
    names: `${APC}.1.1.4.4.2.1.4`,
    unit: 1,
  },
  {
    name: 'apc-masterswitch-plus',
    calls: [`${APC}.1.3.4.4`],
    state: { oid: `${APC}.1.1.6.7.1.1.5.{u}.1.{n}`, on: 1, off: 2 },
    on: { oid: `${APC}.1.1.6.5.1.1.5.{u}.1.{n}`, value: 1 },
    off: { oid: `${APC}.1.1.6.5.1.1.5.{u}.1.{n}`, value: 3 },
    unit: 1,
  },
  {
    name: 'apc-masterswitch-6',
    calls: [`${APC}.1.3.4.6`],
    state: { oid: MASTERSWITCH, on: 1, off: 2 },
    on: { oid: RPDU_CONTROL, value: 1 },
    off: { oid: RPDU_CONTROL, value: 2 },
    names: `${APC}.1.1.4.4.2.1.4`,
    unit: 1,
  },
  {
    name: 'eaton-managed',
    calls: [`${EATON}.6`],
    state: { oid: `${EATON}.6.1.2.2.1.3.{n-1}`, on: 1, off: 0, switching: [2] },
    on: { oid: `${EATON}.6.1.2.2.1.3.{n-1}`, value: 1 },
    off: { oid: `${EATON}.6.1.2.2.1.3.{n-1}`, value: 0 },
    unit: 0,
  },
  {
    name: 'eaton-g3',
    calls: [`${EATON}.7`],
    state: { oid: `${EATON}.7.6.6.1.2.{u}.{n}`, on: 1, off: 0, switching: [2, 3] },
    // The value is a delay in seconds.
    on: { oid: `${EATON}.7.6.6.1.4.{u}.{n}`, value: 0 },
    off: { oid: `${EATON}.7.6.6.1.3.{u}.{n}`, value: 0 },
    names: `${EATON}.7.6.1.1.3`,
    unit: 0,
  },
  {
    name: 'eaton-switched',
    calls: [`${ENTERPRISES}.20677.1`, `${ENTERPRISES}.20677.2`],
    state: { oid: `${ENTERPRISES}.20677.2.6.3.{n}.0`, on: 1, off: 2 },
    on: { oid: `${ENTERPRISES}.20677.2.6.2.{n+1}.0`, value: 1 },
    off: { oid: `${ENTERPRISES}.20677.2.6.2.{n+1}.0`, value: 2 },
    unit: 1,
  },
  {
    name: 'raritan',
    calls: [RARITAN],
    state: { oid: `${RARITAN}.4.1.2.1.3.{u}.{n}`, on: 7, off: 8 },
    on: { oid: `${RARITAN}.4.1.2.1.2.{u}.{n}`, value: 1 },
    off: { oid: `${RARITAN}.4.1.2.1.2.{u}.{n}`, value: 0 },
    names: `${RARITAN}.3.5.3.1.3`,
    unit: 1,
  },
  {
    name: 'emerson',
    calls: [EMERSON],
    state: { oid: `${EMERSON}.3.8.50.20.1.95.{n}`, on: 2, off: 1 },
    on: { oid: `${EMERSON}.3.8.50.20.1.100.{n}`, value: 1 },
    off: { oid: `${EMERSON}.3.8.50.20.1.100.{n}`, value: 0 },
    unit: 1,
  },
  {
    name: 'tripplite-lx',
    calls: [`${TRIPPLITE}.1.1.1`],
    state: { oid: `${TRIPPLITE}.1.1.3.2.3.3.1.1.4.{u}.{n}`, on: 2, off: 1 },
    on: { oid: `${TRIPPLITE}.1.1.3.2.3.3.1.1.6.{u}.{n}`, value: 2 },
    off: { oid: `${TRIPPLITE}.1.1.3.2.3.3.1.1.6.{u}.{n}`, value: 1 },
    unit: 1,
  },
  {
    name: 'tripplite',
    calls: [`${TRIPPLITE}.1`],
    state: { oid: `${TRIPPLITE}.10.2.3.5.1.2.{u}.{n}`, on: 2, off: 1 },
    on: { oid: `${TRIPPLITE}.10.2.3.5.1.4.{u}.{n}`, value: 2 },
    off: { oid: `${TRIPPLITE}.10.2.3.5.1.4.{u}.{n}`, value: 1 },
    unit: 1,
  },
] as const satisfies readonly Family[];

/** Words of the parameter `family` that are no family of the table. */
export const BY_ASKING = 'auto';
export const BY_OIDS = 'generic';

export const FAMILY_WORDS = [BY_ASKING, BY_OIDS, ...FAMILIES.map(({ name }) => name)] as const;

/** By the longest beginning that fits. */
export function familyCalled(sysObjectId: string): Result<Family, string> {
  const fits = FAMILIES.flatMap((family: Family) =>
    family.calls
      .filter((call) => sysObjectId === call || sysObjectId.startsWith(`${call}.`))
      .map((call) => ({ family, length: call.length })),
  ).sort((left, right) => right.length - left.length);
  const [best] = fits;
  if (best !== undefined) return ok(best.family);
  return fail(
    `the device calls itself ${sysObjectId}, which is no family known here; say family=NAME, or family=generic with its object ids`,
  );
}

/** Fills in the outlet. A template without `{n}` gets it at its end. */
export function oidOf(template: string, unit: number, outlet: number): string {
  const whole = /\{n/.test(template) ? template : `${template}.{n}`;
  return whole
    .replace('{u}', String(unit))
    .replace('{n}', String(outlet))
    .replace('{n-1}', String(outlet - 1))
    .replace('{n+1}', String(outlet + 1))
    .replace(/^\./, '');
}

/** What all outlets' ids of a template begin with. */
export function beginningOf(template: string): string {
  const at = template.indexOf('.{');
  return (at === -1 ? template : template.slice(0, at)).replace(/^\./, '');
}
