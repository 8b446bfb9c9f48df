import { mutation, type Mutation } from './mutation.ts';

const MONITOR = 'transferMonitor/transferMonitor.js-meta.xml';

export const CODE: readonly Mutation[] = [
  mutation(
    'a made-up target',
    MONITOR,
    'lightning__HomePage',
    'lightning__Homepage',
    "lightning__Homepage is not a target of Salesforce's",
  ),
  mutation(
    'an exposed component without a place',
    MONITOR,
    /<targets>[\s\S]*<\/targets>/,
    '',
    'it is exposed and nowhere to be put',
  ),
  mutation(
    'an import of a missing label',
    'transferMonitor/labels.js',
    /@salesforce\/label\/c\.\w+/,
    '@salesforce/label/c.Gone',
    '@salesforce/label/c.Gone is not a label of the package',
  ),
  mutation(
    'an import of a missing method',
    'transferMonitor/transferMonitor.js',
    '@salesforce/apex/MonitorController.status',
    '@salesforce/apex/MonitorController.gone',
    'MonitorController.gone is not a static @AuraEnabled method',
  ),
  mutation(
    'an import of a missing component',
    'transferMonitor/transferMonitor.js',
    /'c\/\w+'/,
    "'c/gone'",
    'c/gone is not a component of the package',
  ),
  mutation(
    'a template with a missing component',
    'transferMonitor/transferMonitor.html',
    /<c-error-panel/,
    '<c-gone-panel',
    'the component gonePanel is not in the package',
  ),
  mutation(
    'a newer API than the project has',
    MONITOR,
    '65.0',
    '99.0',
    '<apiVersion> 99.0 is not 65.0 or older',
  ),
  mutation(
    'a query of a missing field',
    'DueRows.cls',
    /Next_Attempt__c/,
    'Gone_Attempt__c',
    'Gone_Attempt__c is neither an object nor a field of the package',
  ),
  mutation(
    'a missing label in Apex',
    'TransferNotice.cls',
    /Label\.Dead_Letter_Title/,
    'Label.Gone',
    'Label.Gone is not a label of the package',
  ),
  mutation(
    'a missing permission in Apex',
    'AdminAccess.cls',
    /DI_Configure/,
    'DI_Gone',
    "'DI_Gone' is not the name of a component",
  ),
  mutation('a class of another name', 'Outbox.cls', /class Outbox\b/, 'class Inbox', 'it declares Inbox'),
  mutation(
    'a trigger on a missing object',
    'WakeTrigger.trigger',
    'DI_Wake__e',
    'DI_Gone__e',
    'it is a trigger on DI_Gone__e',
  ),
  mutation(
    'a trigger before an event',
    'WakeTrigger.trigger',
    'after insert',
    'before insert',
    "a trigger on an event is 'after insert' and nothing else",
  ),
];
