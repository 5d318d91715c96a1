/** What an agent may be told: one description serves validation, types, metadata and suggestions. */
import type { Milliseconds } from '@holdfast/base';

type Described = {
  readonly shortdesc: string;
  readonly longdesc?: string;
  readonly required?: boolean;
  /** No two resources of this agent may share the value. */
  readonly unique?: boolean;
  /** A change is taken over by `reload-agent`, without a restart. */
  readonly reloadable?: boolean;
  /** A secret: masked wherever it could be printed. */
  readonly isPrivate?: boolean;
  /** Older names for the same thing, still understood. */
  readonly aliases?: readonly string[];
};

export type ParameterSpec = Described &
  (
    | {
        readonly type: 'string';
        readonly default?: string;
        readonly values?: readonly string[];
        readonly pattern?: string;
      }
    | {
        readonly type: 'integer';
        readonly default?: number;
        readonly minimum?: number;
        readonly maximum?: number;
      }
    | { readonly type: 'boolean'; readonly default?: boolean }
    /** As operators write it: `20`, `1500ms`, `2min`. */
    | { readonly type: 'duration'; readonly default?: string }
  );

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

type ValueOf<Spec> = Spec extends { readonly type: 'integer' }
  ? number
  : Spec extends { readonly type: 'boolean' }
    ? boolean
    : Spec extends { readonly type: 'duration' }
      ? Milliseconds
      : Spec extends { readonly values: readonly (infer Word)[] }
        ? Word
        : string;

type IsAlwaysThere<Spec> = Spec extends { readonly required: true }
  ? true
  : Spec extends { readonly default: string | number | boolean }
    ? true
    : false;

/** The values an action sees: checked, converted, defaults filled in. */
export type ParametersOf<Specs> = {
  readonly [Name in keyof Specs]: IsAlwaysThere<Specs[Name]> extends true
    ? ValueOf<Specs[Name]>
    : ValueOf<Specs[Name]> | undefined;
};

export type ParameterValue = string | number | boolean | undefined;

export type ParameterFault =
  | {
      readonly kind: 'unknown-parameter';
      readonly name: string;
      readonly suggestion: string | undefined;
    }
  | { readonly kind: 'missing-parameter'; readonly name: string }
  | {
      readonly kind: 'bad-value';
      readonly name: string;
      readonly value: string;
      readonly expected: string;
    };

export function describeParameterFault(fault: ParameterFault): string {
  switch (fault.kind) {
    case 'unknown-parameter': {
      const hint = fault.suggestion === undefined ? '' : `; did you mean ${fault.suggestion}?`;
      return `there is no parameter ${fault.name}${hint}`;
    }
    case 'missing-parameter':
      return `the parameter ${fault.name} is required`;
    case 'bad-value':
      return `${fault.name}=${fault.value}: ${fault.expected}`;
  }
}
