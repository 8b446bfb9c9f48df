// What Code Analyzer is not asked about. Everything else it finds stops the build; what is right in one place only is
// suppressed there, with its reason.

/** Rules that do not suit this project at all: `engine:rule` → why. */
export const disabledRules = {
  'pmd:ApexUnitTestClassShouldHaveRunAs':
    'It asks for System.runAs in every test method. The engine works in system mode by design, whoever saves a record; the tests of permissions do run as somebody else.',
  'eslint:jest/expect-expect':
    'It takes no assertion but expect() itself, and cannot be told of expectAccessible(). The project’s own ESLint asks the same with that name known.',
};

/** Findings beside which no comment can stand, in metadata for instance: `file engine:rule` below force-app → why. */
export const acceptedFindings = {
  'main/configuration/objects/DI_Destination_Project__c/fields/Key_Id__c.field-meta.xml pmd:ProtectSensitiveData':
    'The name of the key; its secret is in the protected setting DI_Secret__c.',
  'main/configuration/objects/DI_Destination_Project__c/fields/Last_Authorized__c.field-meta.xml pmd:ProtectSensitiveData':
    'A date.',
  'main/configuration/objects/DI_Transfer_Field__c/fields/Primary_Key__c.field-meta.xml pmd:ProtectSensitiveData':
    'A checkbox: the field is part of the primary key.',
  'main/delivery/objects/DI_Outbox__c/fields/Batch_Key__c.field-meta.xml pmd:ProtectSensitiveData':
    'An idempotency key; it opens nothing.',
  'main/load/objects/DI_Load__c/fields/Without_Key__c.field-meta.xml pmd:ProtectSensitiveData':
    'A count of records.',
  'main/monitoring/objects/DI_Transfer_Log__c/fields/Entry_Key__c.field-meta.xml pmd:ProtectSensitiveData':
    'Names of a transfer and a record; it opens nothing.',
  'main/load/lwc/diInitialLoad/diInitialLoad.js eslint:@lwc/lwc-platform/no-inline-disable':
    'The one line in which a progress bar looks again by itself says why; it stops when the screen is left.',
  'main/monitoring/lwc/diTransferMonitor/diTransferMonitor.js eslint:@lwc/lwc-platform/no-inline-disable':
    'The one line in which the monitor looks again by itself says why; it stops when the screen is left.',
};

/**
 * Entry points that the Graph Engine is not asked to follow, below force-app, with the reason. What they call is followed from
 * others, and PMD asks of each statement whether the user may.
 */
export const unfollowed = [
  {
    file: 'main/capture/classes/DI_CaptureChangesAction.cls',
    why: 'It knows no element of a list that a flow gives, and takes it for every record that there could be, for longer than anybody waits.',
  },
];

/**
 * What engines fail at of themselves, and find nothing in: file below force-app, what the error says, and of what it comes. Where
 * the Graph Engine fails at an entry point, PMD still asks of each statement whether the user may (`ApexCRUDViolation`).
 */
export const acceptedErrors = [
  {
    file: 'main/capture/classes/DI_TransferTrigger.cls',
    error: 'UnexpectedException: TriggerVariableExpression',
    why: 'It finds no method that is given a variable of Trigger.',
  },
  {
    file: 'main/load/classes/DI_InitialLoadController.cls',
    error: 'UnexpectedException: Did not expect NOT_A_MATCH when ranking parameter match',
    why: 'It cannot choose between methods of one name where a record may be null.',
  },
  {
    file: 'main/monitoring/classes/DI_MonitorController.cls',
    error: 'UnexpectedException: MethodCallExpressionVertex{fullMethodName=namesById.put',
    why: 'It knows no map that is filled while a class is initialized.',
  },
  {
    file: 'main/monitoring/classes/DI_RecordController.cls',
    error: 'TodoException: MethodCallExpressionVertex{fullMethodName=getName',
    why: 'It does not follow describe of a record’s type to its name.',
  },
  {
    file: 'main/monitoring/lwc/diRecordPanel/diRecordPanel.js',
    error: 'LexException: Lexical error',
    why: 'CPD, which looks for copies, reads no private members of JavaScript.',
  },
];
