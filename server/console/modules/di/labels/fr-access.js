/** Texts of signing in, of users and of what they do with their own access. */
export const french = {
  signIn: {
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    action: 'Se connecter',
    expired: 'Votre session est terminée. Connectez-vous pour reprendre où vous en étiez.',
    forgotten: 'Mot de passe oublié ?',
    forgottenHint: 'Mot de passe oublié ? Un propriétaire du compte peut vous créer un lien.',
    by: 'Se connecter avec {0}',
    orPassword: 'Ou avec un mot de passe :',
    refusals: {
      expired:
        'Cette connexion a pris trop de temps, ou a été commencée dans un autre navigateur. Réessayez.',
      declined: 'Le fournisseur d’identité ne vous a pas laissé entrer.',
      unverified:
        'Le fournisseur d’identité n’a pas vérifié votre adresse e-mail. Faites-la vérifier, puis réessayez.',
      'not-invited':
        'Vous n’avez pas d’accès ici. Demandez à un propriétaire de votre compte d’inviter cette adresse e-mail.',
      'has-password':
        'Cette adresse e-mail a un mot de passe ici. Connectez-vous avec lui, ou demandez à un propriétaire de votre compte.',
      'other-identity':
        'Cette adresse e-mail appartient à une autre identité. Demandez à un propriétaire de votre compte.',
      disabled: 'Votre accès est désactivé. Demandez à un propriétaire de votre compte.',
      unreachable: 'Le fournisseur d’identité ne répond pas. Réessayez dans un instant.',
      failed:
        'La réponse du fournisseur d’identité n’est pas digne de foi. Réessayez ; qui exploite DI Connect en trouve la raison dans le journal.',
    },
    asked: 'Si quelqu’un a cette adresse, un e-mail avec un lien est en route. Il sert pendant une heure.',
  },
  password: {
    title: 'Votre accès',
    hint: 'Votre mot de passe, et où vous êtes connecté. Avec un nouveau mot de passe, vos autres sessions se terminent.',
    old: 'Ancien mot de passe',
    new: 'Nouveau mot de passe',
    action: 'Changer le mot de passe',
    changed: 'Votre mot de passe est changé.',
    bySignOn: 'Vous vous connectez avec {0} ; aucun mot de passe n’est nécessaire ici.',
  },
  users: {
    enabled: 'Actif',
    disableQuestion: 'La personne est déconnectée et ne peut plus se connecter. Désactiver cet utilisateur ?',
    title: 'Utilisateurs',
    hint: 'Un propriétaire peut tout, un administrateur tout sauf donner des accès, un marketeur travaille avec les personnes, les consentements et les fichiers, un lecteur lit.',
    create: 'Nouvel utilisateur',
    invite: 'Inviter',
    invited: 'Invité',
    mailed: 'Un e-mail avec un lien est en route vers {0}.',
    link: 'Lien pour que {0} choisisse un mot de passe',
    sendLink: 'Envoyer un lien',
    changed: 'L’utilisateur est modifié.',
    forgetSignOn: 'Oublier l’identité',
    forgetSignOnQuestion:
      'La personne est déconnectée, et le fournisseur d’identité doit la nommer de nouveau. Oublier pour qui il la prend ?',
    empty: 'Aucun utilisateur',
    role: 'Rôle',
    roleOf: 'Rôle de {0}',
    roles: {
      owner: 'Propriétaire',
      administrator: 'Administrateur',
      marketer: 'Marketeur',
      viewer: 'Lecteur',
    },
    passwordHelp: 'Au moins 12 caractères.',
    signedIn: 'Dernière connexion',
    disabled: 'Désactivé',
    disable: 'Désactiver',
    enable: 'Activer',
  },
  firstOwner: {
    title: 'Bienvenue dans DI Connect',
    hint: 'Personne ne peut encore se connecter. Créez le premier propriétaire : il invite tous les autres.',
    operatorToken: 'Jeton de l’opérateur',
    operatorTokenHelp:
      'ADMIN_TOKEN du serveur ; s’il n’a pas été fixé, il se trouve dans le fichier admin_token.secret du dossier de données.',
    action: 'Créer et se connecter',
  },
  choosePassword: {
    title: 'Choisissez votre mot de passe',
    hint: 'Au moins 12 caractères ; quelques mots se retiennent bien et se devinent mal.',
    action: 'Choisir et se connecter',
  },
  sessions: {
    title: 'Où vous êtes connecté',
    browser: 'Navigateur ou programme',
    unnamed: 'Sans nom',
    signedIn: 'Connecté le',
    until: 'Jusqu’au',
    current: 'Celle-ci',
    end: 'Terminer',
    endOf: 'Terminer la session du {0}',
    ended: 'La session est terminée.',
  },
};
