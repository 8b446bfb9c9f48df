// Who is signed in, for every screen.

let current = { user: null, endpoint: '' };

export function setSession(session) {
  current = session;
}

export const user = () => current.user;

/** The address at which Salesforce reaches the server. */
export const endpoint = () => current.endpoint;

/** Whether the user may do what a scope names; the server checks it all the same. */
export function may(scope) {
  return current.user?.scopes.includes(scope) ?? false;
}
