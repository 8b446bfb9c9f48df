import type { Knex } from 'knex';
import type { Connection } from './connections.ts';

/** What is needed of a field. */
export interface FieldCheck {
  /** A field, or a path of relationships to one: `Account.Name`. */
  readonly name: string;
  readonly needs: 'read' | 'edit';
  /** How an admin makes it so, where that is worth more words than for any other field. */
  readonly advice?: string;
  /** What is lost without it is a choice, not a fault: it is warned of. */
  readonly isOptional?: boolean;
}

/** What is needed of an object of the org. */
export interface ObjectCheck {
  readonly object: string;
  readonly needs: readonly ObjectNeed[];
  readonly fields: readonly FieldCheck[];
  readonly isOptional?: boolean;
}

export type ObjectNeed = 'read' | 'create' | 'update' | 'delete';

/** Says what a connection needs of its org; each concern that sends or fetches something has one. */
export type CheckSource = (knex: Knex, connection: Connection) => Promise<readonly ObjectCheck[]>;

/** Where Salesforce keeps that a person wants no e-mail; hidden in many orgs, since no layout shows it at first. */
const OPT_OUT = 'HasOptedOutOfEmail';

/** What unsubscribes are sent to, by the name that admins know it by. */
export const optOutChecks: CheckSource = () =>
  Promise.resolve(
    ['Contact', 'Lead'].map((object) => ({
      object,
      needs: ['read'],
      isOptional: true,
      fields: [
        {
          name: OPT_OUT,
          needs: 'edit',
          isOptional: true,
          advice: `Email Opt Out is where unsubscribes go. In Setup, Object Manager, ${object}, Fields & Relationships, open Email Opt Out, click Set Field-Level Security, and make it visible and not read-only for the profile of the user; or allow Read and Edit Access for it in a permission set of the user.`,
        },
      ],
    })),
  );

/** Puts together what several ask of the same object and field: the most that anybody needs. */
export function mergedChecks(checks: readonly ObjectCheck[]): ObjectCheck[] {
  const merged = new Map<string, ObjectCheck>();
  for (const check of checks) {
    const known = merged.get(check.object.toLowerCase());
    merged.set(
      check.object.toLowerCase(),
      known ? both(known, check) : { ...check, fields: mergedFields(check.fields) },
    );
  }
  return [...merged.values()];
}

function both(one: ObjectCheck, other: ObjectCheck): ObjectCheck {
  return {
    object: one.object,
    needs: [...new Set([...one.needs, ...other.needs])],
    fields: mergedFields([...one.fields, ...other.fields]),
    isOptional: one.isOptional === true && other.isOptional === true,
  };
}

function mergedFields(fields: readonly FieldCheck[]): FieldCheck[] {
  const merged = new Map<string, FieldCheck>();
  for (const field of fields) {
    const known = merged.get(field.name.toLowerCase());
    merged.set(
      field.name.toLowerCase(),
      known
        ? {
            ...known,
            ...field,
            needs: known.needs === 'edit' ? 'edit' : field.needs,
            isOptional: known.isOptional === true && field.isOptional === true,
          }
        : field,
    );
  }
  return [...merged.values()];
}
