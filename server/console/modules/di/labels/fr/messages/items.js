export const sentences = {
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
};
