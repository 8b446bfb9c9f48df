import type { Knex } from 'knex';
import { conflict, notFound, unprocessable } from '../http/problem.ts';
import type { Session } from '../database/session.ts';

/** Something that people agree to, or not: a newsletter, calls, a partner's offers. */
export interface OptIn {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly description: string;
  /** A grant is pending until the person confirms it. */
  readonly isDouble: boolean;
  /** Days in which a pending consent can be confirmed. */
  readonly confirmWithin: number;
  readonly isArchived: boolean;
  /** Name and description in languages of the pages; where one is missing or empty, those above. */
  readonly translations: Translations;
}

/** By the language's tag. */
export type Translations = Readonly<
  Partial<Record<string, { readonly name: string; readonly description: string }>>
>;

export type OptInChange = {
  readonly [K in 'name' | 'description' | 'isDouble' | 'confirmWithin' | 'translations']?:
    OptIn[K] | undefined;
};

interface OptInRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly description: string;
  readonly is_double: boolean;
  readonly confirm_within: number;
  readonly archived_at: Date | null;
  readonly translations: Translations;
}

const COLUMNS = [
  'id',
  'code',
  'name',
  'description',
  'is_double',
  'confirm_within',
  'archived_at',
  'translations',
] as const;

/** Opt-ins of one project. */
export class OptIns {
  readonly #knex: Knex;
  readonly #projectId: string;

  constructor(knex: Knex, projectId: string) {
    this.#knex = knex;
    this.#projectId = projectId;
  }

  /** Throws a 409 problem where the code is taken. */
  async create(optIn: Pick<OptIn, 'code' | 'name'> & Omit<OptInChange, 'name'>): Promise<OptIn> {
    const [row] = await this.#knex('di.opt_in')
      .insert({
        project_id: this.#projectId,
        code: optIn.code,
        ...columnsOf(optIn),
        position: this.#knex.raw(
          '(SELECT coalesce(max(position), 0) + 1 FROM di.opt_in WHERE project_id = ?::uuid)',
          [this.#projectId],
        ),
      })
      .onConflict()
      .ignore()
      .returning<OptInRow[]>([...COLUMNS]);
    if (!row)
      throw conflict(
        'opt-in-exists',
        `There is an opt-in ${optIn.code} already; codes differ in more than case.`,
      );
    return optInOf(row);
  }

  /** Archived ones too. */
  async list(): Promise<OptIn[]> {
    const rows = await this.#all()
      .orderBy('position')
      .orderBy('created_at')
      .orderBy('code')
      .select<OptInRow[]>([...COLUMNS]);
    return rows.map(optInOf);
  }

  async find(code: string): Promise<OptIn> {
    const row = await this.#all()
      .where({ code })
      .first<OptInRow | undefined>([...COLUMNS]);
    if (!row) throw notFound(`opt-in ${code} in this project`);
    return optInOf(row);
  }

  /** What is undefined stays as it is. */
  async change(code: string, change: OptInChange): Promise<OptIn> {
    return this.#update(code, columnsOf(change));
  }

  /** An archived opt-in keeps what people said of it; they can still withdraw. */
  async setArchived(code: string, isArchived: boolean): Promise<OptIn> {
    return this.#update(code, { archived_at: isArchived ? new Date() : null });
  }

  /** Puts all of them, archived ones too, in an order. Throws a 422 problem where the codes are not theirs. */
  async order(codes: readonly string[]): Promise<OptIn[]> {
    const there = new Set((await this.list()).map(({ code }) => code));
    if (
      there.size !== codes.length ||
      new Set(codes).size !== codes.length ||
      !codes.every((code) => there.has(code))
    )
      throw unprocessable('opt-ins-differ', 'Name each opt-in of the project once, archived ones too.');
    for (const [position, code] of codes.entries()) await this.#all().where({ code }).update({ position });
    return this.list();
  }

  async #update(code: string, columns: Record<string, unknown>): Promise<OptIn> {
    const [row] = await this.#all()
      .where({ code })
      .update(columns)
      .returning<OptInRow[]>([...COLUMNS]);
    if (!row) throw notFound(`opt-in ${code} in this project`);
    return optInOf(row);
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.opt_in').where({ project_id: this.#projectId });
  }
}

/** The same list for whoever has a session only. */
export async function optInsOf(session: Session, projectId: string): Promise<OptIn[]> {
  const rows = await session.query<OptInRow>(
    `SELECT ${COLUMNS.join(', ')} FROM di.opt_in WHERE project_id = $1::uuid ORDER BY position, created_at, code`,
    [projectId],
  );
  return rows.map(optInOf);
}

function optInOf(row: OptInRow): OptIn {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    description: row.description,
    isDouble: row.is_double,
    confirmWithin: row.confirm_within,
    isArchived: row.archived_at !== null,
    translations: row.translations,
  };
}

function columnsOf(change: OptInChange): Record<string, unknown> {
  const { name, description, isDouble, confirmWithin, translations } = change;
  return {
    name,
    description,
    is_double: isDouble,
    confirm_within: confirmWithin,
    translations: translations && JSON.stringify(translations),
  };
}

/** An opt-in as whoever reads a language is shown it; a text that was left empty is its own. */
export function translated<T extends OptIn>(optIn: T, language: string): T {
  const { name = '', description = '' } = optIn.translations[language] ?? {};
  return {
    ...optIn,
    name: name === '' ? optIn.name : name,
    description: description === '' ? optIn.description : description,
  };
}
