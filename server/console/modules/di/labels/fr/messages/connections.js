export const sentences = {
  'connections.wrong-organization':
    'La connexion appartient à l’organisation Salesforce {bound}, la connexion a mené à {found}. Connectez-vous à la bonne organisation, ou créez une connexion pour celle-ci.',
  'connections.no-client-app':
    'Le serveur n’a pas d’application à lui dans Salesforce (SALESFORCE_CLIENT_ID) : envoyez le clientId et le clientSecret de la vôtre.',
  'connections.revoked': 'La connexion a été révoquée. Créez-en une autre.',
  'connections.revoked-in-di': 'La connexion a été révoquée dans DI.',
  'connections.another-organization': 'La connexion appartient à une autre organisation Salesforce.',
  'connections.another-caller':
    'La connexion appartient à une autre organisation Salesforce que celle qui appelle.',
  'connections.not-authorized':
    'DI n’a pas encore accès à l’organisation : autorisez la connexion pour que consentements et contacts puissent être envoyés.',
  'connections.calls-nearly-used':
    'L’organisation a utilisé {used} des {limit} appels d’API dont elle dispose en 24 heures.',
  'connections.newer-plugin':
    'La version {newest} du plugin peut être installée ; l’organisation a la {installed}.',
  'connections.password-retires':
    'Salesforce supprime la connexion par nom d’utilisateur, mot de passe et jeton de sécurité avec Summer ’27, et elle est désactivée dans les nouvelles organisations. Autorisez avant cela dans le navigateur ou par JWT.',
  'connections.no-deployed-apex':
    '{edition} n’a d’API que si elle a été achetée en option, et n’accepte pas d’Apex déployé : aucun déclencheur ne peut y être créé sur des objets personnalisés.',
  'connections.is-revoked': 'La connexion {connection} est révoquée.',
};
