/** What Salesforce refuses calls and records for, and what a person can do about it, by its code. */
export const SALESFORCE = {
  // The API cannot be called for now, and nothing in the authorization is wrong.
  'salesforce.hold.API_CURRENTLY_DISABLED':
    'The API of the org is switched off for now. Ask the org’s administrator.',
  'salesforce.hold.UNSUPPORTED_API_VERSION':
    'The org does not have the version of Salesforce’s API that DI Connect uses.',
  // Nothing works any more until a person does something.
  'salesforce.call.INVALID_SESSION_ID':
    'The org ends our sessions at once. Check the session settings, IP restrictions and the app’s policies in Salesforce, then authorize again.',
  'salesforce.call.INVALID_AUTH_HEADER': 'The org did not take our access token. Authorize again.',
  'salesforce.call.INVALID_LOGIN':
    'Salesforce refused the user name, password or security token. Check them (a sandbox has its own user names), and that the password was not changed: a new password makes a new security token.',
  'salesforce.call.LOGIN_MUST_USE_SECURITY_TOKEN':
    'Salesforce wants the user’s security token, which was missing or is out of date: a new password makes a new one. Reset it in Salesforce under Settings, Reset My Security Token, and authorize again.',
  'salesforce.call.INVALID_OPERATION_WITH_EXPIRED_PASSWORD':
    'The user’s password has expired. Set a new one in Salesforce, and authorize again with it and its new security token.',
  'salesforce.call.PASSWORD_LOCKOUT':
    'The user is locked out after too many wrong passwords. Unlock it in Setup, Users.',
  'salesforce.call.USER_NOT_ACTIVE':
    'The user is not active in Salesforce. Activate it in Setup, Users, or authorize another one.',
  'salesforce.call.ORG_LOCKED': 'The org is locked. Ask Salesforce or whoever administers the org.',
  'salesforce.call.LOGIN_DURING_RESTRICTED_DOMAIN':
    'The user may not log in from this server’s address. Allow it in the profile’s login IP ranges.',
  'salesforce.call.LOGIN_DURING_RESTRICTED_TIME':
    'The user may not log in at this hour. Widen the profile’s login hours.',
  'salesforce.call.API_DISABLED_FOR_ORG':
    'The org or the user has no access to the API. Enterprise, Performance, Unlimited and Developer Edition have it, Professional Edition as an add-on; the user needs the permission API Enabled.',
  'salesforce.call.OAUTH_APP_BLOCKED': 'The app is blocked in the org. Unblock it in Setup, OAuth Usage.',
  'salesforce.call.OAUTH_APP_ACCESS_DENIED':
    'The user may not use the app. Give access to it by the app’s policies in Setup (permitted users, permission sets).',
  'salesforce.call.app_not_installed':
    'The app is not approved in the org: install it there, or approve it in Setup, Connected Apps OAuth Usage, then authorize again.',
  'salesforce.call.invalid_client_id':
    'Salesforce does not know the app’s client id. Check it; a new app takes some minutes to be known.',
  'salesforce.call.invalid_client': 'Salesforce refused the app’s client id or secret. Check both.',
  'salesforce.call.invalid_client_credentials': 'Salesforce refused the app’s client secret. Check it.',
  'salesforce.call.inactive_user':
    'The user is not active in Salesforce. Activate it in Setup, Users, or authorize another one.',
  'salesforce.call.inactive_org': 'The org is locked, closed or suspended.',
  'salesforce.call.unauthorized_client':
    'The app may not use this way to log in. Switch the flow on in the app’s OAuth settings.',
  'salesforce.call.unsupported_grant_type':
    'The org does not allow this way to log in. Switch the flow on in the app’s OAuth settings.',
  'salesforce.call.redirect_uri_mismatch':
    'The callback address is not among those of the app. Add it in the app’s OAuth settings.',
  'salesforce.call.invalid_scope':
    'The app is not allowed the scopes api and refresh_token. Add them in its OAuth settings.',
  'salesforce.call.access_denied': 'Whoever was asked in Salesforce did not allow the access.',
  // What a person can do about one record.
  'salesforce.record.FIELD_CUSTOM_VALIDATION_EXCEPTION':
    'A validation rule of the org refuses the record: change the row, or the rule.',
  'salesforce.record.INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST':
    'The org’s picklist does not have this value: add it there, or map it to one that it has.',
  'salesforce.record.STRING_TOO_LONG':
    'The value is longer than the field: shorten it, or widen the field in Salesforce.',
  'salesforce.record.REQUIRED_FIELD_MISSING':
    'Salesforce wants a value that the row does not have: fill it in, or map a default.',
  'salesforce.record.DUPLICATES_DETECTED':
    'A duplicate rule of the org found the same person: merge them there, or allow duplicates in the integration.',
  'salesforce.record.DUPLICATE_VALUE': 'Another record has this value of a unique field.',
  'salesforce.record.DUPLICATE_EXTERNAL_ID':
    'Several records have this external id: give it to one of them only.',
  'salesforce.record.INVALID_EMAIL_ADDRESS': 'Salesforce does not take this e-mail address: correct it.',
  'salesforce.record.CANNOT_UPDATE_CONVERTED_LEAD': 'The lead was converted, and cannot be changed any more.',
  'salesforce.record.INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY':
    'The connection’s user may not change a record that this one belongs to.',
  'salesforce.record.CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY': 'A trigger of the org failed: see its message.',
  'salesforce.record.ENTITY_IS_LOCKED': 'The record is locked by an approval: replay when it is decided.',
  'salesforce.record.DELETE_FAILED': 'The org does not let the record be deleted: see its message.',
  'salesforce.record.STORAGE_LIMIT_EXCEEDED':
    'The org has no room for this record: free some or buy more in Setup, Storage Usage.',
  'salesforce.record.INVALID_FIELD':
    'Salesforce does not take a field or a value of this record: see its message.',
  'salesforce.record.INVALID_FIELD_FOR_INSERT_UPDATE':
    'Salesforce takes a field for other records, but not for this one (the contact of a person account, a locked record type): see its message.',
  'salesforce.record.INVALID_TYPE':
    'Salesforce does not take this record as one of its object: see its message.',
  'salesforce.record.NOT_FOUND': 'Salesforce has nothing at the address of the call: see its message.',
  'salesforce.record.INSUFFICIENT_ACCESS':
    'The connection’s user may not change this record: share it with the user.',
  'salesforce.record.INSUFFICIENT_ACCESS_OR_READONLY':
    'The connection’s user may not change this record: share it with the user, or unlock it.',
  // What a person can do where all records are refused for it.
  'salesforce.stop.STORAGE_LIMIT_EXCEEDED':
    'The org has no room for more records. Free some or buy more in Setup, Storage Usage.',
  'salesforce.stop.INVALID_FIELD':
    'A field is not there, or the connection’s user may not see it. Give the user access to it, or map another field.',
  'salesforce.stop.INVALID_FIELD_FOR_INSERT_UPDATE':
    'The connection’s user may not write a field. Give the user edit access to it, or take it out of the mapping.',
  'salesforce.stop.INVALID_TYPE':
    'The object is not there, or the connection’s user may not see it. Give the user access to it.',
  'salesforce.stop.NOT_FOUND':
    'The object or its external id field is not there, or the connection’s user may not see it. Give the user access to it.',
  'salesforce.stop.INSUFFICIENT_ACCESS':
    'The connection’s user may not write records of this object. Give the user the permission.',
  'salesforce.stop.INSUFFICIENT_ACCESS_OR_READONLY':
    'The connection’s user may not write records of this object. Give the user the permission.',
  // A token is refused for many reasons that have one code.
  'salesforce.grant.revoked':
    'The authorization was revoked or has expired in Salesforce. Authorize the connection again; Setup, OAuth Usage shows who revoked it.',
  'salesforce.grant.not-approved':
    'The user has not approved the app. Pre-authorize the user by the app’s policies in Setup (admin-approved users, with a permission set), or let the user log in by the browser once.',
  'salesforce.grant.bad-assertion':
    'Salesforce did not take the signed token. Check that the certificate of this key is the app’s, that client id and user name are right, and that a sandbox is authorized as one.',
  'salesforce.grant.used-code': 'The log-in took too long or was used twice. Start the authorization again.',
  // Advice, with what Salesforce said itself.
  'salesforce.no-token': 'Salesforce gave no token: {reason}.',
  'salesforce.no-calls-left':
    'The org has no API calls left in its 24 hours. Work goes on when there are some again; buy more or free some in Setup, Company Information.',
  'salesforce.advised-record': '{advice} Salesforce: {said}',
  'salesforce.advised-call': '{advice} (Salesforce: {said})',
  'salesforce.no-reason': 'Salesforce gave no reason.',
} as const;
