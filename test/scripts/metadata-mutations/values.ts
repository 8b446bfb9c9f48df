import { mutation, type Mutation } from './mutation.ts';

const OUTBOX = 'DI_Outbox__c/DI_Outbox__c.object-meta.xml';
const LOOKUP = 'DI_Outbox__c/fields/Load__c.field-meta.xml';
const KIND = 'DI_Load__c/fields/Kind__c.field-meta.xml';
const EVENT_KEY = 'DI_Wake__e/fields/Batch_Key__c.field-meta.xml';
const SETTING = 'DI_Settings__c/fields/Log_Days__c.field-meta.xml';
const SET_ASIDE = 'Set_Aside.listView-meta.xml';
const APP = 'DI_Connect.app-meta.xml';
const MONITOR = 'DI_Monitor.flexipage-meta.xml';
const LOAD_LAYOUT = 'DI_Load__c-DI Load Layout.layout-meta.xml';
const LABELS = 'CustomLabels.labels-meta.xml';
const SITE = 'DI_Connect.remoteSite-meta.xml';
const REPORT = 'DI_Failures.reportType-meta.xml';

/** What stands in an element of a field. */
const FIELD_VALUES: readonly Mutation[] = [
  mutation('a lookup that deletes its records', LOOKUP, 'SetNull', 'Cascade', '<deleteConstraint> Cascade'),
  mutation(
    'a relationship that begins with a digit',
    LOOKUP,
    '<relationshipName>',
    '<relationshipName>1',
    'is not a name: letters, digits and single underscores',
  ),
  mutation(
    'a relationship that ends with an underscore',
    LOOKUP,
    '</relationshipName>',
    '_</relationshipName>',
    'is not a name: letters, digits and single underscores',
  ),
  mutation(
    'a default text without quotes',
    'DI_Data_Transfer__c/fields/Filter_Field__c.field-meta.xml',
    '<description>',
    '<defaultValue>Pending</defaultValue><description>',
    'put the text Pending in quotes',
  ),
  mutation(
    'a default that no checkbox has',
    'All_Queued__c.field-meta.xml',
    '<defaultValue>false',
    '<defaultValue>no',
    '<defaultValue> of a checkbox is true or false, not no',
  ),
  mutation(
    'a default that is no number',
    SETTING,
    '<description>',
    '<defaultValue>NOW()</defaultValue><description>',
    '<defaultValue> of a Number field is a number, not NOW()',
  ),
  mutation(
    'a value of 256 characters',
    KIND,
    '<value>',
    `<value><fullName>${'x'.repeat(256)}</fullName><default>false</default><label>x</label></value><value>`,
    '<fullName> of a value is longer than 255 characters',
  ),
  mutation('a value without a label', KIND, '<label>Initial</label>', '', 'the value Initial has no <label>'),
  mutation(
    'an external id of an event',
    EVENT_KEY,
    '<label>',
    '<externalId>true</externalId><label>',
    'a field of a platform event takes no <externalId>',
  ),
  mutation(
    'a unique field of an event',
    EVENT_KEY,
    '</type>',
    '</type><unique>true</unique>',
    'a field of a platform event takes no <unique>',
  ),
  mutation(
    'a history of a custom setting',
    SETTING,
    '<type>',
    '<trackHistory>true</trackHistory><type>',
    'a field of a custom setting takes no <trackHistory>',
  ),
  mutation(
    'a history that its object does not keep',
    'DI_Outbox__c/fields/Status__c.field-meta.xml',
    '<type>',
    '<trackHistory>true</trackHistory><type>',
    'keeps no history',
  ),
];

