/** A schema of the OpenAPI document, as far as samples are made of it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

/** A place in an input: names of members and numbers of entries. */
export type Place = readonly (string | number)[];

const typeOf = ({ type }: Schema): string | undefined => (typeof type === 'string' ? type : type?.[0]);

/** Schemas that stand below a schema, each with the step that leads to it; alternatives lead nowhere by themselves. */
function below(schema: Schema): (readonly [string | number | null, Schema])[] {
  const additional = schema.additionalProperties;
  return [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.prefixItems ?? []).map((each, index) => [index, each] as const),
    ...(schema.items ? [[0, schema.items] as const] : []),
    ...(typeof additional === 'object' ? [['any', additional] as const] : []),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].map(
      (each) => [null, each] as const,
    ),
  ];
}

/** Every place of an input, and the schemas that are true of it. */
export function placesOf(schema: Schema, at: Place = []): { at: Place; schema: Schema }[] {
  return [
    { at, schema },
    ...below(schema).flatMap(([step, each]) => placesOf(each, step === null ? at : [...at, step])),
  ];
}

/**
 * An input that its schema most likely takes: required members, one entry in each list.
 * @param known values of members by their name, where a schema alone does not tell
 */
export function sampleOf(schema: Schema, known: ReadonlyMap<string, unknown>, name = ''): unknown {
  if (schema.const !== undefined) return schema.const;
  if (known.has(name)) return known.get(name);
  if (schema.enum) return schema.enum[0];
  const [first] = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (first) return sampleOf(first, known, name);
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((each) => [each, sampleOf(schema.properties?.[each] ?? {}, known, each)]),
      );
    case 'array':
      return (schema.prefixItems ?? (schema.items ? [schema.items] : [])).map((each) =>
        sampleOf(each, known, name),
      );
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return schema.format === 'date-time' ? '2026-11-20T10:00:00.000Z' : 'sample';
  }
}

/** The same input with another value at a place; what is missing on the way is made. */
export function withValue(input: unknown, [step, ...rest]: Place, value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(input) ? [...(input as unknown[])] : [];
    list[step] = withValue(list[step], rest, value);
    return list;
  }
  const members = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
  const entries = new Map<string, unknown>(Object.entries(members));
  entries.set(step, withValue(entries.get(step), rest, value));
  return Object.fromEntries(entries);
}
