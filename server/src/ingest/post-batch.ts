import type { Request } from 'express';
import type { Config } from '../config.ts';
import { bearerToken, unauthorized, verifyToken } from '../auth/access-tokens.ts';
import type { Database } from '../database/open-database.ts';
import { badRequest, conflict, notFound, Problem } from '../http/problem.ts';
import { parameter, type Route } from '../http/route.ts';
import { applyBatch } from './apply-batch.ts';
import { readBatchBody } from './batch-body.ts';
import { compileMapping, type Mapping } from './mapping.ts';
import { findTarget, type Target } from './target.ts';

/** Compiled mappings that are kept; one a transfer and list of fields. */
const KEPT_MAPPINGS = 1000;

/** A batch of changed records for one table. */
export function postBatch(config: Config, database: Database): Route {
  const mappings = new Map<string, Mapping>();

  /** A mapping is found by the transfer's version, so that a change made through another copy is seen at once. */
  function mappingOf(target: Target, fields: readonly string[]): Mapping {
    const key = `${target.transferId}:${target.version}:${fields.join(',')}`;
    let mapping = mappings.get(key);
    if (!mapping) {
      mapping = compileMapping(target, fields);
      if (mappings.size >= KEPT_MAPPINGS) mappings.clear();
      mappings.set(key, mapping);
    }
    return mapping;
  }

  return {
    method: 'post',
    path: '/v1/tables/:table/batches',
    access: 'plugin',
    summary: 'Applies a batch of changed records to a table, once',
    handler: async (request, response) => {
      const claims = verifyToken(config, bearerToken(request.headers.authorization));
      const idempotencyKey = readKey(request);
      const body = readBatchBody(request.body);
      const tableCode = parameter(request.params, 'table');
      const target = await findTarget(database.pool, {
        connectionId: claims.connectionId,
        tableCode,
        object: body.object,
      });
      checkCaller(target, claims.organizationId);
      const ready = checkTarget(target, tableCode, body.object);
      const mapping = mappingOf(ready, body.fields);
      const context = {
        connectionId: claims.connectionId,
        tableId: ready.tableId,
        idempotencyKey,
        rawBody: request.rawBody ?? Buffer.alloc(0),
      };
      const { answer, isReplay } = await applyBatch(database.pool, context, mapping, body);
      if (isReplay) response.set('Idempotent-Replayed', 'true');
      response.json(answer);
    },
  };
}

function readKey(request: Request): string {
  const key = request.get('Idempotency-Key');
  if (key === undefined || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw badRequest('idempotency-key', 'Send an Idempotency-Key of 1 to 255 visible characters.');
  return key;
}

function checkCaller(target: Awaited<ReturnType<typeof findTarget>>, organizationId: string): void {
  if (target.connectionStatus !== 'active')
    throw unauthorized('connection-revoked', 'The connection was revoked in DI.');
  if (target.organizationId === null)
    throw new Problem(
      403,
      'not-authorized',
      'Not authorized',
      'Authorize the destination project in Salesforce first.',
    );
  if (target.organizationId !== organizationId)
    throw new Problem(
      403,
      'wrong-organization',
      'Another organization',
      'The connection belongs to another Salesforce organization.',
    );
}

function checkTarget(
  target: Awaited<ReturnType<typeof findTarget>>,
  tableCode: string,
  object: string,
): Target {
  if (target.table === null) {
    const hint = target.similarCode === null ? '' : ` Did you mean ${target.similarCode}?`;
    throw notFound(`table ${tableCode} in this project${hint === '' ? '' : `.${hint}`}`.replace(/\?$/, '?'));
  }
  if (target.table.transferStatus !== 'active') {
    const what =
      target.table.transferStatus === null
        ? `There is no transfer of ${object} to ${tableCode}: add one in DI, map its fields and activate it.`
        : `The transfer of ${object} to ${tableCode} is ${target.table.transferStatus}: activate it in DI.`;
    throw conflict('transfer-not-active', what);
  }
  return target.table;
}
