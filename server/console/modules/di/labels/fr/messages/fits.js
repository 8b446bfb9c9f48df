export const sentences = {
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
};
