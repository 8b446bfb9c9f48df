/** What the platform has and the data, which is of an older version, has not: constants, methods, whole types. */
export interface Addition {
  readonly kind?: 'c' | 'i' | 'e';
  readonly superclass?: string;
  /** Name to type; a static's name ends in `#s`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Name, whether it is static, result, parameters. */
  readonly methods?: readonly (readonly [string, 0 | 1, string, ...string[]])[];
  readonly constructors?: readonly (readonly string[])[];
}

const EXCEPTION: Addition = { kind: 'c', superclass: 'System.Exception' };

export const NEWER_TYPES: Readonly<Record<string, Addition>> = {
  'System.Quiddity': { fields: { 'UNDEFINED#s': 'System.Quiddity' } },
  'cache.Session.SessionCacheException': EXCEPTION,
  'System.FormulaValidationException': EXCEPTION,
  'System.DataWeaveScriptException': EXCEPTION,
};
