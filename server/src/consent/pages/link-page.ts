import type { LinkVisit, PersonalOptIn } from '../links.ts';
import { Html, html } from '../../http/html.ts';
import { translated } from '../opt-ins.ts';
import { styleWith, type LinkPage } from './page-style.ts';
import { fill, masked, momentText, replaced, textsIn, type Texts } from './texts.ts';

/** What was done before the page is shown; null where somebody just came. */
export type Deed = 'unsubscribed' | 'undone' | 'all-off' | 'all-undone' | 'saved' | 'confirmed' | null;

/** What a page is made of. */
export interface PageInput {
  readonly visit: LinkVisit;
  readonly language: string;
  readonly deed: Deed;
  readonly now: Date;
  /** Somebody looks at what the page will be. */
  readonly isPreview?: boolean;
}

interface Words {
  readonly texts: Texts;
  readonly values: Readonly<Record<string, string>>;
}

/** The page of a link, as it stands now. */
export function linkPage({ visit: met, ...given }: PageInput): LinkPage {
  const { language } = given;
  const visit = inLanguage(met, language);
  const input = { ...given, visit };
  const words = wordsOf(input);
  const body =
    visit.claims.purpose === 'preferences'
      ? preferencesBody(input, words)
      : visit.claims.purpose === 'confirmation'
        ? confirmationBody(input, words)
        : unsubscribeBody(input, words);
  return page(input, body);
}

/** What everybody sees whose link leads nowhere, whatever is wrong with it. */
export function brokenLinkPage(language: string): LinkPage {
  const texts = textsIn(language);
  return page(
    { language, visit: null },
    { title: texts.brokenLink, content: html`<p>${texts.brokenLinkHint}</p>` },
  );
}

/** The question that a person who came by the link answers: it is part of the proof. */
export function questionOf(visit: LinkVisit, language: string): string {
  const asked = inLanguage(visit, language);
  const { texts, values } = wordsOf({ visit: asked, language, deed: null, now: new Date(0) });
  switch (visit.claims.purpose) {
    case 'unsubscribe':
      return fill(
        visit.claims.optInId === null ? texts.unsubscribeAllQuestion : texts.unsubscribeQuestion,
        values,
      );
    case 'confirmation':
      return fill(texts.confirmQuestion, values);
    case 'preferences':
      return fill(texts.preferencesFor, values);
  }
}

/** Who the mails are from, as the page says it. */
function senderOf({ branding, project }: LinkVisit): string {
  return branding.name || project.name;
}

function inLanguage(visit: LinkVisit, language: string): LinkVisit {
  const translatedAll = (optIns: LinkVisit['optIns']): LinkVisit['optIns'] =>
    optIns.map((optIn) => translated(optIn, language));
  const everything = translatedAll(visit.everything);
  // The same ones, where a page asks which of all are among those of the link.
  const optIns = everything.filter(({ id }) => visit.optIns.some((optIn) => optIn.id === id));
  return { ...visit, everything, optIns };
}

interface Body {
  readonly title: string;
  readonly content: Html;
}

function wordsOf({ visit, language, deed, now }: PageInput): Words {
  const texts = textsIn(language);
  const { person, optIns, claims } = visit;
  const sender = senderOf(visit);
  const isOfAll = claims.optInId === null || deed === 'all-off' || deed === 'all-undone';
  return {
    texts,
    values: {
      who: person.address === null ? texts.thisAddress : masked(person.address),
      what: isOfAll
        ? replaced(texts.allMessages, { project: sender })
        : replaced(texts.quoted, { name: optIns[0]?.name ?? '' }),
      project: sender,
      when: momentText(now, language),
    },
  };
}

const isOn = ({ status }: PersonalOptIn): boolean => status === 'granted' || status === 'pending';
const isOff = ({ status, isContradicted }: PersonalOptIn): boolean =>
  status === 'withdrawn' && !isContradicted;

function unsubscribeBody({ visit, language, deed }: PageInput, { texts, values }: Words): Body {
  if (deed === 'unsubscribed' || deed === 'all-off')
    return {
      title: texts.unsubscribed,
      content: html`<p class="done" role="status">${fill(texts.unsubscribedAt, values)}</p>
        <form method="post">
          <p class="soft">${texts.undoQuestion}</p>
          <button class="plain" name="action" value="${deed === 'all-off' ? 'undo-all' : 'undo'}">
            ${texts.undoButton}
          </button>
        </form>
        ${othersOf(visit, texts, values)}`,
    };
  if (deed === 'undone' || deed === 'all-undone') {
    const isNothingUndone = (deed === 'undone' ? visit.optIns : visit.everything).every(isOff);
    return isNothingUndone
      ? {
          title: texts.unsubscribed,
          content: html`<p role="status">${fill(texts.nothingUndone, values)}</p>`,
        }
      : {
          title: texts.undone,
          content: html`<p class="done" role="status">${fill(texts.undoneAt, values)}</p>`,
        };
  }
  if (visit.optIns.every(isOff))
    return {
      title: texts.unsubscribed,
      content: html`<p>${fill(texts.alreadyUnsubscribed, values)}</p>
        ${othersOf(visit, texts, values)}`,
    };
  return {
    title: texts.unsubscribe,
    content: html`<p>${questionOf(visit, language)}</p>
      <form method="post">
        <button name="action" value="unsubscribe">${texts.unsubscribeButton}</button>
      </form>
      ${othersOf(visit, texts, values)}`,
  };
}

