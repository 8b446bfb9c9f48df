export const french = {
  columnValues: {
    title: 'Valeurs',
    hint: 'Ce qui remplit une colonne, et ce qui est fait de chaque valeur avant qu’elle soit enregistrée.',
    column: 'Colonne',
    source: 'Remplie par',
    sources: {
      field: 'un champ Salesforce',
      concat: 'plusieurs champs réunis',
      constant: 'toujours la même valeur',
    },
    fieldAbove: 'Choisissez le champ dans le tableau ci-dessus.',
    fields: 'Champs Salesforce, séparés par des virgules',
    separator: 'Entre eux',
    constant: 'Valeur',
    trim: 'Sans espaces aux deux bouts',
    letters: 'Lettres',
    cases: { kept: 'telles quelles', lowercase: 'minuscules', uppercase: 'majuscules' },
    map: 'D’autres valeurs à la place, une par ligne : valeur = valeur à la place',
    mapHelp: 'Par exemple : CA = Canada. Rien après le signe la vide.',
    otherwise: 'Une valeur qui n’en fait pas partie',
    otherwises: { keep: 'est gardée', empty: 'est vidée', reject: 'fait refuser l’enregistrement' },
    default: 'Quand il n’y en a pas',
    foreign:
      'Cette colonne a été réglée par l’API d’une façon que ce formulaire ne sait pas montrer. Elle reste ainsi :',
  },
};
