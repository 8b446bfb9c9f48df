import type { Request } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import {
  badRequest,
  conflict,
  Problem,
  unprocessable,
  unsupportedEncoding,
  unsupportedMediaType,
} from '../../http/problem.ts';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { defaultSettings } from './default-settings.ts';
import { appendBytes, elsewhere, forgetBytes } from './import-file.ts';
import { Imports, type Import } from './imports.ts';
import { inspectFile } from './inspect-file.ts';
import { importAnswer, shownImport } from './shown-import.ts';
import type { FileTarget } from '../../values/suggest-mapping.ts';
import type { OrgObject } from '../../salesforce/org.ts';

/** What the headings of a file are compared with. */
export type TargetsOfImport = (
  knex: Knex,
  given: Import,
) => Promise<{ targets: readonly FileTarget[]; described: OrgObject | null }>;

const REFUSED_TYPES = /^(?:multipart\/|application\/json|application\/x-www-form-urlencoded)/i;

/** Takes the file of an import, at once or piece by piece. */
export function putFile(targetsOf: TargetsOfImport): Route {
  return accountEndpoint({
    method: 'put',
    path: '/v1/admin/imports/{import}/file',
    scope: 'imports:write',
    tag: 'Imports',
    summary: 'Sends the file of an import, as a stream',
    description:
      'The body is the CSV itself. An upload that broke off goes on where it stopped: ask for the import’s bytes, and send the rest with that offset. A large file may be sent in pieces, each with last=false but the last one. With the last piece the file is looked at: encoding, delimiter, headings, a suggested mapping and the first rows are answered. White space around a cell is no part of it, quoted or not.',
    fileType: 'text/csv',
    bodyKind: 'stream',
    transactions: 'own',
    params: z.strictObject({ import: z.uuid() }),
    query: z.strictObject({
      offset: z.coerce.number().int().min(0).default(0).meta({ description: 'Bytes that were sent before' }),
      last: z
        .enum(['true', 'false'])
        .default('true')
        .meta({ description: 'Nothing comes after these bytes' }),
    }),
    answer: { schema: importAnswer },
    handle: async ({ knex, caller, params, query, request, audit }) => {
      const imports = new Imports(knex, caller.accountId);
      const before = await imports.find(params.import);
      refuseUnfit(request, before, query.offset);
      const bytes = await appendBytes(knex, before.id, query.offset, bodyOf(request));
      if (query.last === 'true') await inspect(knex, imports, { ...before, bytes }, targetsOf);
      audit({ action: 'import.file-sent', subject: before.id, detail: { project: before.project, bytes } });
      return shownImport(await imports.find(before.id));
    },
  });
}

function refuseUnfit(request: Request, given: Import, offset: number): void {
  if (given.status !== 'uploading')
    throw conflict(
      'wrong-status',
      `The import is ${given.status}; its file has come already. Create another import.`,
    );
  const type = request.headers['content-type'] ?? '';
  if (REFUSED_TYPES.test(type))
    throw unsupportedMediaType('Send the file itself as the body, as text/csv, without a form around it.');
  if (!['', 'identity'].includes(request.headers['content-encoding'] ?? ''))
    throw unsupportedEncoding('Send the file as it is, not compressed.');
  if (offset !== given.bytes) throw elsewhere();
}

async function* bodyOf(request: Request): AsyncGenerator<Buffer> {
  try {
    for await (const piece of request) if (Buffer.isBuffer(piece)) yield piece;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw badRequest(
      'incomplete-body',
      'The body ended before its announced length. Go on from the import’s bytes.',
    );
  }
}

async function inspect(
  knex: Knex,
  imports: Imports,
  given: Import,
  targetsOf: TargetsOfImport,
): Promise<void> {
  try {
    if (given.bytes === 0) throw unprocessable('empty-file', 'The file is empty.');
    const found = await inspectFile(knex, given.accountId, given.id);
    const { targets, described } = await targetsOf(knex, given);
    const settings = defaultSettings(found, targets);
    await imports.change(given.id, ['uploading'], {
      status: 'ready',
      found: JSON.stringify(found),
      settings: JSON.stringify(settings),
      described: described && JSON.stringify(described),
    });
  } catch (error) {
    // Another file may be sent in the place of this one.
    if (error instanceof Problem && error.status === 422) {
      await forgetBytes(knex, given.id);
      await imports.change(given.id, ['uploading'], { bytes: 0 });
    }
    throw error;
  }
}
