/** Why projects and their tables are not as somebody wants them. */
export const PROJECTS = {
  'projects.contacts-code': 'The contacts table keeps its code.',
  'projects.contacts-archive': 'The contacts table cannot be archived; archive the project.',
  'projects.of-primary-key': '{field} is part of the primary key.',
  'projects.name-of-view': '{table} is the name of the view of what contacts agreed to.',
  'projects.table-exists': 'There is a table {table} already.',
  'projects.too-many-fields': 'A table takes {most} fields.',
  'projects.field-exists': 'The field {field} is there already.',
  'projects.key-twice': 'The primary key names {field} twice.',
  'projects.key-missing': 'The primary key names {field}, which is not among the fields.',
  'projects.key-type': '{field} is of type {type}; a primary key is one of {types}.',
  'projects.project-exists': 'There is a project {project} already.',
  'projects.project-archived': 'The project {project} is archived. Restore it first.',
  'projects.table-archived': 'The table {table} is archived.',
  'projects.not-built': 'Build the tables of the project first.',
  'projects.field-in-use':
    '{field} is mapped by the transfer of {transfers}: take it out of the mapping first.',
  'projects.key-not-sent': 'The primary key is not among the fields: {fields}.',
  'projects.required-not-sent': 'The batch brings no value for {fields}.',
  'projects.not-mapped':
    'Not mapped in DI: {fields}. Map them in the transfer, or take them out of the DI Data Transfer.',
  'projects.invalid-reference':
    '{table}.{field} refers to {otherTable}.{otherField}, which is not the primary key of a table of this project.',
} as const;
