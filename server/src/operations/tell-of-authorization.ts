import { say } from '../messages/message.ts';
import type { StatusListener } from '../connections/authorizations.ts';
import { closeIncident, openIncident } from '../connections/incidents.ts';

/** Tells of a connection that Salesforce no longer lets in, and of one that is let in again. */
export const tellOfAuthorization: StatusListener = (transaction, { accountId, connectionId, ...state }) => {
  const key = { accountId, connectionId, kind: 'authorization-lost' } as const;
  return state.status === 'authorized'
    ? closeIncident(transaction, key)
    : openIncident(transaction, {
        ...key,
        message: state.message ?? say('work.not-let-in'),
      });
};
