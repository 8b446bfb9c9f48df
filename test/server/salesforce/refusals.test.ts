import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../server/src/salesforce/faults.ts';
import { SalesforceFault } from '../../../server/src/salesforce/org.ts';
import { refusalByCall, refusalOf } from '../../../server/src/salesforce/refusals.ts';

const LOCK =
  'rollups_ContactTrigger: execution of AfterUpdate caused by: System.DmlException: Update failed. First exception on row 0 with id 0015g00000Xy; first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []';
const FLOW =
  'We can’t save this record because the “Contact After Save” process failed. UNABLE_TO_LOCK_ROW: unable to obtain exclusive access';
const WRAPPER = 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY';

describe('what follows for a record that was refused', () => {
  it.each([
    ['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access', 'retry'],
    [WRAPPER, LOCK, 'retry'],
    ['CANNOT_EXECUTE_FLOW_TRIGGER', FLOW, 'retry'],
    [WRAPPER, 'T: System.LimitException: Too many SOQL queries: 101', 'retry'],
    [WRAPPER, 'T: System.LimitException: Apex CPU time limit exceeded', 'retry'],
    [WRAPPER, 'T: caused by: STORAGE_LIMIT_EXCEEDED, storage limit exceeded', 'stop'],
    [WRAPPER, 'entity type cannot be inserted: Contact', 'stop'],
    [WRAPPER, 'T: System.NullPointerException: Attempt to de-reference a null object', 'give-up'],
    [WRAPPER, 'T: System.LimitException: Too many queueable jobs added to the queue: 2', 'retry'],
    [WRAPPER, 'T: System.LimitException: Apex heap size too large: 6291912', 'retry'],
    [
      WRAPPER,
      'T: System.QueryException: Record Currently Unavailable: The record you are attempting to edit, or one of its related records, is currently being modified by another user.',
      'retry',
    ],
    [
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'Update failed. First exception on row 0 with id 0015g00000Xy; first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []',
      'retry',
    ],
    // What a trigger did to another record says nothing about this one.
    [WRAPPER, 'T: first error: ENTITY_IS_DELETED, entity is deleted: []', 'give-up'],
    // Words of the org's own rules are no cause, whatever they say.
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'UNABLE_TO_LOCK_ROW is what we say here', 'give-up'],
    ['STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', 'stop'],
    ['INVALID_FIELD_FOR_INSERT_UPDATE', 'bad field names', 'stop'],
    ['ENTITY_IS_DELETED', 'entity is deleted', 'gone'],
    ['INVALID_ID_FIELD', 'not a valid id', 'gone'],
    ['NEVER_HEARD_OF', 'anything', 'give-up'],
  ])('with %s, «%s» is %s', (code, message, follows) => {
    expect(refusalOf([{ code, message, fields: [] }])).toMatchObject({ code, follows });
  });

  it('is failure where a reference of it leads nowhere, which names its field', () => {
    const error = { code: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id' };
    expect(refusalOf([{ ...error, fields: ['AccountId'] }]).follows).toBe('give-up');
    expect(refusalOf([{ ...error, fields: ['Id'] }]).follows).toBe('gone');
  });

  it('has Salesforce’s words for all of its errors, and what can be done about the one that decides', () => {
    const refusal = refusalOf([
      { code: 'STRING_TOO_LONG', message: 'Title: data value too large', fields: ['Title'] },
      { code: 'INVALID_EMAIL_ADDRESS', message: 'Email: invalid', fields: ['Email'] },
    ]);
    expect(refusal).toMatchObject({ code: 'STRING_TOO_LONG', follows: 'give-up' });
    expect(refusal.message).toMatch(
      /^The value is longer .* Salesforce: Title: data value too large \(Title\) Email: invalid \(Email\)$/,
    );
    expect(refusalOf([])).toMatchObject({ code: 'refused', follows: 'give-up' });
  });

  it('is nothing that a call said of its address', () => {
    const gone = new SalesforceFault('give-up', 'NOT_FOUND', 'The requested resource does not exist');
    expect(refusalByCall(gone)).toMatchObject({ follows: 'stop', isOfDescription: true });
  });
});

describe('what follows for a call that was refused', () => {
  it.each([
    [500, 'INVALID_SESSION_ID', 'retry'],
    [401, 'INVALID_SESSION_ID', 'stop'],
    [503, 'API_DISABLED_FOR_ORG', 'retry'],
    [403, 'API_DISABLED_FOR_ORG', 'stop'],
    [403, 'API_CURRENTLY_DISABLED', 'hold'],
    [400, 'UNSUPPORTED_API_VERSION', 'hold'],
    [403, 'REQUEST_LIMIT_EXCEEDED', 'limit'],
    [429, 'HTTP_429', 'retry'],
    [400, 'REQUEST_RUNNING_TOO_LONG', 'give-up'],
    [400, 'NEVER_HEARD_OF', 'give-up'],
  ])('with HTTP %i and %s is %s', (status, code, kind) => {
    expect(faultOf(code, 'said', status).kind).toBe(kind);
  });
});
