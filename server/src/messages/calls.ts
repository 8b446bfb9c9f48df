/** Why a call is refused, whatever it asks for. */
export const CALLS = {
  'calls.idempotency-key': 'An Idempotency-Key has 1 to 255 visible characters.',
  'calls.idempotency-key-reused':
    'This Idempotency-Key came with another request before. Send a new key with a new request.',
  'calls.malformed-compression': 'The body is not compressed as its Content-Encoding says.',
  'calls.body-too-large': 'Send fewer records in one request.',
  'calls.encoding': 'Send UTF-8, plain or compressed with gzip.',
  'calls.incomplete-body': 'The body ended before its announced length.',
  'calls.invalid-path': 'The path is not well-formed.',
  'calls.outcome-unknown':
    'The connection to the database broke while the change was being saved: it may have been made or not. Send the same request again; with the same Idempotency-Key it is carried out once.',
  'calls.database-busy': 'The database is busy or being restarted. Try again.',
  'calls.database-full':
    'The disk of the database is full; nothing was changed. Try again when the operator has made room.',
  'calls.database-read-only':
    'The database cannot be written to now, as in the middle of a failover; nothing was changed. Try again.',
  'calls.unstorable-value': 'The request holds a value that the database cannot hold.',
  'calls.internal-error': 'The fault is logged under the request id of this answer.',
  'calls.not-found': 'There is no {what}.',
} as const;
