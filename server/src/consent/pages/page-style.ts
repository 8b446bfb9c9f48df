import { createHash } from 'node:crypto';
import { inkOn, readableColour } from './readable-colour.ts';

/** The style of the pages. It is in them: a page needs nothing else, and the policy names it by its hash. */
const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #eef1f5; --card: #ffffff; --ink: #16233a; --soft: #55627a; --line: #d5dbe5;
  --accent: #0b5cab; --on-accent: #ffffff; --good: #1f7a3d; --good-ground: #e8f5ec; }
@media (prefers-color-scheme: dark) { :root { --ground: #10161f; --card: #1a222e; --ink: #eef2f8; --soft: #a5b1c4; --line: #334053;
  --accent: #7db8f5; --on-accent: #0b1726; --good: #7fd49b; --good-ground: #16301f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; justify-content: center; align-items: flex-start; padding: 8vh 16px 32px;
  background: var(--ground); color: var(--ink); font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 520px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
header { display: flex; gap: 12px; align-items: center; margin: 0 0 16px; }
.logo { display: block; max-width: 180px; max-height: 64px; padding: 4px; border-radius: 6px; }
@media (prefers-color-scheme: dark) { .logo { background: #ffffff; } }
footer { margin: 28px 0 0; padding: 16px 0 0; border-top: 1px solid var(--line); color: var(--soft); font-size: 14px; white-space: pre-line; }
.intro { white-space: pre-line; }
.preview { margin: -16px -16px 20px; padding: 8px 16px; border-radius: 8px; background: var(--ground); color: var(--soft); font-size: 14px; }
.project { margin: 0; color: var(--soft); font-size: 15px; }
h1 { margin: 0 0 12px; font-size: 25px; line-height: 1.25; overflow-wrap: anywhere; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: 15px; }
.done { padding: 12px 16px; border-radius: 10px; background: var(--good-ground); color: var(--good); }
form { margin: 20px 0 0; }
button { width: 100%; min-height: 48px; padding: 10px 20px; border: 1px solid var(--accent); border-radius: 10px; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
button.plain { background: transparent; color: var(--accent); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
button + button, form + form { margin-top: 12px; }
fieldset { margin: 0 0 20px; padding: 0; border: 0; }
legend { padding: 0; margin: 0 0 8px; font-weight: 600; }
label { display: flex; gap: 12px; align-items: flex-start; padding: 14px 0; border-top: 1px solid var(--line); cursor: pointer; }
label:last-of-type { border-bottom: 1px solid var(--line); }
input[type="checkbox"] { flex: none; width: 22px; height: 22px; margin: 2px 0 0; accent-color: var(--accent); }
label span { min-width: 0; overflow-wrap: anywhere; }
label small { display: block; color: var(--soft); font-size: 15px; }
@media (max-width: 480px) { body { padding: 16px 12px 24px; } main { padding: 24px 20px; } }
`;

/** The cards that text in the accent's colour stands on, by day and in the dark. */
const CARD = '#ffffff';
const DARK_CARD = '#1a222e';

const accent = (colour: string): string => `--accent: ${colour}; --on-accent: ${inkOn(colour)};`;

/** The style of a page, with a colour that somebody wishes: as it is, or as near to it as can be read. */
export function styleWith(colour: string | null): string {
  if (colour === null) return PAGE_STYLE;
  const day = accent(readableColour(colour, CARD, '#000000'));
  const dark = accent(readableColour(colour, DARK_CARD, '#ffffff'));
  return `${PAGE_STYLE}:root { ${day} }\n@media (prefers-color-scheme: dark) { :root { ${dark} } }\n`;
}

/** A page, and what in it the policy has to know of. */
export interface LinkPage {
  readonly html: string;
  readonly style: string;
  readonly hasLogo: boolean;
}

/** What a page may do: show itself, with a logo if it has one, and send its own form back to where it came from. */
export function policyOf({ style, hasLogo }: LinkPage, formAction: 'self' | 'none' = 'self'): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const images = hasLogo ? ' img-src data:;' : '';
  const action = `'${formAction}'`;
  return `default-src 'none'; style-src 'sha256-${hash}';${images} form-action ${action}; base-uri 'none'; frame-ancestors 'none'`;
}
