import { mutation, type Mutation } from './mutation.ts';

const MONITOR = 'diTransferMonitor/diTransferMonitor.js-meta.xml';

export const CODE: readonly Mutation[] = [
  mutation(
    'a scheduled class that names another',
    'DI_ScheduledSweep.cls',
    /\(\(Schedulable\) [^;]*;/,
    'new DI_OutboxSweep().execute(context);',
    'it is scheduled and names DI_OutboxSweep',
  ),
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
    'diTransferMonitor/labels.js',
    /@salesforce\/label\/c\.\w+/,
    '@salesforce/label/c.Gone',
    '@salesforce/label/c.Gone is not a label of the package',
  ),
  mutation(
    'an import of a missing method',
    'diTransferMonitor/diTransferMonitor.js',
    '@salesforce/apex/DI_MonitorController.status',
    '@salesforce/apex/DI_MonitorController.gone',
    'DI_MonitorController.gone is not a static @AuraEnabled method',
  ),
  mutation(
    'an import of a missing component',
    'diTransferMonitor/diTransferMonitor.js',
    /'c\/\w+'/,
    "'c/gone'",
    'c/gone is not a component of the package',
  ),
  mutation(
    'a template with a missing component',
    'diTransferMonitor/diTransferMonitor.html',
    /<c-di-error-panel/,
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
    'DI_DueRows.cls',
    /Next_Attempt__c/,
    'Gone_Attempt__c',
    'Gone_Attempt__c is neither an object nor a field of the package',
  ),
  mutation(
    'a missing label in Apex',
    'DI_TransferNotice.cls',
    /Label\.DI_Dead_Letter_Title/,
    'Label.Gone',
    'Label.Gone is not a label of the package',
  ),
  mutation(
    'a missing permission in Apex',
    'DI_AdminAccess.cls',
    /DI_Configure/,
    'DI_Gone',
    "'DI_Gone' is not the name of a component",
  ),
  mutation(
    'a class of another name',
    'DI_Outbox.cls',
    /class DI_Outbox\b/,
    'class Inbox',
    'it declares Inbox',
  ),
  mutation(
    'a trigger on a missing object',
    'DI_WakeTrigger.trigger',
    'DI_Wake__e',
    'DI_Gone__e',
    'it is a trigger on DI_Gone__e',
  ),
  mutation(
    'a trigger before an event',
    'DI_WakeTrigger.trigger',
    'after insert',
    'before insert',
    "a trigger on an event is 'after insert' and nothing else",
  ),
];
