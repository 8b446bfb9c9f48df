export const texts = {
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
      comparison: {
        one: '{0} différence entre {1}, que rien n’explique',
        other: '{0} différences entre {1}, que rien n’explique',
      },
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
      comparison: 'Ouvrir le transfert',
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
  health: {
    title: 'Santé',
    hint: 'Chaque organisation Salesforce est-elle synchronisée avec son projet ?',
    empty: 'Aucune connexion',
    emptyHint: 'Créez d’abord un projet, puis une connexion pour celui-ci.',
    overall: {
      good: 'Synchronisé',
      warning: 'Il reste quelque chose à faire',
      bad: 'Quelque chose ne va pas',
    },
    allGood: 'Toutes les connexions sont synchronisées.',
    allOnTheirWay: 'Tout va bien ; les dernières modifications sont en route.',
    lookAt: 'À voir : {0}.',
    project: 'Projet',
    transfers: 'Transferts actifs : {0}, en pause : {1}',
    lastBatch: 'Dernier lot',
    stored: 'Stockés, 24 heures',
    rejected: 'Rejets non résolus',
    hour: '{0} : stockés {1}, rejetés {2}',
    chart: 'Enregistrements des dernières 24 heures : stockés {0}, rejetés {1}',
    now: 'maintenant',
    why: 'Pourquoi ces rejets ?',
    whyOf: 'Pourquoi des enregistrements de {0} sont-ils rejetés ?',
    group: {
      one: '{0} enregistrement de {1} vers {2}, {3}',
      other: '{0} enregistrements de {1} vers {2}, le dernier {3}',
    },
    incident: '{0} (depuis {1})',
    deliveries: 'en attente : {0}, abandons : {1}',
    apiCalls: 'appels d’API restants : {0} sur {1}',
    verdict: {
      stopped: 'Arrêtée',
      failing: 'Quelque chose a échoué',
      refusing: 'Lots refusés',
      held: 'En attente dans Salesforce',
      silent: 'Silencieuse',
      behind: 'En retard',
      sending: 'Modifications en route',
      'in-step': 'Synchronisé',
      rejecting: 'Rejets',
      differing: 'Des différences',
      'nothing-yet': 'Rien encore',
      'not-authorized': 'Non autorisé',
      'no-transfer': 'Aucun transfert actif',
      revoked: 'Révoquée',
      archived: 'Projet archivé',
    },
    advice: {
      stopped: 'Quelque chose s’est arrêté. Corrigez ce qui est dit ici, puis testez la connexion.',
      failing:
        'Certains travaux ont échoué définitivement. Ils sont nommés ici, avec l’endroit où cela se corrige.',
      refusing: 'DI refuse ce que Salesforce envoie : rien n’en arrive tant que la cause n’est pas corrigée.',
      held: 'Des enregistrements attendent dans Salesforce et arriveront d’eux-mêmes dès que DI les acceptera.',
      silent: 'Le plugin se tait depuis plus longtemps qu’il n’en a l’habitude.',
      behind:
        'Des modifications attendent plus longtemps qu’elles ne le devraient. L’écran Envois dit pourquoi.',
      sending: 'Les dernières modifications sont en route, et rien n’a échoué.',
      'in-step': 'Ce qui change dans Salesforce arrive ici.',
      rejecting:
        'Certains enregistrements n’entrent pas dans leur table. Voyez pourquoi, puis corrigez le champ dans Salesforce ou élargissez la colonne.',
      differing:
        'Une comparaison a trouvé des différences que rien n’explique, ou n’a pas pu se faire. Reprenez les enregistrements, ou renvoyez les lignes.',
      'nothing-yet':
        'Autorisé, et rien n’est encore arrivé. Activez le transfert de données dans Salesforce, ou lancez son chargement initial.',
      'not-authorized':
        'Saisissez les clés dans le projet de destination dans Salesforce et cliquez sur Autoriser.',
      'no-transfer': 'Ajoutez un transfert et activez-le pour que des enregistrements soient acceptés.',
      revoked: 'Cette connexion est révoquée : plus rien n’en est accepté.',
      archived: 'Le projet est archivé et n’accepte rien. Restaurez-le pour continuer.',
    },
  },
};
