/** French of the server's sentences, by their codes (server/src/messages). What stands in braces is filled in. */
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
  'calls.idempotency-key': 'Une Idempotency-Key a de 1 à 255 caractères visibles.',
  'calls.idempotency-key-reused':
    'Cette Idempotency-Key est déjà venue avec une autre requête. Envoyez une nouvelle clé avec une nouvelle requête.',
  'calls.malformed-compression': 'Le corps n’est pas comprimé comme le dit son Content-Encoding.',
  'calls.body-too-large': 'Envoyez moins d’enregistrements par requête.',
  'calls.encoding': 'Envoyez de l’UTF-8, tel quel ou comprimé par gzip.',
  'calls.incomplete-body': 'Le corps s’est terminé avant la longueur annoncée.',
  'calls.invalid-path': 'Le chemin est mal formé.',
  'calls.outcome-unknown':
    'La connexion à la base s’est rompue pendant l’enregistrement : la modification a pu être faite ou non. Renvoyez la même requête ; avec la même Idempotency-Key, elle n’est exécutée qu’une fois.',
  'calls.database-busy': 'La base de données est occupée ou redémarre. Réessayez.',
  'calls.database-full':
    'Le disque de la base est plein ; rien n’a été modifié. Réessayez quand l’exploitant aura fait de la place.',
  'calls.database-read-only':
    'La base n’accepte pas d’écriture en ce moment, par exemple pendant une bascule ; rien n’a été modifié. Réessayez.',
  'calls.unstorable-value': 'La requête contient une valeur que la base ne peut pas contenir.',
  'calls.internal-error': 'L’erreur est journalisée sous l’identifiant de cette réponse.',
  'calls.not-found': 'Introuvable : {what}.',
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
  'deliveries.tried': 'Essayé {times} fois. {reason}',
  'deliveries.record-deleted':
    'L’enregistrement a été supprimé dans Salesforce, et aucun autre n’est trouvé pour la ligne. Elle est envoyée quand il en vient un ; renvoyer en crée un, si l’intégration crée des enregistrements. Salesforce : {said}',
  'deliveries.no-record':
    'La personne s’est désinscrite, et Salesforce n’a pas d’enregistrement à qui le dire : la désinscription est envoyée dès qu’il en vient un.',
  'deliveries.nobody-left':
    'La personne s’est désinscrite, et n’a ni ligne ni enregistrement dans Salesforce : la désinscription est envoyée dès qu’un enregistrement vient.',
  'deliveries.merged':
    'L’enregistrement {object} de la ligne a été fusionné dans Salesforce avec {successor}, qui est celui d’une autre ligne : les désinscriptions y sont envoyées, les autres valeurs de la ligne non. Supprimez l’une des deux lignes, ou abandonnez cet envoi.',
  'deliveries.not-kept':
    'Salesforce a enregistré {record} et {field} vaut à nouveau {value} : un déclencheur, un flux ou un utilisateur de Salesforce l’a remis. Changez cela, puis renvoyez.',
  'deliveries.stopped': '{reason} Ce qui attend est envoyé quand l’intégration est réactivée.',
  'deliveries.many-dead':
    '{count} envois de {integration} ou plus ont été abandonnés. Leurs raisons figurent avec eux ; renvoyez-les ou abandonnez-les.',
  'deliveries.no-lookup-value':
    'La ligne n’a pas la valeur qui sert à chercher son enregistrement : aucun n’est donc créé pour elle.',
  'deliveries.of-another-row':
    'L’enregistrement {object} où {field} vaut {value} est celui dont vient une autre ligne : l’un des deux vient de changer. Il est cherché de nouveau.',
  'deliveries.of-another-object':
    'La ligne est désormais un enregistrement d’un autre objet, et l’intégration de celui-ci ne l’a pas encore envoyée. Elle est envoyée à {object} si la ligne revient avant.',
  'deliveries.several-records':
    '{count} enregistrements {object} ont {value} dans {field} : on ne sait pas lequel est celui de la ligne. L’envoi part dès que l’un d’eux prend la ligne. Sinon, fusionnez-les, cherchez par un autre champ, ou laissez le consentement les atteindre tous.',
  'deliveries.not-active': 'L’intégration n’est pas active ({status}).',
  'deliveries.one-dead': 'Un envoi a été abandonné ; voyez sa raison.',
  'deliveries.dead': '{count} envois ont été abandonnés ; voyez leurs raisons.',
  'deployments.opt-in-archived': 'L’opt-in {optIn} est archivé : restaurez-le, ou laissez-le de côté.',
  'deployments.running': 'Le déploiement {deployment} de {object} est en cours. Attendez sa fin.',
  'deployments.no-trigger': '{object} ne peut pas avoir de déclencheur.',
  'deployments.trigger-needed': '{count} transferts actifs de {object} ont besoin du déclencheur.',
  'failures.too-many-vanished':
    '{gone} des {kept} lignes n’ont plus d’enregistrement dans Salesforce, ou aucun que la sélection retienne et que l’utilisateur autorisé voie. Rien n’a été archivé. Si c’est juste, faites-les archiver (mayArchiveMany) ; sinon, vérifiez la sélection et ce que l’utilisateur autorisé peut voir.',
  'failures.silent':
    'Le plugin a été entendu pour la dernière fois le {at} UTC. Son plus long silence des dernières semaines était de {hours} heures.',
  'failures.permission': '{object} : {reason} ({code})',
  'failures.no-record':
    'Salesforce n’a pas d’enregistrement de ces personnes : leurs désinscriptions sont envoyées dès qu’il en vient un.',
  'failures.differs':
    'Les deux côtés diffèrent, et rien ne l’explique : voyez les différences, puis reprenez-les de Salesforce ou renvoyez-les.',
  'fits.several': '{count} choses ne conviennent pas. La première : {reason}',
  'fits.no-such-field': '{field} n’est pas un champ de l’objet, ou ne peut pas être lu.',
  'fits.mapped-values': 'Les valeurs de {field} sont remplacées ; chacune est vérifiée à son arrivée.',
  'fits.rejected-one-by-one':
    '{field} est de type {fieldType}, {column} de type {columnType} : les valeurs qui ne conviennent pas sont refusées, un enregistrement à la fois.',
  'fits.joined-length': '{column} accepte {length} caractères pour tous les champs réunis.',
  'fits.joined-is-text': 'Des champs réunis forment un texte ; {fieldType} vers {columnType} est impossible.',
  'fits.wrong-type':
    '{field} est de type {fieldType}, {column} de type {columnType} : {columnType} accepte {types}.',
  'fits.too-long':
    '{field} compte jusqu’à {longest} caractères, {column} en accepte {length} : élargissez {column} à {longest} et construisez.',
  'fits.too-many-digits':
    '{field} compte {whole} chiffres avant et {scale} après la virgule, {column} en accepte {wholeRoom} et {scaleRoom}.',
  'fits.values-not-allowed':
    '{field} peut valoir {values}, que {column} n’autorise pas : ajoutez-les à sa liste de valeurs, ou remplacez-les.',
  'fits.currencies':
    'L’organisation a plusieurs devises : associez aussi CurrencyIsoCode, sinon {column} ne dit pas laquelle.',
  'fits.no-object':
    'L’organisation n’a pas d’objet {object}, ou l’utilisateur de la connexion ne peut pas le voir.',
  'fits.hidden':
    '{field} n’existe pas, ou l’utilisateur de la connexion ne peut pas le voir : donnez-lui l’accès dans son ensemble d’autorisations.',
  'fits.may-not-create':
    'L’utilisateur de la connexion ne peut pas créer d’enregistrements de {object} : donnez-lui l’autorisation.',
  'fits.may-not-change':
    'L’utilisateur de la connexion ne peut pas modifier d’enregistrements de {object} : donnez-lui l’autorisation.',
  'fits.may-not-delete':
    'L’utilisateur de la connexion ne peut pas supprimer d’enregistrements de {object} : donnez-lui l’autorisation.',
  'fits.checkbox-never-empty':
    '{field} est une case à cocher, qui n’est jamais vide : retirez onlyWhenEmpty de son association.',
  'fits.not-createable':
    '{field} ne peut pas être écrit dans de nouveaux enregistrements par l’utilisateur de la connexion : donnez-lui l’accès en modification ; si Salesforce seul l’écrit, retirez ce champ.',
  'fits.not-updateable':
    '{field} ne peut pas être modifié par l’utilisateur de la connexion : donnez-lui l’accès en modification ; si Salesforce seul l’écrit, retirez ce champ, ou écrivez-le dans les nouveaux enregistrements seulement.',
  'fits.fails-one-by-one':
    '{column} est de type {columnType}, {field} de type {fieldType} : une valeur qui ne convient pas échoue, un enregistrement à la fois.',
  'fits.cannot-be-written':
    '{column} est de type {columnType}, {field} de type {fieldType} : aucune de ses valeurs ne pourrait être écrite.',
  'fits.values-not-in-picklist':
    '{column} peut valoir {values}, que la liste de valeurs {field} ne contient pas : ajoutez-les là-bas, ou remplacez-les.',
  'fits.any-length':
    '{column} accepte un nombre quelconque de caractères, {field} {length} : une valeur plus longue échoue, un enregistrement à la fois.',
  'fits.longer':
    '{column} accepte {columnLength} caractères, {field} {length} : une valeur plus longue échoue, un enregistrement à la fois.',
  'fits.required':
    '{field} est obligatoire pour les nouveaux enregistrements de {object} : associez une colonne ou une constante.',
  'fits.may-be-empty':
    '{field} est obligatoire, {column} peut être vide : une telle ligne échoue. Une valeur par défaut la complète.',
  'fits.no-checkbox': '{field} est de type {fieldType} : un consentement s’écrit dans une case à cocher.',
  'fits.may-not-change-field':
    'L’utilisateur de la connexion ne peut pas modifier {field} : donnez-lui l’accès en modification.',
  'fits.reaches-one':
    'Le consentement s’écrit dans un seul enregistrement de {object} : les autres qui ont la même adresse n’en savent rien. Cherchez les enregistrements par l’adresse et choisissez-les tous pour atteindre chacun.',
  'fits.not-filterable':
    'Des enregistrements ne peuvent pas être cherchés par {field}, de type {fieldType} : ce n’est pas un texte filtrable.',
  'fits.not-unique':
    '{field} n’est pas un identifiant externe unique : cochez les deux dans sa définition, sinon une création répétée ferait un second enregistrement.',
  'fits.id-too-short':
    '{field} doit être un texte de {length} caractères ou plus : il contient les identifiants de DI.',
  'fits.new-record-needs': 'Il faut {field} pour un nouveau {object} : associez-le.',
  'fits.may-not':
    'L’utilisateur de la connexion ne peut pas faire {operation} sur des enregistrements de {object} : donnez-lui l’autorisation.',
  'fits.unknown-field': 'L’objet {object} n’a pas de champ {field}.',
  'fits.matcher-not-filterable':
    'Salesforce ne peut pas chercher d’enregistrements par {field} (sans propriété « Filter »).',
  'fits.no-matcher': 'Nommez au moins un critère de recherche pour {operation}.',
  'fits.nothing-mapped': 'Associez au moins un champ pour {operation}.',
  'fits.twice': '{field} figure deux fois : {what}.',
  'fits.may-not-write': 'L’utilisateur de la connexion ne peut pas écrire {field}.',
  'items.several-matches': '{count} enregistrements correspondent : {ids}. Aucun n’a été modifié.',
  'items.no-such-id': 'Aucun {object} n’a l’identifiant {id} : {reason}',
  'items.unknown-object':
    'L’organisation n’a pas d’objet {object} que son utilisateur autorisé puisse voir ({said}).',
  'items.invalid-id': '{id} n’est pas un identifiant de {object}.',
  'items.no-match': 'Aucun {object} ne correspond ; l’opération {operation} n’a rien à traiter.',
  'items.nothing-to-write': 'Aucune valeur n’a été donnée qui puisse être écrite dans l’enregistrement.',
  'items.outcome-unknown':
    'L’enregistrement a été envoyé, et la réponse de l’organisation perdue : il a pu être créé. Cherchez-le, puis réessayez ou laissez.',
  'items.required-field-missing': 'Un nouvel enregistrement {object} demande {fields}.',
  'items.not-allowed':
    'L’utilisateur autorisé de la connexion n’a pas le droit requis sur {object} ({what}).',
  'items.answer-lost':
    'La réponse de l’organisation a été perdue ({reason}) : l’enregistrement a pu être créé. Cherchez-le, puis réessayez ou laissez.',
  'items.unknown-field':
    '{object} n’a pas de champ {field}. Créez-le dans Salesforce, ou cessez de l’envoyer ; puis réessayez.',
  'items.no-object': '{field} n’accepte pas d’objet.',
  'items.no-type': '{field} n’accepte pas de valeur de type {type}.',
  'items.no-list': '{field} n’accepte qu’une liste de textes et de nombres.',
  'items.no-checkbox': '{field} est une case à cocher, et accepte true ou false, pas {value}.',
  'items.no-number': '{field} est un nombre, et n’accepte pas {value}.',
  'items.no-whole-number': '{field} est un nombre entier, et n’accepte pas {value}.',
  'items.too-many-digits': '{field} affiche {digits} décimales, et n’accepte pas {value}.',
  'items.not-of-type': '{field} est de type {type}, et n’accepte pas {value}.',
  'items.lead-converted':
    'La piste {lead} a été convertie, et son contact n’est pas visible. Rien n’a été créé.',
  'items.lead-deleted':
    'La piste a été supprimée dans Salesforce, et se trouve dans sa corbeille : {leads}. Rien n’a été créé.',
  'projects.contacts-code': 'La table des contacts garde son code.',
  'projects.contacts-archive': 'La table des contacts ne peut pas être archivée ; archivez le projet.',
  'projects.of-primary-key': '{field} fait partie de la clé primaire.',
  'projects.name-of-view': '{table} est le nom de la vue de ce que les contacts ont accepté.',
  'projects.table-exists': 'Il y a déjà une table {table}.',
  'projects.too-many-fields': 'Une table a au plus {most} champs.',
  'projects.field-exists': 'Le champ {field} existe déjà.',
  'projects.key-twice': 'La clé primaire nomme {field} deux fois.',
  'projects.key-missing': 'La clé primaire nomme {field}, qui n’est pas parmi les champs.',
  'projects.key-type': '{field} est de type {type} ; une clé primaire est de l’un de ceux-ci : {types}.',
  'projects.project-exists': 'Il y a déjà un projet {project}.',
  'projects.project-archived': 'Le projet {project} est archivé. Restaurez-le d’abord.',
  'projects.table-archived': 'La table {table} est archivée.',
  'projects.not-built': 'Construisez d’abord les tables du projet.',
  'projects.field-in-use':
    '{field} est utilisé par le transfert de {transfers} : retirez-le d’abord de la correspondance.',
  'projects.key-not-sent': 'La clé primaire n’est pas parmi les champs : {fields}.',
  'projects.required-not-sent': 'Le lot n’apporte pas de valeur pour {fields}.',
  'projects.not-mapped':
    'Sans correspondance dans DI : {fields}. Ajoutez-les au transfert, ou retirez-les du transfert de données DI.',
  'projects.invalid-reference':
    '{table}.{field} renvoie à {otherTable}.{otherField}, qui n’est la clé primaire d’aucune table de ce projet.',
  'rows.owned-by-salesforce':
    'Les contacts de ce projet viennent et partent avec Salesforce (type de projet A) : modifiez-le là-bas, ou demandez overridesSalesforce.',
  'rows.missing-in-salesforce':
    'Les contacts de ce projet viennent de Salesforce (type de projet A), et aucun n’a cette clé : créez-le là-bas, ou demandez overridesSalesforce.',
  'rows.filled-by-salesforce':
    '{column} est rempli depuis Salesforce (type de projet A) et serait remplacé par la prochaine modification là-bas : modifiez-le là-bas, ou demandez overridesSalesforce.',
  'rows.missing': 'Aucune ligne n’a cette clé.',
  'rows.exists': 'Une ligne a déjà cette clé.',
  'rows.lacking': 'Aucune ligne n’a cette clé, et il en faut pour une nouvelle : {fields}.',
  'rows.no-key': '{column} est la clé primaire et n’a pas de valeur.',
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
  'transfers.trigger-shipped': 'Le package a un déclencheur pour {object} : il n’en faut pas d’autre.',
  'transfers.no-trigger': '{object} n’est pas un objet qui puisse avoir un déclencheur.',
  'transfers.fields-still-sent':
    'Salesforce envoie {fields} avec ce transfert : sans eux dans la correspondance, ses lots sont refusés. Retirez-les d’abord du transfert de données DI dans Salesforce, ou enregistrez avec dropsSentFields.',
  'transfers.several-orgs':
    'Plusieurs connexions remplissent cette table, et {integration} réécrit {column} là d’où elle vient : les modifications d’une organisation se perdraient dans l’autre. Retirez {column} de l’intégration, ou donnez à chaque organisation sa propre table.',
  'transfers.exists': '{object} est déjà transféré vers {table} par cette connexion.',
  'transfers.withdraws-consent':
    '{field} retire un consentement : retirez-le des règles de consentement du transfert avant sa correspondance.',
  'transfers.unknown-column': '{table} n’a pas de champ {column}.',
  'transfers.mapped-twice': '{field} a deux correspondances.',
  'transfers.key-only-when-empty':
    '{column} fait partie de la clé primaire, que chaque ligne a : onlyWhenEmpty ne voudrait rien dire. Retirez-le.',
  'transfers.key-not-mapped': 'Donnez d’abord une correspondance à la clé primaire : {fields}.',
  'transfers.required-not-mapped': 'Ces champs sont obligatoires et sans correspondance : {fields}.',
  'values.required': '{field} est obligatoire.',
  'values.too-many-bytes':
    '{field} accepte {most} octets, pas {bytes}, car les lignes sont trouvées par lui : raccourcissez-le.',
  'values.too-long': '{field} accepte {most} caractères, pas {length}.',
  'values.nul': '{field} contient un caractère NUL.',
  'values.half-character': '{field} contient une moitié de caractère (Unicode invalide).',
  'values.invalid-json-character': '{field} contient un caractère NUL ou une moitié de caractère.',
  'values.no-text': '{field} accepte du texte.',
  'values.several-addresses': '{field} contient plusieurs adresses, et en accepte une.',
  'values.no-address': '{field} n’est pas une adresse e-mail.',
  'values.no-id': '{field} n’est pas un identifiant de Salesforce.',
  'values.no-whole-number': '{field} accepte un nombre entier.',
  'values.no-64-bits': '{field} accepte un nombre de 64 bits.',
  'values.no-number': '{field} accepte un nombre.',
  'values.digits-before': '{field} accepte {digits} chiffres avant la virgule.',
  'values.digits-after': '{field} accepte {digits} chiffres après la virgule.',
  'values.no-boolean': '{field} accepte true ou false.',
  'values.no-date': '{field} accepte une date comme 2026-11-20.',
  'values.no-timestamp': '{field} accepte un instant avec son fuseau, comme 2026-11-20T10:00:00.000Z.',
  'values.no-time': '{field} accepte une heure comme 10:30:00.000.',
  'values.not-in-picklist': '{field} n’autorise pas {value}.',
  'values.no-list': '{field} accepte des valeurs séparées par des points-virgules.',
  'values.too-deep': '{field} accepte {levels} niveaux de JSON.',
  'values.not-in-map': 'Il n’y a pas de valeur pour {value}.',
  'values.wrong-encoding':
    'Un caractère est illisible : le fichier est d’un autre encodage, ou était déjà abîmé.',
  'values.not-json': 'La valeur n’est pas du JSON.',
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
