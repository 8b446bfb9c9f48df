import type { Knex } from 'knex';
import type { ConsentKeys } from '../../consent/consent-keys.ts';
import { compileLowering, type Lowering } from '../../consent/lowering-rules.ts';
import { noteSentFields } from '../../transfers/sent-fields.ts';
import { compileMapping, type Mapping } from '../../projects/mapping.ts';
import { sqlOf, type TableSql } from './batch-and-rows.sql.ts';
import { findTarget, type Target, type Wanted } from './target.ts';

/** A target with the mapping and the statements for one list of fields. */
export interface CompiledTarget {
  readonly target: Target;
  readonly mapping: Mapping;
  readonly sql: TableSql;
  readonly lowering: Lowering | null;
  readonly consentKeys: ConsentKeys;
}

/** Id and SystemModstamp always come first, and are nobody's choice. */
const ID_AND_STAMP = 2;
/** Targets that are kept compiled. */
const KEPT = 1000;

/**
 * Targets, compiled and kept. Whether a kept one still holds is seen when its batch is applied: versions are compared
 * under the table's lock, so that a change made through another copy of the server is never missed.
 */
export class Targets {
  readonly #knex: Knex;
  readonly #consentKeys: ConsentKeys;
  readonly #isOfPlugin: boolean;
  readonly #kept = new Map<string, CompiledTarget>();

  /** @param isOfPlugin the batches are the plugin's: which fields it sends is kept with the transfer */
  constructor(knex: Knex, consentKeys: ConsentKeys, isOfPlugin = false) {
    this.#knex = knex;
    this.#consentKeys = consentKeys;
    this.#isOfPlugin = isOfPlugin;
  }

  async find(wanted: Wanted, fields: readonly string[]): Promise<CompiledTarget> {
    const key = keyOf(wanted, fields);
    const known = this.#kept.get(key);
    if (known) return known;
    const target = await findTarget(this.#knex, wanted);
    // Before they are judged: a field that is not mapped is refused, and sent all the same.
    if (this.#isOfPlugin) await noteSentFields(this.#knex, target.transferId, fields.slice(ID_AND_STAMP));
    const mapping = compileMapping(target, fields);
    const lowering = compileLowering(target.consent, fields, this.#consentKeys);
    const compiled = {
      target,
      mapping,
      sql: sqlOf(target, mapping),
      lowering,
      consentKeys: this.#consentKeys,
    };
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, compiled);
    return compiled;
  }

  /** The kept one no longer holds: the next one is read again. */
  forget(wanted: Wanted, fields: readonly string[]): void {
    this.#kept.delete(keyOf(wanted, fields));
  }
}

function keyOf(wanted: Wanted, fields: readonly string[]): string {
  const { connectionId, organizationId, tableCode, object } = wanted;
  return [connectionId, organizationId, tableCode, object.toLowerCase(), ...fields].join('\n');
}
