import type { Knex } from 'knex';
import { z } from 'zod';
import { consultingEndpoint, type Route } from '../../api/route.ts';
import { conflict } from '../../http/problem.ts';
import { settingsChangeSchema, type FoundFile, type ImportSettings } from './import-settings.ts';
import { Imports, type Import } from './imports.ts';
import { inspectAs } from './inspect-file.ts';
import type { CheckSettings } from './run-routes.ts';
import { importAnswer, shownImport } from './shown-import.ts';

/** Changes how a file is read. */
export function settingsRoute(check: CheckSettings): Route {
  return consultingEndpoint({
    method: 'patch',
    path: '/v1/admin/imports/{import}/settings',
    scope: 'imports:write',
    tag: 'Imports',
    summary: 'Changes how a file is read and where its columns go',
    description:
      'With another encoding or delimiter the headings are read again, and the mapping keeps what still fits. Answers the import; what does not fit yet is said by a check or a start.',
    params: z.strictObject({ import: z.uuid() }),
    body: settingsChangeSchema,
    answer: { schema: importAnswer },
    // A file is looked at as long as that takes, which nothing waits for.
    prepare: async ({ knex, caller, params, body }) => {
      const before = await new Imports(knex, caller.accountId).find(params.import);
      const { found, settings } = inspected(before);
      return seenAs(knex, before, found, { ...settings, ...withoutUndefined(body) });
    },
    handle: async ({ knex, caller, params, body, audit }, seen) => {
      const imports = new Imports(knex, caller.accountId);
      const before = await imports.find(params.import);
      const { settings } = inspected(before);
      if (before.job)
        throw conflict(
          'job-open',
          'Salesforce has a portion of the file that was read as it is set now: resume the import, and change it after that.',
        );
      const changed = { ...settings, ...withoutUndefined(body) };
      if (changed.encoding !== seen.encoding || changed.delimiter !== seen.delimiter)
        throw conflict(
          'changed-meanwhile',
          'The import was changed at the same time. Look at it, and try again.',
        );
      const kept = {
        ...changed,
        mapping: known(seen, changed.mapping, body.mapping !== undefined),
        consents: known(seen, changed.consents ?? [], body.consents !== undefined),
      };
      const after = await imports.change(params.import, ['ready', 'paused', 'failed'], {
        found: JSON.stringify(seen),
        settings: JSON.stringify(kept),
      });
      if (body.mapping ?? body.consents) await check(knex, after);
      audit({
        action: 'import.settings-changed',
        subject: before.id,
        detail: { changed: Object.keys(body) },
      });
      return shownImport(after);
    },
  });
}

/** Columns that the file has, as it is read now. One that was named just now stays: whoever named it is told that it is not there. */
function known<Column extends { readonly heading: string }>(
  found: FoundFile,
  columns: readonly Column[],
  isNamedNow: boolean,
): Column[] {
  return columns.filter(({ heading }) => isNamedNow || found.headings.includes(heading));
}

function withoutUndefined(change: Partial<Record<keyof ImportSettings, unknown>>): Partial<ImportSettings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

/** What is found in the file as it is to be read now. */
async function seenAs(
  knex: Knex,
  given: Import,
  found: FoundFile,
  settings: ImportSettings,
): Promise<FoundFile> {
  const { encoding, delimiter } = settings;
  if (encoding === found.encoding && delimiter === found.delimiter) return found;
  // Where the next portion begins was counted by the old reading.
  if (given.status !== 'ready')
    throw conflict('wrong-status', 'Encoding and delimiter are chosen before an import is started.');
  const isSame = encoding === found.encoding;
  const markLength = isSame ? found.markLength : 0;
  const seen = await inspectAs(knex, given.accountId, given.id, {
    ...{ encoding, delimiter, markLength },
    lines: found.lines,
  });
  // Whoever chooses an encoding has looked.
  return isSame ? { ...seen, guess: found.guess } : seen;
}

/** What an import has once its file has come. */
export function inspected({ found, settings, status }: Import): {
  found: FoundFile;
  settings: ImportSettings;
} {
  if (!found || !settings) throw conflict('wrong-status', `The import is ${status}: send its file first.`);
  return { found, settings };
}
