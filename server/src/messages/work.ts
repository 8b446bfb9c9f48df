/** Why work of the server’s own has not come to its end, or waits for another try. */
export const WORK = {
  'work.not-found': 'The records could not be looked for. Salesforce: {said}',
  'work.sent-again': '{count} records are sent again. Salesforce: {said}',
  'work.waits': 'Waits for another try: {reason}',
  'work.no-object': 'The org has no object {object} that this authorization sees.',
  'work.object-changing':
    'The object {object} keeps changing in Salesforce. What waits is tried again later.',
  'work.internal-error': 'Something went wrong on the server; its log says what.',
  'work.interrupted': 'The server was stopped.',
  'work.logging-in': 'Another process is logging in to Salesforce, and has not ended.',
  'work.another-org': 'The log-in now leads to another org. Authorize the connection again.',
  'work.not-authorized': 'The connection is not authorized in Salesforce. Authorize it on its page.',
  'work.another-app':
    'The server’s app in Salesforce is another one than the connection was authorized with. Authorize it again.',
  'work.not-let-in': 'Salesforce refused to let the connection in.',
} as const;
