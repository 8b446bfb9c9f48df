import type {
  FieldPath,
  SoqlCondition,
  SoqlFunction,
  SoqlOperand,
  SoqlQuery,
} from '../../language/syntax/query-ast.ts';
import type { FieldSchema, ObjectSchema, OrgSchema } from '../schema.ts';

/** What is wrong with a query, in Salesforce's words; null where every name in it exists. */
export function checkQuery(query: SoqlQuery, schema: OrgSchema): string | null {
  const object = schema.object(query.from);
  return object ? new Check(schema, query).run(object) : `sObject type '${query.from}' is not supported.`;
}

class Check {
  readonly #schema: OrgSchema;
  readonly #query: SoqlQuery;
  constructor(schema: OrgSchema, query: SoqlQuery) {
    this.#schema = schema;
    this.#query = query;
  }

  run(object: ObjectSchema): string | null {
    const problems: (string | null)[] = [];
    for (const field of this.#query.fields) {
      if (field.kind === 'path') problems.push(this.#path(object, field.path));
      if (field.kind === 'function') problems.push(this.#function(object, field.function));
      if (field.kind === 'query') problems.push(this.#children(object, field.query));
      if (field.kind === 'typeof') problems.push(this.#relationship(object, field.path[0] ?? ''));
    }
    problems.push(this.#condition(object, this.#query.where));
    for (const field of this.#query.groupBy?.fields ?? []) problems.push(this.#operand(object, field));
    for (const order of this.#query.orderBy) problems.push(this.#orderBy(object, order.field));
    return problems.find((problem) => problem !== null) ?? null;
  }

  #operand(object: ObjectSchema, operand: SoqlOperand): string | null {
    return isPath(operand) ? this.#path(object, operand) : this.#function(object, operand);
  }

  /** ORDER BY also takes the alias of a selected expression. */
  #orderBy(object: ObjectSchema, operand: SoqlOperand): string | null {
    const alias = isPath(operand) && operand.length === 1 ? operand[0]?.toLowerCase() : undefined;
    if (
      alias !== undefined &&
      this.#query.fields.some((field) => 'alias' in field && field.alias?.toLowerCase() === alias)
    )
      return null;
    return this.#operand(object, operand);
  }

  #function(object: ObjectSchema, call: SoqlFunction): string | null {
    if (call.argument === null || call.name === 'FIELDS') return null;
    const problem = this.#operand(object, call.argument);
    return problem ?? this.#aggregated(object, call);
  }

  /** The due date of activities is not to be aggregated. (apex-rollup, RollupIntegrationTests.shouldThrowExceptionForBadQuery) */
  #aggregated(object: ObjectSchema, { name, argument }: SoqlFunction): string | null {
    const isActivity = object.name === 'Task' || object.name === 'Event';
    const [path] = argument !== null && isPath(argument) ? argument.slice(-1) : [];
    return isActivity && (name === 'MAX' || name === 'MIN') && path?.toLowerCase() === 'activitydate'
      ? `field ${path} does not support aggregate operator ${name}`
      : null;
  }

  #path(object: ObjectSchema, path: FieldPath): string | null {
    return resolvePath(this.#schema, object, this.#withoutAlias(path)).problem;
  }

  #withoutAlias(path: FieldPath): FieldPath {
    return withoutAlias(this.#query, path);
  }

  #relationship(object: ObjectSchema, name: string): string | null {
    return object.parents.has(name.toLowerCase())
      ? null
      : `Didn't understand relationship '${name}' in field path.`;
  }

  #children(object: ObjectSchema, query: SoqlQuery): string | null {
    const relationship = object.children.get(childName(query).toLowerCase());
    if (!relationship)
      return `Didn't understand relationship '${query.from}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`;
    const child = this.#schema.object(relationship.childObject);
    return child
      ? new Check(this.#schema, query).run(child)
      : `sObject type '${relationship.childObject}' is not supported.`;
  }

  #condition(object: ObjectSchema, condition: SoqlCondition | null): string | null {
    if (!condition) return null;
    if (condition.kind === 'and' || condition.kind === 'or')
      return (
        condition.parts.map((part) => this.#condition(object, part)).find((problem) => problem !== null) ??
        null
      );
    if (condition.kind === 'not') return this.#condition(object, condition.part);
    const problem = this.#operand(object, condition.field);
    if (problem !== null || condition.value.kind !== 'query')
      return problem ?? this.#filterable(object, condition.field);
    return checkQuery(condition.value.query, this.#schema);
  }

  #filterable(object: ObjectSchema, operand: SoqlOperand): string | null {
    if (!isPath(operand)) return null;
    const { field } = resolvePath(this.#schema, object, this.#withoutAlias(operand));
    return field && !field.filterable ? `field '${field.name}' can not be filtered in a query call` : null;
  }
}

/** `Contacts` of `(SELECT … FROM Account.Contacts)`: the object's name may stand in front. */
export function childName(query: SoqlQuery): string {
  return query.from.split('.').at(-1) ?? query.from;
}

export function isPath(operand: SoqlOperand): operand is FieldPath {
  return Array.isArray(operand);
}

/** `c.Name` of `FROM Contact c` is Name, and so is `Contact.Name`. */
export function withoutAlias(query: SoqlQuery, path: FieldPath): FieldPath {
  const [first, ...rest] = path;
  const isAlias =
    rest.length > 0 &&
    (first?.toLowerCase() === query.alias?.toLowerCase() ||
      first?.toLowerCase() === query.from.toLowerCase());
  return isAlias ? rest : path;
}

/** The field at the end of a path over parents, or what is wrong with it. */
export function resolvePath(
  schema: OrgSchema,
  object: ObjectSchema,
  path: FieldPath,
): { field: FieldSchema | null; problem: string | null } {
  let at: ObjectSchema = object;
  for (const name of path.slice(0, -1)) {
    const parent = at.parents.get(name.toLowerCase());
    const [target] = parent?.targets ?? [];
    const next =
      target === undefined ? undefined : schema.object(parent && parent.targets.length > 1 ? 'Name' : target);
    if (!next)
      return {
        field: null,
        problem: `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`,
      };
    at = next;
  }
  const last = path.at(-1) ?? '';
  const field = at.fields.get(last.toLowerCase());
  if (field) return { field, problem: null };
  return {
    field: null,
    problem: `No such column '${last}' on entity '${at.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  };
}
