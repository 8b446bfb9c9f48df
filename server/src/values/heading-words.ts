/** Words that headings of one kind are made of, in English and French, without accents. The first is the kind. */
const KINDS: readonly (readonly string[])[] = [
  [
    'email',
    'e mail',
    'mail',
    'email address',
    'email adresse',
    'courriel',
    'adresse courriel',
    'adresse email',
    'adresse mail',
    'adresse de messagerie',
    'adresse electronique',
  ],
  ['first name', 'firstname', 'given name', 'prenom'],
  ['last name', 'lastname', 'surname', 'family name', 'nom', 'nom de famille'],
  ['full name', 'name', 'nom complet'],
  ['phone', 'phone number', 'telephone', 'tel', 'numero de telephone', 'no de telephone'],
  ['mobile', 'mobile phone', 'cell', 'cell phone', 'cellulaire', 'portable', 'telephone mobile'],
  [
    'company',
    'company name',
    'account',
    'account name',
    'organization',
    'organization name',
    'organisation',
    'employer',
    'societe',
    'entreprise',
    'compagnie',
  ],
  ['street', 'address', 'street address', 'mailing street', 'adresse', 'rue', 'adresse postale'],
  ['city', 'town', 'mailing city', 'ville'],
  ['state', 'province', 'region', 'mailing state', 'etat'],
  ['postal code', 'zip', 'zip code', 'postcode', 'zipcode', 'mailing postal code', 'code postal', 'cp'],
  ['country', 'mailing country', 'pays'],
  ['birthdate', 'birth date', 'date of birth', 'birthday', 'born', 'dob', 'date de naissance', 'ne le'],
  ['language', 'preferred language', 'locale', 'langue'],
  ['title', 'job title', 'position', 'titre', 'fonction', 'poste'],
  ['website', 'web site', 'web', 'web page', 'url', 'site', 'site web', 'site internet'],
  ['gender', 'sex', 'sexe', 'genre'],
  ['salutation', 'civilite'],
  ['source', 'lead source', 'provenance', 'origine'],
  ['created', 'created at', 'created date', 'date de creation'],
];

const KIND_OF = new Map(
  KINDS.flatMap((words) =>
    words.flatMap((word) => [word, packed(word)].map((each) => [each, words[0] ?? ''] as const)),
  ),
);

/** Without case, accents, numbers at the end, and with one space between words: `Prénom_1` is `prenom`. */
export function plainWords(heading: string): string {
  const words = heading
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  // The end of a custom field's name, a number, and what Google's contacts call the first of several: `E-mail 1 - Value`.
  return (words.endsWith(' c') ? words.slice(0, -2) : words.replace(/(?<!\d)\d+(?: value)?$/, '')).trim();
}

/** Words without the spaces between them: `firstname` is `first name`. */
export function packed(words: string): string {
  return words.replaceAll(' ', '');
}

/** The kind of thing that words call: `courriel` is an `email`; null for words that are not known. */
export function kindOf(words: string): string | null {
  return KIND_OF.get(words) ?? KIND_OF.get(packed(words)) ?? null;
}
