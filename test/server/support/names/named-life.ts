import { changeConsents, erasePerson, pullRecords, sendChanges } from './following.ts';
import type { NamedScene } from './named-scene.ts';
import { followLinks, readBySql, readRows } from './reading.ts';
import { Telling, type Told } from './telling.ts';
import { changeDefinitions, importFiles, patchRows, sendBatches, writeOthers, writeRows } from './writing.ts';

export type Steps = readonly ((telling: Telling) => Promise<void>)[];

/** Everything that happens to a project's tables, in the order in which it may. */
export const WHOLE_LIFE: Steps = [
  sendBatches,
  writeRows,
  patchRows,
  readRows,
  importFiles,
  writeOthers,
  changeConsents,
  followLinks,
  readBySql,
  sendChanges,
  pullRecords,
  changeDefinitions,
  erasePerson,
];

/** What the columns of a primary key have a part in that others have not. */
export const LIFE_OF_KEYS: Steps = [sendBatches, patchRows, readRows, sendChanges];

/** What was answered to some steps, one after another; the first answer that is not as expected is a failure. */
export async function live(named: NamedScene, steps: Steps, expected: Told | null = null): Promise<Told> {
  const telling = new Telling(named, expected);
  for (const step of steps) await step(telling);
  return telling.told;
}
