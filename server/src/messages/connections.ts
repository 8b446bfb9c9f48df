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
  'connections.not-authorized':
    'DI has no access to the org yet: authorize the connection, so that opt-ins and contacts can be sent.',
  'connections.calls-nearly-used':
    'The org has used {used} of the {limit} API calls that it has in 24 hours.',
  'connections.newer-plugin': 'Version {newest} of the plugin can be installed; the org has {installed}.',
  'connections.password-retires':
    'Salesforce retires the log-in by user name, password and security token with Summer ’27, and new orgs have it switched off. Authorize in the browser, or by JWT, before then.',
  'connections.no-deployed-apex':
    '{edition} has an API only where it was bought as an add-on, and takes no Apex that is deployed to it: triggers on custom objects cannot be made there.',
  'connections.is-revoked': 'The connection {connection} is revoked.',
} as const;
