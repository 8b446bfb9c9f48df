import type { Session } from '../../database/session.ts';
import { placed, type Erased, type Person, type PersonPart } from '../../people/person.ts';

/** What waits to be sent of a person, what was sent, the records of orgs that are known to be theirs, and what was written to them. */
export const personDeliveries: PersonPart = {
  name: 'deliveries',
  tables: ['delivery', 'sent_delivery', 'record_link', 'opt_in_write'],
  export: async (session, { identities }) => ({
    deliveries: await session.query(
      `SELECT g.name AS integration, i.record_key AS key, d.row_change AS change, d.is_consent_changed AS "isConsentChanged",
         d.state, d.attempts, d.last_code AS code, d.last_message AS message, d.salesforce_id AS "recordId",
         d.sent_fields::jsonb AS fields, d.changed_at AS "changedAt", d.due_at AS "dueAt"
       FROM di.delivery d JOIN di.integration g ON g.id = d.integration_id JOIN di.record_identity i ON i.id = d.identity_id
       WHERE d.identity_id = ANY($1::uuid[]) ORDER BY d.id`,
      [identities],
    ),
    sent: await session.query(
      `SELECT g.name AS integration, i.record_key AS key, s.outcome, s.record_id AS "recordId", s.fields::jsonb AS fields, s.base::jsonb AS before,
         s.changed_at AS "changedAt", s.sent_at AS "sentAt"
       FROM di.sent_delivery s JOIN di.integration g ON g.id = s.integration_id JOIN di.record_identity i ON i.id = s.identity_id
       WHERE s.identity_id = ANY($1::uuid[]) ORDER BY s.sent_at, s.delivery_id`,
      [identities],
    ),
    records: await session.query(
      `SELECT c.name AS connection, l.object, l.salesforce_id AS "recordId", l.is_gone AS "isGone", l.linked_at AS "linkedAt"
       FROM di.record_link l JOIN di.connection c ON c.id = l.connection_id
       WHERE l.identity_id = ANY($1::uuid[]) ORDER BY l.linked_at, l.salesforce_id`,
      [identities],
    ),
    checkboxes: await session.query(
      `SELECT c.name AS connection, w.salesforce_id AS "recordId", w.field, w.value, w.modstamp AS "version"
       FROM di.opt_in_write w JOIN di.connection c ON c.id = w.connection_id
       WHERE w.identity_id = ANY($1::uuid[]) ORDER BY w.modstamp, w.salesforce_id, w.field`,
      [identities],
    ),
  }),
  erase: eraseDeliveries,
};

/**
 * Comes after the rows: what their triggers have noted for the orgs goes too. The org is another holder of the person's
 * data: nothing is deleted there because it is erased here.
 */
async function eraseDeliveries(session: Session, { identities }: Person): Promise<Erased> {
  // What began in this very transaction are the triggers' notes of the erasure: nothing that was held.
  const gone = await session.query<{ is_old: boolean }>(
    'DELETE FROM di.delivery WHERE identity_id = ANY($1::uuid[]) RETURNING changed_at < now() OR revision > 1 AS is_old',
    [identities],
  );
  const sent = await session.query(
    'DELETE FROM di.sent_delivery WHERE identity_id = ANY($1::uuid[]) RETURNING 1',
    [identities],
  );
  const links = await session.query(
    'DELETE FROM di.record_link WHERE identity_id = ANY($1::uuid[]) RETURNING 1',
    [identities],
  );
  const checkboxes = await session.query(
    'DELETE FROM di.opt_in_write WHERE identity_id = ANY($1::uuid[]) RETURNING 1',
    [identities],
  );
  const waiting = gone.filter(({ is_old }) => is_old).length;
  return {
    erased: [
      ...placed('deliveries', waiting),
      ...placed('sent-deliveries', sent.length),
      ...placed('record-links', links.length),
      ...placed('checkboxes', checkboxes.length),
    ],
    kept: [],
  };
}
