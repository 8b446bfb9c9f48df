import { GONE } from '../../salesforce/error-codes.ts';

/** Why a change is given up whose record was merged into the one of another row. */
export const MERGED_WITH_ANOTHER = 'merged-with-another-row';

/** Why a change is given up of which nobody knows to which of several records it belongs. */
export const SEVERAL_RECORDS = 'several-records';

const WITHOUT_RECORD = [...GONE, MERGED_WITH_ANOTHER, SEVERAL_RECORDS].map((code) => `'${code}'`).join(', ');

/**
 * Deliveries `d` that wait for a record: opt-outs that reached nobody, and what was given up since its record is gone, or is
 * one of several. The index `delivery_wants_record` is of this very condition.
 */
export const WANTS_RECORD = `(d.state = 'unreached' OR d.state = 'dead' AND d.last_code IN (${WITHOUT_RECORD}))`;

/** Deliveries `d` that are kept until there is a record, a replay or another value: those two states have indexes of their own. */
export const IS_KEPT = `(d.state = 'unreached' OR d.state = 'dead')`;

/** What such a delivery becomes when there may be a record, or nothing to be sent any more. */
export const SENT_AGAIN = `state = 'pending', attempts = 0, due_at = now(), revision = d.revision + 1`;

/** Why an opt-out waits whose person has neither a record nor a row: nobody is left who could be told, or who is written to. */
export const NOBODY_LEFT = 'nobody-left';

/**
 * Opt-outs `d` of an integration `n` of people that somebody has a record or a row of, and that no integration of the table
 * has reached anybody with: most people are a contact or a lead, and what both are told of reaches one of them.
 */
export const REACHED_NOBODY = `
  d.integration_id = n.id AND d.state = 'unreached' AND d.last_code IS DISTINCT FROM '${NOBODY_LEFT}' AND NOT EXISTS (
    SELECT FROM di.integration s
    WHERE s.table_id = n.table_id AND s.id <> n.id AND s.status = 'active' AND 'consent' = ANY (s.operations)
      AND EXISTS (
        SELECT FROM jsonb_array_elements(s.opt_in_fields) theirs, jsonb_array_elements(n.opt_in_fields) ours
        WHERE theirs->>'optIn' IS NULL OR ours->>'optIn' IS NULL OR theirs->>'optIn' = ours->>'optIn')
      AND NOT EXISTS (
        SELECT FROM di.delivery e
        WHERE e.integration_id = s.id AND e.identity_id = d.identity_id AND e.state IN ('unreached', 'dead')))`;