/** Who unsubscribes from one thing may want none of the others either. */
function othersOf({ optIns, everything }: LinkVisit, texts: Texts, values: Words['values']): Html | null {
  if (!everything.some((optIn) => isOn(optIn) && !optIns.includes(optIn))) return null;
  return html`<form method="post">
    <p class="soft">${fill(texts.othersRemain, values)}</p>
    <button class="plain" name="action" value="all-off">${texts.allOffButton}</button>
  </form>`;
}

function confirmationBody({ visit, language, deed, now }: PageInput, { texts, values }: Words): Body {
  const [optIn] = visit.optIns;
  if (optIn?.status === 'granted')
    return {
      title: texts.confirmed,
      content:
        deed === 'confirmed'
          ? html`<p class="done" role="status">${fill(texts.confirmedAt, values)}</p>`
          : html`<p>${fill(texts.receives, values)}</p>`,
    };
  const isLate = optIn?.status === 'pending' && optIn.pendingUntil !== null && optIn.pendingUntil < now;
  if (optIn?.status !== 'pending' || isLate)
    return {
      title: texts.unconfirmed,
      content: html`<p>${fill(isLate ? texts.confirmExpired : texts.confirmNothing, values)}</p>`,
    };
  return {
    title: texts.confirm,
    content: html`<p>${questionOf(visit, language)}</p>
      <form method="post">
        <button name="action" value="confirm">${texts.confirmButton}</button>
      </form>`,
  };
}

function preferencesBody({ visit, language, deed }: PageInput, { texts, values }: Words): Body {
  const open = visit.optIns.filter((optIn) => !optIn.isArchived);
  const boxes = open.map((optIn) => {
    const hint = optIn.status === 'pending' ? texts.pendingHint : optIn.description;
    return html`<label
      ><input type="checkbox" name="optIn" value="${optIn.code}" ${isOn(optIn) ? html`checked` : null} /><span
        >${optIn.name}${hint === '' ? null : html`<small>${hint}</small>`}</span
      ></label
    >`;
  });
  const done = deed === 'saved' ? texts.savedAt : deed === 'all-off' ? texts.unsubscribedAt : null;
  const choices =
    boxes.length === 0
      ? html`<p>${texts.noOptIns}</p>`
      : html`<form method="post">
          <fieldset>
            <legend>${texts.preferencesLegend}</legend>
            ${boxes}
          </fieldset>
          <button name="action" value="save">${texts.saveButton}</button>
        </form>`;
  const allOff = visit.everything.every(isOff)
    ? null
    : html`<form method="post">
        <button class="plain" name="action" value="all-off">${texts.allOffButton}</button>
      </form>`;
  return {
    title: texts.preferences,
    content: html`<p>${questionOf(visit, language)}</p>
      ${done === null ? null : html`<p class="done" role="status">${fill(done, values)}</p>`} ${choices}
      ${allOff}`,
  };
}

interface Frame {
  readonly language: string;
  /** Null where the link leads to nobody. */
  readonly visit: LinkVisit | null;
  readonly isPreview?: boolean;
}

function page({ language, visit, isPreview = false }: Frame, { title, content }: Body): LinkPage {
  const branding = visit?.branding ?? null;
  const style = styleWith(branding?.colour ?? null);
  const own = branding?.texts[language];
  const whole = html`<html lang="${language}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex, nofollow" />
      <title>${title}</title>
      ${new Html(`<style>${style}</style>`)}
    </head>
    <body>
      <main>
        ${isPreview ? html`<p class="preview">${textsIn(language).preview}</p>` : null}
        ${visit === null ? null : headOf(visit)}
        <h1>${title}</h1>
        ${paragraph('intro', own?.intro)} ${content}
        ${own?.footer ? html`<footer>${own.footer}</footer>` : null}
      </main>
    </body>
  </html>`;
  const hasLogo = branding !== null && branding.logo !== null;
  return { html: `<!doctype html>\n${whole.text}\n`, style, hasLogo };
}

function paragraph(kind: string, text: string | undefined): Html | null {
  return text ? html`<p class="${kind}">${text}</p>` : null;
}

function headOf(visit: LinkVisit): Html {
  const sender = senderOf(visit);
  const { logo } = visit.branding;
  return html`<header>
    ${logo === null ? null : html`<img class="logo" src="${logo}" alt="" />`}
    <p class="project">${sender}</p>
  </header>`;
}
