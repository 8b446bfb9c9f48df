import iconv from 'iconv-lite';
import { SCRIPTS, type Script } from './alphabets.ts';

/** Encodings of texts that iconv-lite reads, each by one of its names, the most usual of a script first. */
const BY_SCRIPT = {
  unicode: ['utf-8', 'utf-16le', 'utf-16be', 'utf-16', 'utf-32le', 'utf-32be', 'utf-32', 'utf-7', 'cesu-8'],
  western: [
    'windows-1252',
    'iso-8859-1',
    'iso-8859-15',
    'macintosh',
    'macroman',
    'maciceland',
    'cp850',
    'cp858',
    'cp437',
    'cp860',
    'cp861',
    'cp863',
    'cp865',
    'iso-8859-10',
    'iso-8859-14',
    'hp-roman8',
    'us-ascii',
  ],
  'central-european': [
    'windows-1250',
    'iso-8859-2',
    'iso-8859-16',
    'maccenteuro',
    'maccroatian',
    'macromania',
    'cp852',
  ],
  baltic: ['windows-1257', 'iso-8859-13', 'iso-8859-4', 'cp775', 'cp922'],
  turkish: ['windows-1254', 'iso-8859-9', 'iso-8859-3', 'macturkish', 'cp857'],
  vietnamese: ['windows-1258', 'tcvn', 'viscii', 'cp1129', 'cp1163'],
  greek: ['windows-1253', 'iso-8859-7', 'macgreek', 'cp737', 'cp869'],
  cyrillic: [
    'windows-1251',
    'koi8-r',
    'koi8-u',
    'koi8-ru',
    'koi8-t',
    'iso-8859-5',
    'maccyrillic',
    'macukraine',
    'cp866',
    'cp808',
    'cp855',
    'cp1124',
    'cp1125',
    'mik',
    'pt154',
    'rk1048',
  ],
  hebrew: ['windows-1255', 'iso-8859-8', 'cp862', 'cp856'],
  arabic: ['windows-1256', 'iso-8859-6', 'cp720', 'cp864', 'cp1046'],
  thai: ['windows-874', 'tis-620', 'iso-8859-11', 'macthai', 'cp1161', 'cp1162'],
  japanese: ['shift_jis', 'euc-jp', 'iso646-jp'],
  chinese: ['gb18030', 'gbk', 'gb2312', 'big5', 'cp950', 'iso646-cn'],
  korean: ['euc-kr'],
  other: ['armscii-8', 'georgian-academy', 'georgian-ps', 'cp1133'],
} as const satisfies Readonly<Record<Script, readonly string[]>>;

export type Encoding = (typeof BY_SCRIPT)[Script][number];

/** Encodings that a file may have. All but UTF-8 are turned into it on the way. */
export const ENCODINGS: readonly [Encoding, ...Encoding[]] = [
  ...BY_SCRIPT.unicode,
  ...BY_SCRIPT.western,
  ...BY_SCRIPT['central-european'],
  ...BY_SCRIPT.baltic,
  ...BY_SCRIPT.turkish,
  ...BY_SCRIPT.vietnamese,
  ...BY_SCRIPT.greek,
  ...BY_SCRIPT.cyrillic,
  ...BY_SCRIPT.hebrew,
  ...BY_SCRIPT.arabic,
  ...BY_SCRIPT.thai,
  ...BY_SCRIPT.japanese,
  ...BY_SCRIPT.chinese,
  ...BY_SCRIPT.korean,
  ...BY_SCRIPT.other,
];

const SCRIPT_OF: ReadonlyMap<string, Script> = new Map(
  SCRIPTS.flatMap((script) => BY_SCRIPT[script].map((encoding) => [encoding, script] as const)),
);

/** What is written in an encoding. */
export function scriptOf(encoding: Encoding): Script {
  return SCRIPT_OF.get(encoding) ?? 'other';
}

/** The encoding that somebody means, by whichever of its names; null for none. */
export function encodingNamed(name: string): Encoding | null {
  const own = ENCODINGS.find((each) => each === name.toLowerCase());
  if (own !== undefined || !iconv.encodingExists(name)) return own ?? null;
  const codec = iconv.getCodec(name);
  return ENCODINGS.find((each) => iconv.getCodec(each) === codec) ?? null;
}
