// Who is signed in, for every screen.

let current = {
  user: null,
  endpoint: '',
  isNew: false,
  isMailSent: false,
  signOn: null,
  passwords: 'everybody',
};

export function setSession(session) {
  current = session;
}

export const user = () => current.user;

/** The address at which Salesforce reaches the server. */
export const endpoint = () => current.endpoint;

/** Nobody can sign in yet: the first owner is still to be made. */
export const isNew = () => current.isNew;

/** Mails reach people, so that a forgotten password is helped by one. */
export const isMailSent = () => current.isMailSent;

/** The name of the identity provider that people sign in by; null where there is none. */
export const signOnName = () => current.signOn;

/** Who signs in by a password: everybody, owners or nobody. */
export const passwords = () => current.passwords;

/** Whether the user may do what a scope names; the server checks it all the same. */
export function may(scope) {
  return current.user?.scopes.includes(scope) ?? false;
}
