import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeliveryStage, type DeliveryStage } from '../support/delivery-stage.ts';
import { LIFE_OF_KEYS, live, WHOLE_LIFE, type Steps } from '../support/names/named-life.ts';
import { setNamedScene } from '../support/names/named-scene.ts';
import { NamedTable } from '../support/names/named-table.ts';
import { allowedNames, filledParts, ODD_NAMES } from '../support/names/odd-names.ts';
import { inUsersScope, RecordedStatements, wordsOf } from '../support/names/recorded-statements.ts';
import type { Told } from '../support/names/telling.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';

/** Columns of a primary key: as many as one may have. */
const KEYS = 8;
const COLUMNS = 200;
/** Columns of a table whose key is all that is odd about it. */
const FEW_COLUMNS = 20;
/** Milliseconds: a machine that does other things too takes its time for some fifty tables. */
const TIMEOUT = 300_000;

const plainNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_name, place) => `plain_${place}`);

/** Words that the recording has to have found, or it records nothing. */
const lacking = (words: readonly string[], wanted: readonly string[]): readonly string[] =>
  wanted.filter((word) => !words.includes(word));

/** What is done to tables of plain names is recorded; then each of its words, and whatever else is odd, is a column. */
describe('a column', () => {
  let postgres: Postgres;
  let stage: DeliveryStage;
  let told: { readonly whole: Told; readonly ofOneKey: Told; readonly ofKeys: Told };
  let words: { readonly all: readonly string[]; readonly inScope: readonly string[] };

  async function lifeOf(
    names: readonly string[],
    keys: number,
    steps: Steps,
    expected: Told | null = null,
  ): Promise<Told> {
    const other = new NamedTable([...names].reverse(), keys);
    return live(await setNamedScene(stage, new NamedTable(names, keys), other), steps, expected);
  }

  beforeAll(async () => {
    postgres = await startPostgres();
    const recordedStart = new RecordedStatements();
    stage = await startDeliveryStage(postgres.url);
    const functions = inUsersScope(recordedStart.stop());
    const recorded = new RecordedStatements();
    told = {
      whole: await lifeOf(plainNames(COLUMNS), KEYS, WHOLE_LIFE),
      ofOneKey: await lifeOf(plainNames(COLUMNS), 1, WHOLE_LIFE),
      ofKeys: await lifeOf(plainNames(FEW_COLUMNS), KEYS, LIFE_OF_KEYS),
    };
    const statements = recorded.stop();
    const { rows } = await stage.server.database.pool.query<{ word: string; catcode: string }>(
      'SELECT word, catcode FROM pg_get_keywords()',
    );
    const isOurs = (word: string): boolean => !word.startsWith('plain_');
    const ours = wordsOf([...functions, ...statements]).filter(isOurs);
    // Of our own, nothing that is not quoted can be called so.
    const reserved = new Set(rows.flatMap(({ word, catcode }) => (catcode === 'R' ? [word] : [])));
    const inScope = wordsOf([...functions, ...inUsersScope(statements)]).filter(isOurs);
    words = {
      all: allowedNames([...ODD_NAMES, ...rows.map(({ word }) => word), ...ours]),
      inScope: allowedNames(inScope).filter((word) => !reserved.has(word)),
    };
  }, TIMEOUT);
  afterAll(async () => {
    await stage.server.close();
    await postgres.stop();
  });

  it(
    'may be called by any word of SQL or of ours: whatever happens to its table ends as it would without',
    async () => {
      const wanted = ['id', 'stamp', 'old', 'new', 'origin', 'select', 'oid', 'constructor'];
      expect(lacking(words.all, wanted)).toEqual([]);
      for (const names of filledParts(words.all, COLUMNS)) await lifeOf(names, KEYS, WHOLE_LIFE, told.whole);
    },
    TIMEOUT,
  );

  it(
    'may be called so where one column is the key',
    async () => {
      const names = [...new Set([...words.inScope, ...words.all])].slice(0, COLUMNS);
      await lifeOf(names, 1, WHOLE_LIFE, told.ofOneKey);
    },
    TIMEOUT,
  );

  it(
    'may be called by any word of a statement that names its table, as one of several in its key',
    async () => {
      expect(lacking(words.inScope, ['id', 'is_superseded', 'changed', 'r', 'i', 'n'])).toEqual([]);
      for (const keys of filledParts(words.inScope, KEYS)) {
        const others = words.all.filter((word) => !keys.includes(word)).slice(0, FEW_COLUMNS - KEYS);
        await lifeOf([...keys, ...others], KEYS, LIFE_OF_KEYS, told.ofKeys);
      }
    },
    TIMEOUT,
  );
});
