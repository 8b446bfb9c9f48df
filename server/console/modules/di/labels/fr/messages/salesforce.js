export const sentences = {
  'salesforce.hold.API_CURRENTLY_DISABLED':
    'L’API de l’organisation est coupée pour l’instant. Demandez à l’administrateur de l’organisation.',
  'salesforce.hold.UNSUPPORTED_API_VERSION':
    'L’organisation n’a pas la version de l’API de Salesforce que DI Connect utilise.',
  'salesforce.call.INVALID_SESSION_ID':
    'L’organisation met fin à nos sessions aussitôt. Vérifiez dans Salesforce les paramètres de session, les restrictions d’adresses IP et les politiques de l’application, puis réautorisez.',
  'salesforce.call.INVALID_AUTH_HEADER': 'L’organisation n’a pas accepté notre jeton d’accès. Réautorisez.',
  'salesforce.call.INVALID_LOGIN':
    'Salesforce a refusé le nom d’utilisateur, le mot de passe ou le jeton de sécurité. Vérifiez-les (une sandbox a ses propres noms d’utilisateur), et que le mot de passe n’a pas changé : un nouveau mot de passe donne un nouveau jeton de sécurité.',
  'salesforce.call.LOGIN_MUST_USE_SECURITY_TOKEN':
    'Salesforce veut le jeton de sécurité de l’utilisateur, qui manquait ou n’est plus à jour : un nouveau mot de passe en donne un nouveau. Réinitialisez-le dans Salesforce sous Paramètres, Réinitialiser mon jeton de sécurité, puis réautorisez.',
  'salesforce.call.INVALID_OPERATION_WITH_EXPIRED_PASSWORD':
    'Le mot de passe de l’utilisateur a expiré. Définissez-en un nouveau dans Salesforce, et réautorisez avec lui et son nouveau jeton de sécurité.',
  'salesforce.call.PASSWORD_LOCKOUT':
    'L’utilisateur est verrouillé après trop de mots de passe erronés. Déverrouillez-le dans Configuration, Utilisateurs.',
  'salesforce.call.USER_NOT_ACTIVE':
    'L’utilisateur n’est pas actif dans Salesforce. Activez-le dans Configuration, Utilisateurs, ou autorisez-en un autre.',
  'salesforce.call.ORG_LOCKED':
    'L’organisation est verrouillée. Demandez à Salesforce ou à qui l’administre.',
  'salesforce.call.LOGIN_DURING_RESTRICTED_DOMAIN':
    'L’utilisateur ne peut pas se connecter depuis l’adresse de ce serveur. Autorisez-la dans les plages d’adresses IP de connexion du profil.',
  'salesforce.call.LOGIN_DURING_RESTRICTED_TIME':
    'L’utilisateur ne peut pas se connecter à cette heure. Élargissez les heures de connexion du profil.',
  'salesforce.call.API_DISABLED_FOR_ORG':
    'L’organisation ou l’utilisateur n’a pas accès à l’API. Les éditions Enterprise, Performance, Unlimited et Developer l’ont, l’édition Professional en option ; l’utilisateur a besoin de l’autorisation API activée.',
  'salesforce.call.OAUTH_APP_BLOCKED':
    'L’application est bloquée dans l’organisation. Débloquez-la dans Configuration, Utilisation OAuth.',
  'salesforce.call.OAUTH_APP_ACCESS_DENIED':
    'L’utilisateur ne peut pas utiliser l’application. Donnez-lui accès par les politiques de l’application dans Configuration (utilisateurs autorisés, ensembles d’autorisations).',
  'salesforce.call.app_not_installed':
    'L’application n’est pas approuvée dans l’organisation : installez-la, ou approuvez-la dans Configuration, Utilisation OAuth des applications connectées, puis réautorisez.',
  'salesforce.call.invalid_client_id':
    'Salesforce ne connaît pas l’identifiant client de l’application. Vérifiez-le ; une nouvelle application n’est connue qu’après quelques minutes.',
  'salesforce.call.invalid_client':
    'Salesforce a refusé l’identifiant client ou le secret de l’application. Vérifiez les deux.',
  'salesforce.call.invalid_client_credentials':
    'Salesforce a refusé le secret de l’application. Vérifiez-le.',
  'salesforce.call.inactive_user':
    'L’utilisateur n’est pas actif dans Salesforce. Activez-le dans Configuration, Utilisateurs, ou autorisez-en un autre.',
  'salesforce.call.inactive_org': 'L’organisation est verrouillée, fermée ou suspendue.',
  'salesforce.call.unauthorized_client':
    'L’application ne peut pas utiliser cette manière de se connecter. Activez le flux dans ses paramètres OAuth.',
  'salesforce.call.unsupported_grant_type':
    'L’organisation n’autorise pas cette manière de se connecter. Activez le flux dans les paramètres OAuth de l’application.',
  'salesforce.call.redirect_uri_mismatch':
    'L’adresse de retour n’est pas parmi celles de l’application. Ajoutez-la dans ses paramètres OAuth.',
  'salesforce.call.invalid_scope':
    'L’application n’a pas droit aux étendues api et refresh_token. Ajoutez-les dans ses paramètres OAuth.',
  'salesforce.call.access_denied': 'La personne interrogée dans Salesforce n’a pas accordé l’accès.',
  'salesforce.record.FIELD_CUSTOM_VALIDATION_EXCEPTION':
    'Une règle de validation de l’organisation refuse l’enregistrement : changez la ligne, ou la règle.',
  'salesforce.record.INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST':
    'La liste de sélection de l’organisation n’a pas cette valeur : ajoutez-l’y, ou faites-la correspondre à une valeur qu’elle a.',
  'salesforce.record.STRING_TOO_LONG':
    'La valeur est plus longue que le champ : raccourcissez-la, ou élargissez le champ dans Salesforce.',
  'salesforce.record.REQUIRED_FIELD_MISSING':
    'Salesforce veut une valeur que la ligne n’a pas : remplissez-la, ou prévoyez une valeur par défaut.',
  'salesforce.record.DUPLICATES_DETECTED':
    'Une règle de duplication de l’organisation a trouvé la même personne : fusionnez-les, ou autorisez les doublons dans l’intégration.',
  'salesforce.record.DUPLICATE_VALUE': 'Un autre enregistrement a cette valeur d’un champ unique.',
  'salesforce.record.DUPLICATE_EXTERNAL_ID':
    'Plusieurs enregistrements ont cet identifiant externe : ne le donnez qu’à l’un d’eux.',
  'salesforce.record.INVALID_EMAIL_ADDRESS': 'Salesforce n’accepte pas cette adresse e-mail : corrigez-la.',
  'salesforce.record.CANNOT_UPDATE_CONVERTED_LEAD':
    'La piste a été convertie, et ne peut plus être modifiée.',
  'salesforce.record.INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY':
    'L’utilisateur de la connexion ne peut pas modifier un enregistrement dont celui-ci dépend.',
  'salesforce.record.CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY':
    'Un déclencheur de l’organisation a échoué : voyez son message.',
  'salesforce.record.ENTITY_IS_LOCKED':
    'L’enregistrement est verrouillé par une approbation : renvoyez quand elle sera décidée.',
  'salesforce.record.DELETE_FAILED':
    'L’organisation ne laisse pas supprimer l’enregistrement : voyez son message.',
  'salesforce.record.STORAGE_LIMIT_EXCEEDED':
    'L’organisation n’a pas de place pour cet enregistrement : libérez-en ou achetez-en dans Configuration, Utilisation du stockage.',
  'salesforce.record.INVALID_FIELD':
    'Salesforce n’accepte pas un champ ou une valeur de cet enregistrement : voyez son message.',
  'salesforce.record.INVALID_FIELD_FOR_INSERT_UPDATE':
    'Salesforce accepte un champ pour d’autres enregistrements, mais pas pour celui-ci (le contact d’un compte personnel, un type d’enregistrement verrouillé) : voyez son message.',
  'salesforce.record.INVALID_TYPE':
    'Salesforce n’accepte pas cet enregistrement comme l’un de son objet : voyez son message.',
  'salesforce.record.NOT_FOUND': 'Salesforce n’a rien à l’adresse de l’appel : voyez son message.',
  'salesforce.record.INSUFFICIENT_ACCESS':
    'L’utilisateur de la connexion ne peut pas modifier cet enregistrement : partagez-le avec lui.',
  'salesforce.record.INSUFFICIENT_ACCESS_OR_READONLY':
    'L’utilisateur de la connexion ne peut pas modifier cet enregistrement : partagez-le avec lui, ou déverrouillez-le.',
  'salesforce.stop.STORAGE_LIMIT_EXCEEDED':
    'L’organisation n’a plus de place pour des enregistrements. Libérez-en ou achetez-en dans Configuration, Utilisation du stockage.',
  'salesforce.stop.INVALID_FIELD':
    'Un champ n’existe pas, ou l’utilisateur de la connexion ne peut pas le voir. Donnez-lui y accès, ou utilisez un autre champ.',
  'salesforce.stop.INVALID_FIELD_FOR_INSERT_UPDATE':
    'L’utilisateur de la connexion ne peut pas écrire un champ. Donnez-lui le droit de le modifier, ou retirez-le de la correspondance.',
  'salesforce.stop.INVALID_TYPE':
    'L’objet n’existe pas, ou l’utilisateur de la connexion ne peut pas le voir. Donnez-lui y accès.',
  'salesforce.stop.NOT_FOUND':
    'L’objet ou son champ d’identifiant externe n’existe pas, ou l’utilisateur de la connexion ne peut pas le voir. Donnez-lui y accès.',
  'salesforce.stop.INSUFFICIENT_ACCESS':
    'L’utilisateur de la connexion ne peut pas écrire d’enregistrements de cet objet. Donnez-lui l’autorisation.',
  'salesforce.stop.INSUFFICIENT_ACCESS_OR_READONLY':
    'L’utilisateur de la connexion ne peut pas écrire d’enregistrements de cet objet. Donnez-lui l’autorisation.',
  'salesforce.grant.revoked':
    'L’autorisation a été révoquée ou a expiré dans Salesforce. Réautorisez la connexion ; Configuration, Utilisation OAuth montre qui l’a révoquée.',
  'salesforce.grant.not-approved':
    'L’utilisateur n’a pas approuvé l’application. Préautorisez-le par les politiques de l’application dans Configuration (utilisateurs approuvés par l’administrateur, avec un ensemble d’autorisations), ou faites-le se connecter une fois par le navigateur.',
  'salesforce.grant.bad-assertion':
    'Salesforce n’a pas accepté le jeton signé. Vérifiez que le certificat de cette clé est celui de l’application, que l’identifiant client et le nom d’utilisateur sont justes, et qu’une sandbox est autorisée comme telle.',
  'salesforce.grant.used-code':
    'La connexion a pris trop de temps ou a servi deux fois. Recommencez l’autorisation.',
  'salesforce.no-token': 'Salesforce n’a pas donné de jeton : {reason}.',
  'salesforce.no-calls-left':
    'L’organisation n’a plus d’appels d’API pour ses 24 heures. Le travail reprend quand il y en a de nouveau ; achetez-en ou libérez-en dans Configuration, Informations sur la société.',
  'salesforce.advised-record': '{advice} Salesforce : {said}',
  'salesforce.advised-call': '{advice} (Salesforce : {said})',
  'salesforce.no-reason': 'Salesforce n’a donné aucune raison.',
};
