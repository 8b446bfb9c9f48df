/** A column of a table, or a field of an object, as far as headings are compared with it. */
export interface Target {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

/** Words that headings of one kind are made of, in English and French, without accents. The first is the kind. */
const KINDS: readonly (readonly string[])[] = [
  [
    'email',
    'e mail',
    'mail',
    'email address',
    'courriel',
    'adresse courriel',
    'adresse email',
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
  ['website', 'web site', 'web', 'url', 'site', 'site web', 'site internet'],
  ['gender', 'sex', 'sexe', 'genre'],
  ['salutation', 'civilite'],
  ['source', 'lead source', 'provenance', 'origine'],
  ['created', 'created at', 'created date', 'date de creation'],
];

const KIND_OF = new Map(KINDS.flatMap((words) => words.map((word) => [word, words[0] ?? ''] as const)));

/** Without case, accents, numbers at the end, and with one space between words: `Prénom_1` is `prenom`. */
export function plainWords(heading: string): string {
  return (
    heading
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim()
      // The end of a custom field's name, and a number.
      .replace(/ c$| ?\d+$/, '')
      .trim()
  );
}

/** How well a heading tells of a target: 0 for not at all. */
function fitOf(heading: string, target: Target): number {
  const given = plainWords(heading);
  const known = [plainWords(target.name), plainWords(target.label)];
  if (given === '') return 0;
  if (heading === target.name) return 5;
  if (known.includes(given) || known.some((each) => packed(each) === packed(given))) return 4;
  const kinds = new Set(known.map(kindOf).filter((kind) => kind !== null));
  if (target.type === 'email') kinds.add('email');
  const kind = kindOf(given);
  if (kind !== null && kinds.has(kind)) return 3;
  // `employee_first_name` ends with what it is.
  for (const end of endsOf(given)) {
    const endKind = kindOf(end);
    if (known.includes(end) || (endKind !== null && kinds.has(endKind))) return 2;
  }
  return 0;
}

const packed = (words: string): string => words.replaceAll(' ', '');
const kindOf = (words: string): string | null => KIND_OF.get(words) ?? KIND_OF.get(packed(words)) ?? null;

function endsOf(words: string): string[] {
  const parts = words.split(' ');
  return parts.slice(1).map((_part, index) => parts.slice(index + 1).join(' '));
}

/** Which heading most likely fills which target, by heading; each target is suggested once, to the heading that fits best. */
export function suggestMapping(
  headings: readonly string[],
  targets: readonly Target[],
): { heading: string; to: string }[] {
  const pairs = headings.flatMap((heading, place) =>
    targets.map((target, order) => ({ heading, place, target, order, fit: fitOf(heading, target) })),
  );
  pairs.sort((one, other) => other.fit - one.fit || one.place - other.place || one.order - other.order);
  const chosen = new Map<number, { heading: string; to: string }>();
  const taken = new Set<string>();
  for (const { heading, place, target, fit } of pairs) {
    if (fit === 0 || chosen.has(place) || taken.has(target.name)) continue;
    chosen.set(place, { heading, to: target.name });
    taken.add(target.name);
  }
  return [...chosen].sort(([one], [other]) => one - other).map(([, entry]) => entry);
}
