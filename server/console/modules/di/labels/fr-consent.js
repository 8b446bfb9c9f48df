export const french = {
  consentRules: {
    title: 'Désinscriptions venues de Salesforce',
    hint: 'Un enregistrement avec cette valeur retire le consentement de la personne, et en est la preuve. Rien dans Salesforce ne l’accorde jamais.',
    none: 'Aucun champ de ce transfert ne retire le consentement.',
    field: 'Champ Salesforce',
    mapFirst:
      'Associez d’abord la case à cocher, par exemple HasOptedOutOfEmail : seuls les champs qui arrivent peuvent être lus.',
    optIn: 'Retire',
    allOptIns: 'Tous les consentements',
    when: 'Quand il est',
    values: { true: 'coché', false: 'non coché' },
    add: 'Ajouter un champ',
    saved: 'Les désinscriptions sont enregistrées. Elles comptent dès le prochain enregistrement.',
  },
  optOutList: {
    title: 'Désinscriptions d’une liste',
    hint: 'Un fichier CSV avec la colonne address, ou celles de la clé primaire ; optIn, date et reason au besoin. Il ne fait que retirer. Le renvoyer est sans danger.',
    optIn: 'Quand une ligne ne nomme aucun consentement',
    send: 'Retirer',
    question: 'Cela ne peut être annulé d’un coup. Retirer ce que dit le fichier ?',
    sending: 'Le fichier est en cours de lecture. Restez sur cet écran jusqu’à la fin.',
    done: {
      one: '{0} ligne : {1} en retrait, {2} déjà retirée, {3} dépassée par plus récent.',
      other: '{0} lignes : {1} en retrait, {2} déjà retirées, {3} dépassées par plus récent.',
    },
    unknown: {
      one: '{0} personne n’est pas encore là : le retrait est gardé pour son arrivée.',
      other: '{0} personnes ne sont pas encore là : leurs retraits sont gardés pour leur arrivée.',
    },
    rejected: { one: '{0} ligne a été refusée.', other: '{0} lignes ont été refusées.' },
    line: 'Ligne',
    reason: 'Raison',
  },
};
