export const sentences = {
  'access.user-exists': 'Un utilisateur a déjà cette adresse e-mail.',
  'access.last-owner': 'C’est le dernier propriétaire du compte : nommez-en d’abord un autre.',
  'access.cannot-give': 'Vous ne pouvez pas donner ce que vous n’avez pas : {scopes}.',
  'access.unknown-token': 'Le jeton d’accès n’est pas l’un des nôtres.',
  'access.token-expired': 'Le jeton d’accès a expiré ; demandez-en un autre.',
  'access.invalid-token': 'Le jeton d’accès n’est pas valable.',
  'access.missing-token': 'Envoyez Authorization: Bearer avec un jeton d’accès.',
  'access.wrong-operator-token': 'Le jeton de l’exploitant n’est pas le bon.',
  'access.missing-scope': 'Il faut pour cela le droit {scope}, que votre accès n’a pas.',
  'access.users-only': 'Ceci est réservé à un utilisateur connecté.',
  'access.token-over': 'Le jeton n’est pas valable, ou ne l’est plus.',
  'access.account-exists': 'Il y a déjà un compte {name}.',
  'access.wrong-password': 'L’adresse ou le mot de passe n’est pas le bon.',
  'access.too-many-sign-ins':
    'Trop de personnes se connectent en ce moment. Réessayez dans quelques secondes.',
  'access.wrong-old-password': 'L’ancien mot de passe n’est pas le bon.',
  'access.passwords-off':
    'Les mots de passe ne servent pas ici. Connectez-vous avec le fournisseur d’identité.',
  'access.sign-on-unreachable':
    'Le fournisseur d’identité ne répond pas. Réessayez dans un instant, ou prévenez qui exploite DI Connect.',
  'access.wrong-password-link': 'Ce lien a déjà servi ou il est trop ancien. Demandez-en un nouveau.',
  'access.mail-refused': 'L’e-mail n’est pas parti : {reason} Donnez-lui le lien vous-même.',
};
