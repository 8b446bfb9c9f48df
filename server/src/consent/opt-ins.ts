import type { Knex } from 'knex';
import { conflict, notFound } from '../http/problem.ts';
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
}

export type OptInChange = {
  readonly [K in 'name' | 'description' | 'isDouble' | 'confirmWithin']?: OptIn[K] | undefined;
};

interface OptInRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly description: string;
  readonly is_double: boolean;
  readonly confirm_within: number;
  readonly archived_at: Date | null;
}

const COLUMNS = ['id', 'code', 'name', 'description', 'is_double', 'confirm_within', 'archived_at'] as const;

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
      .insert({ project_id: this.#projectId, code: optIn.code, ...columnsOf(optIn) })
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
    `SELECT ${COLUMNS.join(', ')} FROM di.opt_in WHERE project_id = $1::uuid ORDER BY created_at, code`,
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
  };
}

function columnsOf({ name, description, isDouble, confirmWithin }: OptInChange): Record<string, unknown> {
  return { name, description, is_double: isDouble, confirm_within: confirmWithin };
}
