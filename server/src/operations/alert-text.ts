import type { IncidentKind } from '../connections/incidents.ts';
import type { Language, MailText } from '../mail/mailer.ts';

export type AlertEvent = 'opened' | 'closed' | 'test';

/** What an alert is about. */
export interface AlertSubject {
  readonly kind: IncidentKind;
  readonly connectionName: string;
  /** Which integration or pull; null where it is the connection itself. */
  readonly subject: string | null;
  readonly message: string;
  readonly waiting: number | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

export interface KindText {
  readonly stopped: string;
  readonly action: string;
  /** What it means for the data, where that is not that changes wait. */
  readonly meaning?: string;
}

const KINDS: Readonly<Record<Language, Readonly<Record<IncidentKind, KindText>>>> = {
  en: {
    'authorization-lost': {
      stopped: 'Salesforce no longer lets the connection in',
      action:
        'Mend what is named above. Where the authorization has ended, open the connection in DI Connect and authorize it again.',
    },
    'permission-missing': {
      stopped: 'The authorized Salesforce user lacks a permission',
      action: 'Give the user the permission in Salesforce, then test the connection in DI Connect.',
    },
    'integration-stopped': {
      stopped: 'An integration has stopped sending',
      action: 'Open the integration in DI Connect, mend what is named above, and activate it again.',
    },
    'writes-stopped': {
      stopped: 'Salesforce takes none of the records of an action, an event source or an import',
      action: 'Fix what is named above. What waits is tried again every 15 minutes by itself.',
    },
    'api-budget-used': {
      stopped: 'The budget of Salesforce API calls is used up',
      action:
        'Nothing has to be done: work goes on by itself as Salesforce frees calls. A larger share can be set on the connection.',
    },
    'api-unavailable': {
      stopped: 'Salesforce’s API does not answer the connection',
      action:
        'During maintenance nothing has to be done: work goes on by itself. Where a version of the API is named above, see what it says.',
    },
    'deliveries-dead': {
      stopped: 'Salesforce refuses changes for good',
      action: 'Open the dead letters in DI Connect: each says why. Mend the cause, then replay them.',
    },
    'pull-failed': {
      stopped: 'A pull from Salesforce has failed',
      action: 'Open the pull in DI Connect, mend what is named above, and start it again.',
    },
    'batches-refused': {
      stopped: 'DI refuses what Salesforce sends',
      action:
        'Open the transfer in DI Connect and fix what is named above; then send again what was set aside, in the DI Monitor in Salesforce.',
      meaning: 'Nothing is lost: Salesforce keeps what was refused, and says why.',
    },
    'events-failed': {
      stopped: 'Events cannot be written to Salesforce',
      action: 'Open the source in DI Connect: each event says why. Fix the cause, then try them again.',
      meaning: 'The events are kept, and can be tried again.',
    },
    'actions-failed': {
      stopped: 'An action cannot be carried out in Salesforce',
      action: 'Open the action in DI Connect: each item says why. Fix the cause, then try them again.',
      meaning: 'The items are kept, and can be tried again.',
    },
    'plugin-silent': {
      stopped: 'The plugin has fallen silent',
      action:
        'Open the DI Monitor in Salesforce: it says whether changes wait, and why. Where nothing has changed in the org, nothing has to be done.',
      meaning: 'Changes that the plugin has recorded wait in Salesforce.',
    },
  },
  fr: {
    'authorization-lost': {
      stopped: 'Salesforce n’accepte plus la connexion',
      action:
        'Corrigez ce qui est nommé ci-dessus. Si l’autorisation a pris fin, ouvrez la connexion dans DI Connect et autorisez-la de nouveau.',
    },
    'permission-missing': {
      stopped: 'Une permission manque à l’utilisateur Salesforce autorisé',
      action:
        'Accordez la permission à l’utilisateur dans Salesforce, puis testez la connexion dans DI Connect.',
    },
    'integration-stopped': {
      stopped: 'Une intégration a cessé d’envoyer',
      action: 'Ouvrez l’intégration dans DI Connect, corrigez ce qui est nommé ci-dessus et réactivez-la.',
    },
    'writes-stopped': {
      stopped:
        'Salesforce n’accepte aucun enregistrement d’une action, d’une source d’événements ou d’une importation',
      action:
        'Corrigez ce qui est nommé ci-dessus. Ce qui attend est réessayé automatiquement toutes les 15 minutes.',
    },
    'api-budget-used': {
      stopped: 'Le budget d’appels à l’API de Salesforce est épuisé',
      action:
        'Il n’y a rien à faire : le travail reprend de lui-même dès que Salesforce libère des appels. Une part plus grande peut être fixée sur la connexion.',
    },
    'api-unavailable': {
      stopped: 'L’API de Salesforce ne répond pas à la connexion',
      action:
        'Pendant une maintenance, il n’y a rien à faire : le travail reprend de lui-même. Si une version de l’API est nommée ci-dessus, suivez ce qui est indiqué.',
    },
    'deliveries-dead': {
      stopped: 'Salesforce refuse définitivement des modifications',
      action:
        'Ouvrez les envois en échec dans DI Connect : chacun dit pourquoi. Corrigez la cause, puis renvoyez-les.',
    },
    'pull-failed': {
      stopped: 'Une lecture de Salesforce a échoué',
      action: 'Ouvrez la lecture dans DI Connect, corrigez ce qui est nommé ci-dessus et relancez-la.',
    },
    'batches-refused': {
      stopped: 'DI refuse ce que Salesforce envoie',
      action:
        'Ouvrez le transfert dans DI Connect et corrigez ce qui est nommé ci-dessus ; renvoyez ensuite ce qui a été mis de côté, dans le moniteur DI de Salesforce.',
      meaning: 'Rien n’est perdu : Salesforce conserve ce qui a été refusé et dit pourquoi.',
    },
    'events-failed': {
      stopped: 'Des événements ne peuvent pas être écrits dans Salesforce',
      action:
        'Ouvrez la source dans DI Connect : chaque événement dit pourquoi. Corrigez la cause, puis réessayez.',
      meaning: 'Les événements sont conservés et peuvent être réessayés.',
    },
    'actions-failed': {
      stopped: 'Une action ne peut pas être exécutée dans Salesforce',
      action:
        'Ouvrez l’action dans DI Connect : chaque élément dit pourquoi. Corrigez la cause, puis réessayez.',
      meaning: 'Les éléments sont conservés et peuvent être réessayés.',
    },
    'plugin-silent': {
      stopped: 'Le plugin s’est tu',
      action:
        'Ouvrez le moniteur DI dans Salesforce : il dit si des changements attendent, et pourquoi. Si rien n’a changé dans l’organisation, il n’y a rien à faire.',
      meaning: 'Les changements que le plugin a notés attendent dans Salesforce.',
    },
  },
};

interface Phrases {
  readonly colon: string;
  readonly connection: string;
  readonly since: string;
  readonly until: string;
  readonly worksAgain: string;
  readonly goesOn: string;
  readonly action: string;
  readonly testSubject: string;
  readonly test: string;
  readonly lost: (waiting: number | null) => string;
}

const PHRASES: Readonly<Record<Language, Phrases>> = {
  en: {
    colon: ':',
    connection: 'Connection',
    since: 'Since',
    until: 'Until',
    worksAgain: 'Works again',
    goesOn: 'What waited is being worked off. Nothing was lost, and nothing has to be done.',
    action: 'What to do',
    testSubject: 'DI Connect: a test of this alert channel',
    test: 'This is a test. Alerts of DI Connect reach you here: once when something stops, once when it works again.',
    lost: (waiting) => {
      if (waiting === null) return 'Nothing is lost: changes wait.';
      return waiting === 1
        ? 'Nothing is lost: 1 change waits.'
        : `Nothing is lost: ${new Intl.NumberFormat('en').format(waiting)} changes wait.`;
    },
  },
  fr: {
    colon: ' :',
    connection: 'Connexion',
    since: 'Depuis',
    until: 'Jusqu’à',
    worksAgain: 'Rétabli',
    goesOn: 'Ce qui attendait est en cours d’envoi. Rien n’a été perdu et il n’y a rien à faire.',
    action: 'Que faire',
    testSubject: 'DI Connect : essai de ce canal d’alerte',
    test: 'Ceci est un essai. Les alertes de DI Connect vous parviennent ici : une fois quand quelque chose s’arrête, une fois quand tout est rétabli.',
    lost: (waiting) => {
      if (waiting === null) return 'Rien n’est perdu : les modifications attendent.';
      return waiting === 1
        ? 'Rien n’est perdu : 1 modification attend.'
        : `Rien n’est perdu : ${new Intl.NumberFormat('fr').format(waiting)} modifications attendent.`;
    },
  },
};

/** What has stopped, and what to do about it, without the particulars. */
export function incidentText(kind: IncidentKind, language: Language): KindText {
  return KINDS[language][kind];
}

/** What an alert says: what stopped, since when, what that means, what to do, and where. */
export function alertText(
  event: Exclude<AlertEvent, 'test'>,
  about: AlertSubject,
  language: Language,
  link: string,
): MailText {
  const phrases = PHRASES[language];
  const { stopped, action, meaning } = incidentText(about.kind, language);
  const what = about.subject === null ? stopped : `${stopped} (${about.subject})`;
  const facts = [
    [phrases.connection, about.connectionName],
    [phrases.since, written(about.openedAt)],
    ...(event === 'closed' && about.closedAt ? [[phrases.until, written(about.closedAt)]] : []),
  ].map(([name, value]) => `${name ?? ''}${phrases.colon} ${value ?? ''}`);
  const rest =
    event === 'opened'
      ? [about.message, meaning ?? phrases.lost(about.waiting), `${phrases.action}${phrases.colon} ${action}`]
      : [phrases.goesOn];
  const head = event === 'opened' ? what : `${phrases.worksAgain}${phrases.colon} ${what}`;
  return {
    subject: `DI Connect, ${about.connectionName}${phrases.colon} ${head}`,
    text: [`${head}.`, facts.join('\n'), ...rest, link].join('\n\n'),
  };
}

/** What a test of a channel says. */
export function testText(language: Language, link: string): MailText {
  const { testSubject, test } = PHRASES[language];
  return { subject: testSubject, text: `${test}\n\n${link}` };
}

/** `2026-11-21 10:05 UTC`: the same moment whoever reads it, and wherever. */
function written(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
