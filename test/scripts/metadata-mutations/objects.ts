import { mutation, type Mutation } from './mutation.ts';

const STATUS = 'DI_Outbox__c/fields/Status__c.field-meta.xml';
const CHANGES = 'DI_Outbox__c/fields/Changes__c.field-meta.xml';
const KEY = 'DI_Outbox__c/fields/Batch_Key__c.field-meta.xml';
const COUNT = 'DI_Outbox__c/fields/Record_Count__c.field-meta.xml';
const OUTBOX = 'DI_Outbox__c/DI_Outbox__c.object-meta.xml';
const WAITING = 'DI_Outbox__c/listViews/Waiting.listView-meta.xml';
const HIGHLIGHTS = 'DI_Outbox__c/compactLayouts/DI_Highlights.compactLayout-meta.xml';
const LOAD_FIELD = 'DI_Outbox__c/fields/Load__c.field-meta.xml';
const MASTER = 'DI_Transfer_Field__c/fields/Transfer__c.field-meta.xml';

export const OBJECTS: readonly Mutation[] = [
  mutation(
    'a list view with a missing column',
    WAITING,
    'Record_Count__c',
    'Gone__c',
    'Gone__c is not a field of DI_Outbox__c',
  ),
  mutation(
    'a list view that shows a long text',
    WAITING,
    'Record_Count__c',
    'Changes__c',
    'Changes__c is a long text',
  ),
  mutation(
    'a list view that filters by no value of a picklist',
    WAITING,
    '<value>Pending',
    '<value>Waiting',
    "'Waiting' is not a value of DI_Outbox__c.Status__c",
  ),
  mutation(
    'a list view with a column twice',
    WAITING,
    'Record_Count__c',
    'Transfer__c',
    'the column Transfer__c stands twice',
  ),
  mutation(
    'a compact layout with a missing field',
    HIGHLIGHTS,
    'Status__c',
    'Gone__c',
    'Gone__c is not a field of DI_Outbox__c',
  ),
  mutation(
    'an object whose compact layout is missing',
    OUTBOX,
    'DI_Highlights',
    'DI_Gone',
    '<compactLayoutAssignment> names DI_Gone',
  ),
  mutation(
    'an object without a plural',
    OUTBOX,
    /<pluralLabel>.*<\/pluralLabel>/,
    '',
    'an object needs <pluralLabel>',
  ),
  mutation(
    'an object shared by a master that it does not have',
    OUTBOX,
    'ReadWrite',
    'ControlledByParent',
    'no field is a master-detail field',
  ),
  mutation(
    'a detail that is shared by itself',
    'DI_Transfer_Field__c.object-meta.xml',
    'ControlledByParent',
    'ReadWrite',
    'is ControlledByParent, not ReadWrite',
  ),
  mutation(
    'an object more open outside than inside',
    'DI_Key__c.object-meta.xml',
    '<externalSharingModel>Private',
    '<externalSharingModel>Read',
    'is more open than <sharingModel> Private',
  ),
  mutation(
    'an automatic number without a place',
    OUTBOX,
    'OB-{00000000}',
    'OB-00000000',
    'needs one place like {0000}',
  ),
  mutation(
    'an event that is shared',
    'DI_Wake__e.object-meta.xml',
    '</publishBehavior>',
    '</publishBehavior><sharingModel>Read</sharingModel>',
    'a platform event takes no <sharingModel>',
  ),
  mutation(
    'a custom setting with a plural',
    'DI_Secret__c.object-meta.xml',
    '<visibility>',
    '<pluralLabel>Secrets</pluralLabel><visibility>',
    'a custom setting takes no <pluralLabel>',
  ),
  mutation(
    'an object label of 41 characters',
    OUTBOX,
    'DI Outbox Entry',
    'O'.repeat(41),
    '<label> has 41 characters, and 40 are allowed',
  ),
];

export const FIELDS: readonly Mutation[] = [
  mutation(
    'a field that points to a missing object',
    LOAD_FIELD,
    'DI_Load__c',
    'DI_Gone__c',
    '<referenceTo> names DI_Gone__c, which is not in the package',
  ),
  mutation(
    'a field that points to an event',
    LOAD_FIELD,
    'DI_Load__c',
    'DI_Wake__e',
    'DI_Wake__e, which holds no records',
  ),
  mutation(
    'a relationship name twice',
    LOAD_FIELD,
    /DI_Load__c/,
    'DI_Data_Transfer__c',
    'another field has the relationship name DI_Data_Transfer__c.Outbox too',
  ),
  mutation(
    'an e-mail field on an event',
    'DI_Wake__e/fields/Source_Object__c.field-meta.xml',
    /<length>[\s\S]*<\/type>/,
    '<type>Email</type>',
    'a platform event takes no Email field',
  ),
  mutation(
    'a long text in a custom setting',
    'DI_Settings__c/fields/Stop_The_Save__c.field-meta.xml',
    /<type>Checkbox<\/type>/,
    '<length>500</length><type>LongTextArea</type><visibleLines>3</visibleLines>',
    'a custom setting takes no LongTextArea field',
  ),
  mutation(
    'a picklist with two defaults',
    STATUS,
    '<default>false',
    '<default>true',
    'a picklist has one default, and Pending and Dead are',
  ),
  mutation(
    'a picklist with a value twice',
    STATUS,
    /Dead(?=<\/fullName>)/,
    'Pending',
    "the value 'pending' stands twice as <fullName>",
  ),
  mutation(
    'a text of 256 characters',
    KEY,
    '<length>64',
    '<length>256',
    '<length> of a Text field is 1 to 255, not 256',
  ),
  mutation(
    'a long text of 131,073 characters',
    CHANGES,
    '131072',
    '131073',
    '<length> of a LongTextArea field is 256 to 131072, not 131073',
  ),
  mutation(
    'a long text that has to be filled in',
    CHANGES,
    '<type>',
    '<required>true</required><type>',
    'a LongTextArea field takes no <required>',
  ),
  mutation(
    'a long text of one line',
    CHANGES,
    '<visibleLines>5',
    '<visibleLines>1',
    '<visibleLines> of a LongTextArea field is 2 to 50, not 1',
  ),
  mutation(
    'a number of 19 digits',
    COUNT,
    '<precision>6',
    '<precision>19',
    '<precision> of a Number field is 1 to 18, not 19',
  ),
  mutation(
    'a number with more places than digits',
    COUNT,
    '<scale>0',
    '<scale>7',
    '<scale> 7 is more than <precision> 6',
  ),
  mutation(
    'a time that is an external id',
    'DI_Outbox__c/fields/Next_Attempt__c.field-meta.xml',
    '<label>',
    '<externalId>true</externalId><label>',
    'a DateTime field takes no <externalId>',
  ),
  mutation(
    'a master without an order',
    MASTER,
    /<relationshipOrder>.*<\/relationshipOrder>/,
    '',
    'a MasterDetail field needs <relationshipOrder>',
  ),
  mutation(
    'a field label of 41 characters',
    KEY,
    'Batch Key',
    'K'.repeat(41),
    '<label> has 41 characters, and 40 are allowed',
  ),
  mutation(
    'a help text of 511 characters',
    KEY,
    '<label>',
    `<inlineHelpText>${'h'.repeat(511)}</inlineHelpText><label>`,
    '<inlineHelpText> has 511 characters',
  ),
  mutation(
    'a file that holds another type',
    KEY,
    /CustomField/g,
    'CustomPermission',
    'it holds a CustomPermission, and its name says CustomField',
  ),
];
