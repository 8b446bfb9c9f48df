export const sentences = {
  'work.object-changing':
    'L’objet {object} ne cesse de changer dans Salesforce. Ce qui attend sera réessayé plus tard.',
  'work.not-found': 'Les enregistrements n’ont pas pu être cherchés. Salesforce : {said}',
  'work.sent-again': '{count} enregistrements sont renvoyés. Salesforce : {said}',
  'work.waits': 'Attend un nouvel essai : {reason}',
  'work.no-object': 'L’organisation n’a pas d’objet {object} que cette autorisation voie.',
  'work.internal-error': 'Quelque chose a échoué sur le serveur ; son journal dit quoi.',
  'work.interrupted': 'Le serveur a été arrêté.',
  'work.logging-in': 'Un autre processus se connecte à Salesforce, et n’a pas terminé.',
  'work.another-org': 'La connexion mène maintenant à une autre organisation. Réautorisez la connexion.',
  'work.not-authorized': 'La connexion n’est pas autorisée dans Salesforce. Autorisez-la sur sa page.',
  'work.another-app':
    'L’application du serveur dans Salesforce n’est plus celle avec laquelle la connexion a été autorisée. Réautorisez-la.',
  'work.not-let-in': 'Salesforce a refusé l’accès à la connexion.',
};
