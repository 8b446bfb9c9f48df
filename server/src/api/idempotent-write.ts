import { say } from '../messages/message.ts';
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { badRequest, conflict } from '../http/problem.ts';

/**
 * Does a write once for an Idempotency-Key: the key, the rows and the answer are committed together. The same request again
 * is answered as the first time; another one of the same key is refused. Without a key it is just done. Call it in a
 * transaction.
 */
export async function idempotently<T>(
  transaction: Knex,
  tableId: string,
  request: Request,
  response: Response,
  write: () => Promise<T>,
): Promise<{ answer: T; isReplay: boolean }> {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return { answer: await write(), isReplay: false };
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw badRequest('idempotency-key', say('calls.idempotency-key'));
  const hash = createHash('sha256')
    .update(`${request.method} ${request.path}\n`)
    .update(request.rawBody ?? '')
    .digest();
  const at = { table_id: tableId, key };
  // A twin on its way is waited for here, and its answer found below.
  const mine = await transaction('di.row_write')
    .insert({ ...at, request_hash: hash })
    .onConflict(['table_id', 'key'])
    .ignore()
    .returning('key');
  if (mine.length > 0) {
    const answer = await write();
    await transaction('di.row_write')
      .where(at)
      .update({ answer: JSON.stringify(answer) });
    return { answer, isReplay: false };
  }
  const first = await transaction('di.row_write')
    .where(at)
    .first<{ request_hash: Buffer; answer: T } | undefined>('request_hash', 'answer');
  if (!first?.request_hash.equals(hash))
    throw conflict('idempotency-key-reused', say('calls.idempotency-key-reused'));
  response.set('Idempotent-Replayed', 'true');
  return { answer: first.answer, isReplay: true };
}