/** What stands in an element of an object, or of what shows its records. */
const OBJECT_VALUES: readonly Mutation[] = [
  mutation('an automatic number of 11 digits', OUTBOX, '{00000000}', '{00000000000}', 'ten digits at most'),
  mutation('a protected object', OUTBOX, 'Public</visibility>', 'Protected</visibility>', 'is Public'),
  mutation(
    'a search that shows a missing field',
    OUTBOX,
    '<searchLayouts>',
    '<searchLayouts><customTabListAdditionalFields>Gone__c</customTabListAdditionalFields>',
    '<searchLayouts> names Gone__c',
  ),
  mutation(
    'an event of standard volume',
    'DI_Wake__e.object-meta.xml',
    'HighVolume',
    'StandardVolume',
    'can no longer be made',
  ),
  mutation(
    'an event with a feed',
    'DI_Gap__e.object-meta.xml',
    '<eventType>',
    '<enableFeeds>true</enableFeeds><eventType>',
    'a platform event takes no <enableFeeds>',
  ),
  mutation('a list view of another name', SET_ASIDE, '<fullName>Set_', '<fullName>', "not the file's name"),
  mutation(
    'a list view that filters a number by a word',
    SET_ASIDE,
    /<field>Status__c<\/field>(\s*<operation>equals<\/operation>\s*)<value>Dead/,
    '<field>Attempts__c</field>$1<value>many',
    "'many' is not a number",
  ),
  mutation(
    'a list view whose logic names a missing filter',
    SET_ASIDE,
    '<columns>NAME',
    '<booleanFilter>1 AND 2</booleanFilter><columns>NAME',
    '<booleanFilter> names the filter 2, and there are 1',
  ),
  mutation(
    'a list view of no queue',
    SET_ASIDE,
    'Everything',
    'Queue',
    '<filterScope> Queue needs a <queue>',
  ),
  mutation(
    'a layout that lets an automatic number be typed',
    LOAD_LAYOUT,
    /<behavior>Readonly(<\/behavior>\s*<field>Name)/,
    '<behavior>Edit$1',
    'Name is written by the platform',
  ),
  mutation(
    'a layout that lets its author be typed',
    LOAD_LAYOUT,
    /<behavior>Readonly(<\/behavior>\s*<field>CreatedById)/,
    '<behavior>Edit$1',
    'CreatedById is written by the platform',
  ),
  mutation(
    'a report type whose label has 51 characters',
    REPORT,
    /<label>.*<\/label>/,
    `<label>${'x'.repeat(51)}</label>`,
    '<label> has 51 characters, and 50 are allowed',
  ),
];

/** What stands in an element of everything else. */
const OTHER_VALUES: readonly Mutation[] = [
  mutation('an app in a colour by name', APP, '#0070D2', 'blue', '<headerColor> is six hexadecimal digits'),
  mutation(
    'an app that opens records on a missing page',
    APP,
    '<brand>',
    '<actionOverrides><actionName>View</actionName><content>Gone_Page</content><type>Flexipage</type></actionOverrides><brand>',
    'the page Gone_Page is not in the package',
  ),
  mutation(
    'an app page of an object',
    MONITOR,
    '</masterLabel>',
    '</masterLabel><sobjectType>Contact</sobjectType>',
    'an app page is of no object',
  ),
  mutation('a file that is no metadata', APP, '2006/04/metadata', '2006/04/metadate', '<xmlns> is http'),
  mutation('a site without a scheme', SITE, 'https://', '', 'is not an address of a site'),
  mutation('a site with a query', SITE, '</url>', '?key=1</url>', 'is not an address of a site'),
  mutation(
    'a notification of another name',
    'DI_Dead_Letter.notiftype-meta.xml',
    '<customNotifTypeName>DI_Dead_Letter',
    '<customNotifTypeName>DI_Dead',
    "<customNotifTypeName> is not the file's name",
  ),
  mutation(
    'a permission that needs a missing one',
    'DI_View.customPermission-meta.xml',
    '</label>',
    '</label><requiredPermission><customPermission>DI_Gone</customPermission><dependency>true</dependency></requiredPermission>',
    'it needs the permission DI_Gone',
  ),
  mutation('a label without a text', LABELS, /<value>[^<]*<\/value>/, '<value> </value>', 'has no <value>'),
  mutation('a label in no language', LABELS, 'en_US', 'english', '<language> of the label'),
  mutation(
    'an app whose translation has 81 characters',
    'fr.translation-meta.xml',
    /<label>[^<]*<\/label>/,
    `<label>${'x'.repeat(81)}</label>`,
    'is longer than 80 characters',
  ),
];

/** Triggers and actions that compile nowhere. */
const CODE_VALUES: readonly Mutation[] = [
  mutation(
    'a trigger before an undelete',
    'DI_ContactTransferTrigger.trigger',
    'after undelete',
    'before undelete',
    'there is no trigger before undelete of Contact',
  ),
  mutation(
    'an undelete that is never fired',
    'DI_CampaignMemberTransferTrigger.trigger',
    'after delete',
    'after delete, after undelete',
    'there is no trigger after undelete of CampaignMember',
  ),
  mutation(
    'a user that is deleted',
    'DI_UserTransferTrigger.trigger',
    'after update',
    'after update, after delete',
    'there is no trigger after delete of User',
  ),
  mutation(
    'an event of a trigger twice',
    'DI_ContactTransferTrigger.trigger',
    'after insert',
    'after insert, after insert',
    'the event after insert stands twice',
  ),
  mutation(
    'a trigger on an object that takes none',
    'DI_CaseTransferTrigger.trigger',
    'on Case',
    'on UserRole',
    'UserRole takes no triggers',
  ),
  mutation(
    'two actions in a class',
    'DI_CaptureChangesAction.cls',
    '    private static',
    "    @InvocableMethod(label='Two') global static void two(List<Change> changes) {}\n    private static",
    'it has two @InvocableMethod',
  ),
];

export const VALUES: readonly Mutation[] = [
  ...FIELD_VALUES,
  ...OBJECT_VALUES,
  ...OTHER_VALUES,
  ...CODE_VALUES,
];
