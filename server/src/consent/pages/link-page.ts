import type { LinkVisit, PersonalOptIn } from '../links.ts';
import { Html, html } from '../../http/html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { fill, masked, momentText, replaced, TEXTS, type PageLanguage, type Texts } from './texts.ts';

/** What was done before the page is shown; null where somebody just came. */
export type Deed = 'unsubscribed' | 'undone' | 'all-off' | 'all-undone' | 'saved' | 'confirmed' | null;

/** What a page is made of. */
export interface PageInput {
  readonly visit: LinkVisit;
  readonly language: PageLanguage;
  readonly deed: Deed;
  readonly now: Date;
}

interface Words {
  readonly texts: Texts;
  readonly values: Readonly<Record<string, string>>;
}

/** The page of a link, as it stands now. */
export function linkPage(input: PageInput): string {
  const { visit, language } = input;
  const words = wordsOf(input);
  const body =
    visit.claims.purpose === 'preferences'
      ? preferencesBody(input, words)
      : visit.claims.purpose === 'confirmation'
        ? confirmationBody(input, words)
        : unsubscribeBody(input, words);
  return page(language, visit.project.name, body);
}

/** What everybody sees whose link leads nowhere, whatever is wrong with it. */
export function brokenLinkPage(language: PageLanguage): string {
  const texts = TEXTS[language];
  return page(language, null, { title: texts.brokenLink, content: html`<p>${texts.brokenLinkHint}</p>` });
}

/** The question that a person who came by the link answers: it is part of the proof. */
export function questionOf(visit: LinkVisit, language: PageLanguage): string {
  const { texts, values } = wordsOf({ visit, language, deed: null, now: new Date(0) });
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

interface Body {
  readonly title: string;
  readonly content: Html;
}

function wordsOf({ visit, language, deed, now }: PageInput): Words {
  const texts = TEXTS[language];
  const { person, optIns, claims, project } = visit;
  const isOfAll = claims.optInId === null || deed === 'all-off' || deed === 'all-undone';
  return {
    texts,
    values: {
      who: person.address === null ? texts.thisAddress : masked(person.address),
      what: isOfAll
        ? replaced(texts.allMessages, { project: project.name })
        : replaced(texts.quoted, { name: optIns[0]?.name ?? '' }),
      project: project.name,
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

const STYLE = new Html(`<style>${PAGE_STYLE}</style>`);

function page(language: PageLanguage, project: string | null, { title, content }: Body): string {
  const whole = html`<html lang="${language}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex, nofollow" />
      <title>${title}</title>
      ${STYLE}
    </head>
    <body>
      <main>
        ${project === null ? null : html`<p class="project">${project}</p>`}
        <h1>${title}</h1>
        ${content}
      </main>
    </body>
  </html>`;
  return `<!doctype html>\n${whole.text}\n`;
}
