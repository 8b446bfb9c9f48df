import { mutation, type Mutation } from './mutation.ts';

const TYPE = 'DI_Failures.reportType-meta.xml';

export const REPORTS: readonly Mutation[] = [
  mutation(
    'a report type of a missing object',
    TYPE,
    '<baseObject>DI_Transfer_Log__c',
    '<baseObject>DI_Gone__c',
    'the object DI_Gone__c is not in the package',
  ),
  mutation(
    'a report type with a missing field',
    TYPE,
    '<field>Code__c',
    '<field>Gone__c',
    'the column Gone__c is not a field of DI_Transfer_Log__c',
  ),
  mutation(
    'a report type with a field twice',
    TYPE,
    '<field>Code__c',
    '<field>Field__c',
    'the field Field__c stands twice',
  ),
  mutation(
    'a report type with a field of an object that it does not join',
    TYPE,
    /<field>Code__c<\/field>\s*<table>DI_Transfer_Log__c/,
    '<field>Code__c</field><table>DI_Load__c',
    'the field Code__c is of DI_Load__c, which the report type does not join',
  ),
  mutation(
    'a report type of a category that there is not',
    TYPE,
    '<category>other',
    '<category>marketing',
    'marketing',
  ),
];
