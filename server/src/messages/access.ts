/** Why somebody is not let in, or may not do something; accounts and their users. */
export const ACCESS = {
  'access.user-exists': 'A user with this email address already exists.',
  'access.last-owner': 'This is the last owner of the account: make another one first.',
  'access.cannot-give': 'You cannot give what you do not have: {scopes}.',
  'access.unknown-token': 'The access token is not one of ours.',
  'access.token-expired': 'The access token has expired; ask for another.',
  'access.invalid-token': 'The access token is not valid.',
  'access.missing-token': 'Send Authorization: Bearer with an access token.',
  'access.wrong-operator-token': 'The operator token is not right.',
  'access.missing-scope': 'This needs the scope {scope}, which your access does not have.',
  'access.users-only': 'This is for a user who is signed in.',
  'access.token-over': 'The token is not good, or no longer.',
  'access.account-exists': 'There is an account {name} already.',
  'access.wrong-password': 'The address or the password is not right.',
  'access.passwords-off': 'Passwords are not used here. Sign in by the identity provider.',
  'access.sign-on-unreachable':
    'The identity provider does not answer. Try again in a moment, or tell whoever runs DI Connect.',
  'access.too-many-sign-ins': 'Too many people are signing in at this moment. Try again in a few seconds.',
  'access.wrong-old-password': 'The old password is not right.',
  'access.wrong-password-link': 'This link is used up or too old. Ask for a new one.',
  'access.mail-refused': 'The mail did not go out: {reason} Give them the link yourself.',
} as const;
