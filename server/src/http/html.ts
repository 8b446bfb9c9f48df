/** Text of HTML that is safe to send. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | readonly Html[] | null;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const INDENTATION = /\n[ \t]+/g;

/**
 * HTML as it is written here, without the indentation that only its source has; whatever is put into it is escaped, unless it
 * is HTML already.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map(
    (string, index) => string.replace(INDENTATION, '\n') + written(parts[index] ?? null),
  );
  return new Html(text.join(''));
}

function written(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (mark) => ESCAPES[mark] ?? '');
  return part.map((each) => each.text).join('');
}
