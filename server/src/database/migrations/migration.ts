import type { Knex } from 'knex';

/** A step of the control schema. Steps only go forward; one that has been released is never edited. */
export interface Migration {
  readonly name: string;
  up(knex: Knex): Promise<void>;
}
