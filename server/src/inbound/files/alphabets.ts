/** A language, as far as its letters tell it: those beyond the 26 of English, in small letters. */
export interface Alphabet {
  readonly script: Script;
  /** What each letter says for the alphabet: of few letters each says more, and frequent ones more than others. */
  readonly letters: ReadonlyMap<string, number>;
  /** What is known of the language before a text is looked at. */
  readonly before: number;
}

/** What languages are written in, or how those who share an encoding are called. */
export const SCRIPTS = [
  'unicode',
  'western',
  'central-european',
  'baltic',
  'turkish',
  'vietnamese',
  'greek',
  'cyrillic',
  'hebrew',
  'arabic',
  'thai',
  'japanese',
  'chinese',
  'korean',
  'other',
] as const;
export type Script = (typeof SCRIPTS)[number];

/** Of the letters of a text, how many are among the frequent ones of its language. */
const SHARE_OF_FREQUENT = 0.75;

/** @param frequent letters that most of a text is made of, where its language has all letters of its own */
function alphabet(script: Script, letters: string, before = 0, frequent = ''): Alphabet {
  const often = new Set(frequent);
  const seldom = [...new Set(letters)].filter((letter) => !often.has(letter));
  const share = often.size === 0 ? 0 : SHARE_OF_FREQUENT;
  return {
    script,
    letters: new Map([
      ...[...often].map((letter) => [letter, Math.log(share / often.size)] as const),
      ...seldom.map((letter) => [letter, Math.log((1 - share) / seldom.length)] as const),
    ]),
    before,
  };
}

const OF_CYRILLIC = 'аеиорнлвстмк';
const OF_GREEK = 'αοισηντρςλπμκυ';

const WESTERN = [
  'àâæçéèêëîïôœùûüÿ',
  'äöüß',
  'áéíñóúü',
  'ãáâàçéêíõóôúü',
  'àèéìíòóùú',
  'åäöéæøü',
  'áàâäçéèêëíïîñóòôöúùûü',
];
/** Of few people: what looks like it is more often Turkish. */
const ICELANDIC = 'áæðéíóöúýþ';
const FEW = -6;
const CENTRAL = [
  'ąćęłńóśźż',
  'áčďéěíňóřšťúůýž',
  'áäčďéíĺľňóôŕšťúýž',
  'áéíóöőúüű',
  'čćđšž',
  'ăâîşţșț',
  'äöüß',
];

/** Of several languages that share an encoding: a list of people from many countries. */
const together = (languages: readonly string[]): string => languages.join('');

export const ALPHABETS: readonly Alphabet[] = [
  ...[...WESTERN, together(WESTERN)].map((letters) => alphabet('western', letters)),
  alphabet('western', ICELANDIC, FEW),
  ...[...CENTRAL, together(CENTRAL)].map((letters) => alphabet('central-european', letters)),
  alphabet('baltic', 'ąčęėįšųūž'),
  alphabet('baltic', 'āčēģīķļņšūž'),
  alphabet('baltic', 'äöõüšž'),
  alphabet('turkish', 'çğıöşüâîûi\u0307'),
  alphabet('vietnamese', 'ăâđêôơưáàãéèíìóòõúùý\u0300\u0301\u0303\u0309\u0323'),
  alphabet('greek', 'αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ', 0, OF_GREEK),
  alphabet('cyrillic', 'абвгдежзийклмнопрстуфхцчшщъыьэюяё', 0, OF_CYRILLIC),
  alphabet('cyrillic', 'абвгґдеєжзиіїйклмнопрстуфхцчшщьюя', 0, OF_CYRILLIC),
  alphabet('cyrillic', 'абвгдђежзијклљмнњопрстћуфхцчџш', 0, OF_CYRILLIC),
  alphabet('hebrew', 'אבגדהוזחטיךכלםמןנסעףפץצקרשת'),
  alphabet('arabic', 'ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ'),
  alphabet('thai', Array.from({ length: 0x4e }, (_, at) => String.fromCharCode(0x0e01 + at)).join('')),
];

/** Characters that names and addresses of a language hold most, of thousands that it has. */
export const FREQUENT: Readonly<Partial<Record<Script, ReadonlySet<string>>>> = {
  japanese: new Set(
    '田中山川木村本小大井藤佐高東京都市区県府町島野原林森石橋口上下子美太郎一二三健介香恵真由樹松岡崎西北南谷池清水吉和加伊渡辺鈴斎内部平福長青杉千葉神奈埼玉愛知静名古屋阪横浜札幌',
  ),
  chinese: new Set(
    '王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾丁魏薛叶葉余潘杜戴夏汪田任姜范方石姚市省区區县縣北京上海广廣州深圳天津重庆慶成都杭武汉漢西安南东東江山臺台新竹中华華国國明文志小伟偉芳敏静靜丽麗强洋勇艳杰娟涛超秀霞平刚桂英美玲淑',
  ),
  korean: new Set(
    '김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구민지수현영미진준은희경철호상재동석기태원선연시도군서울부산대인광천특별',
  ),
};
