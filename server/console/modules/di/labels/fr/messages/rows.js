export const sentences = {
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
};
