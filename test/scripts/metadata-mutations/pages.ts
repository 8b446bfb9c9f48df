import { mutation, type Mutation } from './mutation.ts';

const APP = 'DI_Connect.app-meta.xml';
const PAGE = 'DI_Monitor.flexipage-meta.xml';
const TAB = 'DI_Monitor.tab-meta.xml';

export const PAGES: readonly Mutation[] = [
  mutation(
    'an app with a missing tab',
    APP,
    'DI_Outbox__c',
    'DI_Gone__c',
    'the tab DI_Gone__c is not in the package',
  ),
  mutation('an app with a tab twice', APP, 'DI_Projects', 'DI_Monitor', 'the tab DI_Monitor stands twice'),
  mutation(
    'a page with a missing component',
    PAGE,
    '>diTransferMonitor<',
    '>goneMonitor<',
    'the component goneMonitor is not in the package',
  ),
  mutation(
    'a page with a component that may not stand there',
    PAGE,
    '>diTransferMonitor<',
    '>diErrorPanel<',
    'the component diErrorPanel may not stand on a page of type AppPage',
  ),
  mutation(
    'a region that the template does not have',
    PAGE,
    '<name>main</name>',
    '<name>middle</name>',
    'the region middle is not in flexipage:defaultAppHomeTemplate',
  ),
  mutation(
    'a template of another type of page',
    PAGE,
    'flexipage:defaultAppHomeTemplate',
    'home:desktopTemplate',
    'the template home:desktopTemplate is none of AppPage',
  ),
  mutation(
    'a property that the component does not have',
    PAGE,
    /<componentName>/,
    '<componentInstanceProperties><name>colour</name><value>red</value></componentInstanceProperties><componentName>',
    'has no property colour',
  ),
  mutation(
    'a tab with a missing page',
    TAB,
    '<flexiPage>DI_Monitor',
    '<flexiPage>DI_Gone',
    'the page DI_Gone is not in the package',
  ),
  mutation(
    'a tab with a made-up icon',
    TAB,
    'Custom50: Big top',
    'Custom50: Box',
    "<motif> 'Custom50: Box' is not one of Salesforce's tab icons",
  ),
  mutation('a tab that shows nothing', TAB, '<flexiPage>DI_Monitor</flexiPage>', '', 'a tab shows one thing'),
  mutation(
    'the tab of an object with a label of its own',
    'DI_Outbox__c.tab-meta.xml',
    '<motif>',
    '<label>Outbox</label><motif>',
    'takes no <label>',
  ),
];
