/** Textes de l’accès par SQL, des extractions qui demandent, et d’où vont les fichiers ; mêmes noms que dans en-import.js. */
export const french = {
  sqlRole: {
    title: 'Accès par SQL',
    hint: 'Un utilisateur de la base de données qui lit les tables de ce projet et rien d’autre : pour des rapports et des vérifications.',
    none: 'Personne ne lit ce projet par SQL.',
    notPossible:
      'La base de données intégrée n’accepte pas d’autres clients. Il faut pour cela un PostgreSQL à part.',
    create: 'Donner l’accès',
    rotate: 'Nouveau mot de passe',
    rotateQuestion: 'Le mot de passe actuel cesse aussitôt de valoir. En faire un nouveau ?',
    remove: 'Retirer l’accès',
    removeQuestion: 'Les rapports qui lisent ce projet par SQL s’arrêtent. Retirer l’accès ?',
    removed: 'L’accès est retiré.',
    password: 'Mot de passe',
    user: 'Utilisateur de la base de données',
    line: 'Pour se connecter',
    use: 'Qui exploite DI Connect connaît l’hôte et le nom de la base. Les tables s’appellent par leur code entre guillemets : SELECT count(*) FROM "Contact"; Une requête peut durer une minute.',
  },
  pullQuestion: {
    title: 'Archiver autant de lignes ?',
    archive: 'Les archiver',
    archiveQuestion: 'Tout est relu, et ce que Salesforce n’a plus est archivé. Continuer ?',
    keep: 'Les garder',
    kept: 'Les lignes sont gardées. La prochaine extraction complète redemandera, sauf si les enregistrements sont revenus.',
  },
};
