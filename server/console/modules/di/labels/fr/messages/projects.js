export const sentences = {
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
};
