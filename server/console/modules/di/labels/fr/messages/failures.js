export const sentences = {
  'failures.too-many-vanished':
    '{gone} des {kept} lignes n’ont plus d’enregistrement dans Salesforce, ou aucun que la sélection retienne et que l’utilisateur autorisé voie. Rien n’a été archivé. Si c’est juste, faites-les archiver (mayArchiveMany) ; sinon, vérifiez la sélection et ce que l’utilisateur autorisé peut voir.',
  'failures.silent':
    'Le plugin a été entendu pour la dernière fois le {at} UTC. Son plus long silence des dernières semaines était de {hours} heures.',
  'failures.permission': '{object} : {reason} ({code})',
  'failures.no-record':
    'Salesforce n’a pas d’enregistrement de ces personnes : leurs désinscriptions sont envoyées dès qu’il en vient un.',
  'failures.differs':
    'Les deux côtés diffèrent, et rien ne l’explique : voyez les différences, puis reprenez-les de Salesforce ou renvoyez-les.',
};
