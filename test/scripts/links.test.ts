import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const NOT_OURS = new Set(['node_modules', 'build', 'data', 'coverage']);

/** Every page of the repository, from its root. */
const PAGES = pagesIn('.');

function pagesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory())
      return NOT_OURS.has(entry.name) || entry.name.startsWith('.') ? [] : pagesIn(name);
    return entry.name.endsWith('.md') ? [name] : [];
  });
}

/** A page without what is code in it, where brackets are no links. */
function proseOf(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8')
    .replace(/^( *)(```|~~~)[^]*?^\1\2/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''));
}

/** Where the links and pictures of a page lead, but for those to other sites. */
function linksOf(page: string): string[] {
  const prose = proseOf(page);
  const inline = [...prose.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const defined = [...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  const html = [...prose.matchAll(/\s(?:href|src)="([^"]+)"/g)];
  return [...inline, ...defined, ...html]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(page).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation} -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** What is wrong with a link of a page; null where it leads somewhere. */
function faultOf(page: string, link: string): string | null {
  const [file = '', anchor = ''] = link.split('#').map(decodeURIComponent);
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, target))) return `${link}: there is no ${target}`;
  if (anchor === '') return null;
  if (statSync(path.join(ROOT, target)).isDirectory() || !target.endsWith('.md'))
    return /^L\d+(-L\d+)?$/.test(anchor) ? null : `${link}: ${target} has no headings`;
  return anchorsOf(target).has(anchor) ? null : `${link}: ${target} has no heading of this name`;
}

describe('the links of', () => {
  it.each(PAGES)('%s lead to what is there', (page) => {
    const faults = linksOf(page).map((link) => faultOf(page, link));
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it('README.md are found at all', () => {
    expect(linksOf('README.md').length).toBeGreaterThan(10);
  });
});
