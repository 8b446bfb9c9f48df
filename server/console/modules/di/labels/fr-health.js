/** French of en-health.js, under the same names. */
export const french = {
  failures: {
    title: 'Ce qui a échoué',
    moments: 'Depuis {0}, dernière fois {1}',
    replay: 'Réessayer',
    replayOf: 'Réessayer : {0}',
    replayed: 'C’est relancé : le prochain affichage dira ce qu’il en est.',
    acknowledge: 'Acquitter',
    acknowledgeOf: 'Acquitter : {0}',
    acknowledged: 'Cela ne compte plus. Ce qui échouera plus tard comptera.',
    elsewhere: 'Imports',
    silence:
      'Le plugin a été entendu pour la dernière fois {0}. Son plus long silence des dernières semaines était de {1} heures : consultez le moniteur DI dans Salesforce.',
    kinds: {
      batch: {
        one: '{0} enregistrement de {1} a été refusé avec son lot',
        other: '{0} enregistrements de {1} ont été refusés avec leurs lots',
      },
      held: { one: '{1} attend dans Salesforce', other: '{1} attend dans Salesforce' },
      record: {
        one: '{0} enregistrement de {1} n’a pas pu être stocké',
        other: '{0} enregistrements de {1} n’ont pas pu être stockés',
      },
      delivery: { one: '{0} envoi de {1} a été abandonné', other: '{0} envois de {1} ont été abandonnés' },
      'opt-out': {
        one: '{0} désinscription de {1} n’a atteint aucun enregistrement dans Salesforce',
        other: '{0} désinscriptions de {1} n’ont atteint aucun enregistrement dans Salesforce',
      },
      event: {
        one: '{0} événement de {1} n’a pas été écrit dans Salesforce',
        other: '{0} événements de {1} n’ont pas été écrits dans Salesforce',
      },
      action: {
        one: '{0} élément de {1} n’a pas été exécuté',
        other: '{0} éléments de {1} n’ont pas été exécutés',
      },
      import: { one: 'L’import {1} a échoué', other: 'L’import {1} a échoué' },
      pull: { one: 'La lecture {1} n’a pas abouti', other: 'La lecture {1} n’a pas abouti' },
      deployment: { one: 'Le déploiement de {1} a échoué', other: 'Le déploiement de {1} a échoué' },
    },
    open: {
      batch: 'Ouvrir le transfert',
      held: 'Corriger',
      record: 'Ouvrir le transfert',
      delivery: 'Ouvrir les envois',
      'opt-out': 'Ouvrir les envois',
      event: 'Ouvrir la source',
      action: 'Ouvrir l’action',
      import: 'Ouvrir l’import',
      pull: 'Ouvrir la lecture',
      deployment: 'Ouvrir les déploiements',
    },
    holds: {
      'transfer-paused':
        'Le transfert est en pause : ce qui change attend dans Salesforce et arrive dès qu’il est activé.',
      'transfer-draft':
        'Le transfert est un brouillon : ce qui change attend dans Salesforce et arrive dès qu’il est activé.',
      'transfer-missing':
        'Salesforce envoie ces enregistrements et aucun transfert n’existe encore pour eux. Ils y attendent qu’un transfert soit actif.',
      'table-missing':
        'Salesforce envoie vers une table qui n’est pas construite. Les enregistrements y attendent qu’elle le soit.',
      'table-archived':
        'La table est archivée. Ce qui change attend dans Salesforce jusqu’à sa restauration.',
      'project-archived':
        'Le projet est archivé. Ce qui change attend dans Salesforce jusqu’à sa restauration.',
    },
  },
};
