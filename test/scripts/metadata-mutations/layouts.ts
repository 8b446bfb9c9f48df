import { mutation, type Mutation } from './mutation.ts';

const LOG = 'DI_Transfer_Log__c-DI Transfer Log Layout.layout-meta.xml';
const TRANSFER = 'DI_Data_Transfer__c-DI Data Transfer Layout.layout-meta.xml';
const PROJECT = 'DI_Destination_Project__c-DI Destination Project Layout.layout-meta.xml';
const FRENCH = 'DI_Data_Transfer__c-fr/DI_Data_Transfer__c-fr.objectTranslation-meta.xml';

export const LAYOUTS: readonly Mutation[] = [
  mutation(
    'a layout with a missing field',
    LOG,
    '<field>Code__c',
    '<field>Gone__c',
    'Gone__c is not a field of DI_Transfer_Log__c',
  ),
  mutation(
    'a layout with a field twice',
    LOG,
    '<field>Code__c',
    '<field>Name',
    'the field Name stands twice',
  ),
  mutation(
    'a layout without what a record needs',
    PROJECT,
    '<field>Endpoint__c',
    '<field>CreatedDate',
    'it leaves out Endpoint__c, which a record needs',
  ),
  mutation(
    'a layout without what its readers may see',
    LOG,
    '<field>Message__c',
    '<field>CreatedDate',
    'it leaves out Message__c, which its readers may see',
  ),
  mutation(
    'a layout that lets go of what a record needs',
    PROJECT,
    /Required(<\/behavior>\s*<field>Endpoint__c)/,
    'Edit$1',
    'Endpoint__c is needed by a record: its <behavior> is Required',
  ),
  mutation(
    'a related list of a missing field',
    TRANSFER,
    'DI_Load__c.Transfer__c',
    'DI_Load__c.Gone__c',
    'the related list DI_Load__c.Gone__c is not a field of the package',
  ),
  mutation(
    'a related list with a missing column',
    TRANSFER,
    '<fields>Field_Path__c',
    '<fields>Gone__c',
    'Gone__c is not a field of DI_Transfer_Field__c',
  ),
  mutation(
    'a field to type into without help',
    TRANSFER,
    /Readonly(<\/behavior>\s*<field>Hold_Reason__c)/,
    'Edit$1',
    'Hold_Reason__c may be typed into: give it <inlineHelpText>',
  ),
  mutation(
    'a translated layout that is missing',
    FRENCH,
    '<layout>DI Data Transfer Layout',
    '<layout>Gone Layout',
    'it translates the layout Gone Layout',
  ),
  mutation(
    'a section that is not translated',
    FRENCH,
    '<section>What waits',
    '<section>What is gone',
    'the section What waits of DI Data Transfer Layout is not translated',
  ),
  mutation(
    'a help that is not translated',
    'DI_Data_Transfer__c-fr/Status__c.fieldTranslation-meta.xml',
    /<help>.*<\/help>/s,
    '',
    'the help of Status__c is not translated',
  ),
];
