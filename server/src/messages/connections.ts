/** Why a connection does not take what comes by it. */
export const CONNECTIONS = {
  'connections.wrong-organization':
    'The connection belongs to the Salesforce organization {bound}, the log-in led to {found}. Log in to the right org, or create a connection for this one.',
  'connections.no-client-app':
    'The server has no app of its own in Salesforce (SALESFORCE_CLIENT_ID): send the clientId and clientSecret of yours.',
  'connections.revoked': 'The connection was revoked. Create another one.',
  'connections.revoked-in-di': 'The connection was revoked in DI.',
  'connections.another-organization': 'The connection belongs to another Salesforce organization.',
  'connections.another-caller':
    'The connection belongs to another Salesforce organization than the one that calls.',
  'connections.is-revoked': 'The connection {connection} is revoked.',
} as const;
