import { mutation, type Mutation } from './mutation.ts';

const ADMIN = 'DI_Admin.permissionset-meta.xml';
const FRENCH = 'fr.translation-meta.xml';
const LABELS = 'CustomLabels.labels-meta.xml';

export const RIGHTS: readonly Mutation[] = [
  mutation(
    'a right to edit a field without reading it',
    ADMIN,
    /(DI_Outbox__c.Attempts__c<\/field>\s*<readable>)true/,
    '$1false',
    'DI_Outbox__c.Attempts__c may be edited and not read',
  ),
  mutation(
    'a detail without its master',
    ADMIN,
    /(<object>)DI_Data_Transfer__c(<\/object>)/,
    '$1Account$2',
    'DI_Load__c may be read and its master DI_Data_Transfer__c not',
  ),
  mutation(
    'a right to delete without editing',
    ADMIN,
    '<allowEdit>true',
    '<allowEdit>false',
    'allowDelete of DI_Data_Transfer__c needs allowEdit',
  ),
  mutation(
    'a right to see everything without reading',
    ADMIN,
    '<allowRead>true',
    '<allowRead>false',
    'viewAllRecords of DI_Data_Transfer__c needs allowRead',
  ),
  mutation(
    'a right to a missing field',
    ADMIN,
    'DI_Outbox__c.Attempts__c',
    'DI_Outbox__c.Gone__c',
    'fieldPermissions names DI_Outbox__c.Gone__c',
  ),
  mutation(
    'a right to a field that has to be filled in',
    ADMIN,
    'DI_Outbox__c.Attempts__c',
    'DI_Outbox__c.Batch_Key__c',
    'it takes no field permission',
  ),
  mutation(
    'a right to a field of an event',
    ADMIN,
    'DI_Outbox__c.Attempts__c',
    'DI_Wake__e.Changes__c',
    'is a field of a platform event',
  ),
  mutation(
    'a right to delete events',
    ADMIN,
    '<object>DI_Outbox__c<',
    '<object>DI_Wake__e<',
    'allowDelete is not a right of events',
  ),
  mutation(
    'a right to a missing class',
    ADMIN,
    '>DI_MonitorController<',
    '>GoneController<',
    'classAccesses names GoneController',
  ),
  mutation(
    'a right to a missing tab',
    ADMIN,
    '<tab>DI_Monitor<',
    '<tab>DI_Gone<',
    'tabSettings names DI_Gone',
  ),
  mutation(
    'a right that stands twice',
    ADMIN,
    'DI_Outbox__c.Changes__c',
    'DI_Outbox__c.Attempts__c',
    'fieldPermissions DI_Outbox__c.Attempts__c stands twice',
  ),
];

export const TEXTS: readonly Mutation[] = [
  mutation(
    'a translation of a missing label',
    FRENCH,
    '<name>Action_Back<',
    '<name>Action_Gone<',
    'it translates the label Action_Gone, which is not in the package',
  ),
  mutation(
    'a label that is not translated',
    FRENCH,
    '<name>Action_Back<',
    '<name>Action_Gone<',
    'the label Action_Back is not translated',
  ),
  mutation(
    'a label of 1,001 characters',
    LABELS,
    /<value>.*?<\/value>/,
    `<value>${'v'.repeat(1001)}</value>`,
    'has 1001 characters, and 1000 are allowed',
  ),
  mutation(
    'a label twice',
    LABELS,
    '>Not_Permitted_To_View<',
    '>Not_Permitted<',
    'the label not_permitted stands twice',
  ),
  mutation(
    'a translation of a missing field',
    'DI_Outbox__c-fr/Status__c.fieldTranslation-meta.xml',
    '<name>Status__c<',
    '<name>Gone__c<',
    'it translates DI_Outbox__c.Gone__c, which is not in the package',
  ),
  mutation(
    'a translation of a missing value',
    'DI_Outbox__c-fr/Status__c.fieldTranslation-meta.xml',
    '<masterLabel>Dead<',
    '<masterLabel>Gone<',
    "'Gone' is not a value of DI_Outbox__c.Status__c",
  ),
  mutation(
    'a translation of a missing app',
    FRENCH,
    '<name>DI_Connect<',
    '<name>DI_Gone<',
    'customApplications translates DI_Gone',
  ),
];
