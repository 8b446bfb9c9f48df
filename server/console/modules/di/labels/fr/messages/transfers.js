export const sentences = {
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
};
