import type { Expression, Position } from './ast.ts';

/** A field of a query: `['Account', 'Name']`. */
export type FieldPath = readonly string[];

export type SoqlField =
  | { readonly kind: 'path'; readonly path: FieldPath; readonly alias: string | null }
  | { readonly kind: 'function'; readonly function: SoqlFunction; readonly alias: string | null }
  | { readonly kind: 'query'; readonly query: SoqlQuery }
  | {
      readonly kind: 'typeof';
      readonly path: FieldPath;
      readonly whens: readonly { type: string; fields: FieldPath[] }[];
      readonly otherwise: readonly FieldPath[];
    };

/** `COUNT(Id)`, `FIELDS(ALL)`, `CALENDAR_YEAR(convertTimezone(CreatedDate))`: name in upper case. */
export interface SoqlFunction {
  readonly name: string;
  readonly argument: FieldPath | SoqlFunction | null;
}

export type SoqlOperand = FieldPath | SoqlFunction;

export type SoqlCondition =
  | { readonly kind: 'and'; readonly parts: readonly SoqlCondition[] }
  | { readonly kind: 'or'; readonly parts: readonly SoqlCondition[] }
  | { readonly kind: 'not'; readonly part: SoqlCondition }
  | {
      readonly kind: 'compare';
      readonly field: SoqlOperand;
      readonly operator:
        '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES';
      readonly value: SoqlValue;
    };

export type SoqlValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'date' | 'datetime' | 'time'; readonly value: string }
  /** `LAST_N_DAYS:7`: name in upper case. */
  | { readonly kind: 'dateFormula'; readonly name: string; readonly count: number | null }
  | { readonly kind: 'list'; readonly values: readonly SoqlValue[] }
  | { readonly kind: 'query'; readonly query: SoqlQuery }
  | { readonly kind: 'bind'; readonly expression: Expression };

export interface SoqlQuery {
  readonly fields: readonly SoqlField[];
  /** The object, or the child relationship of a sub-query. */
  readonly from: string;
  readonly alias: string | null;
  readonly where: SoqlCondition | null;
  readonly access: 'user' | 'system' | 'securityEnforced' | null;
  readonly groupBy: {
    readonly fields: readonly SoqlOperand[];
    readonly kind: 'plain' | 'rollup' | 'cube';
    readonly having: SoqlCondition | null;
  } | null;
  readonly orderBy: readonly {
    readonly field: SoqlOperand;
    readonly descending: boolean;
    readonly nullsLast: boolean;
  }[];
  readonly limit: SoqlValue | null;
  readonly offset: SoqlValue | null;
  readonly forUpdate: boolean;
  readonly allRows: boolean;
  readonly text: string;
  readonly at: Position;
}

export interface SoslSearch {
  /** What to look for: text in quotes or braces, or a bind. */
  readonly term: Expression;
  /** Where to look: ALL, NAME, EMAIL, PHONE or SIDEBAR. */
  readonly group: string;
  /** One query for each object of RETURNING, its WHERE, ORDER BY and LIMIT with it. */
  readonly returning: readonly SoqlQuery[];
  readonly limit: SoqlValue | null;
  readonly at: Position;
}
