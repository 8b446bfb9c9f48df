export const PAGE_LANGUAGES = ['en', 'fr'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

/** What the pages say. Names in braces are filled in. */
export interface Texts {
  readonly unsubscribe: string;
  readonly unsubscribeQuestion: string;
  readonly unsubscribeAllQuestion: string;
  readonly unsubscribeButton: string;
  readonly unsubscribed: string;
  readonly unsubscribedAt: string;
  readonly alreadyUnsubscribed: string;
  readonly othersRemain: string;
  readonly undoQuestion: string;
  readonly undoButton: string;
  readonly undone: string;
  readonly undoneAt: string;
  readonly nothingUndone: string;
  readonly preferences: string;
  readonly preferencesFor: string;
  readonly preferencesLegend: string;
  readonly noOptIns: string;
  readonly pendingHint: string;
  readonly saveButton: string;
  readonly allOffButton: string;
  readonly savedAt: string;
  readonly confirm: string;
  readonly confirmQuestion: string;
  readonly confirmButton: string;
  readonly confirmed: string;
  readonly confirmedAt: string;
  readonly receives: string;
  readonly confirmExpired: string;
  readonly confirmNothing: string;
  readonly unconfirmed: string;
  /** Who, where no address is known. */
  readonly thisAddress: string;
  /** What: one opt-in by its name, or all of them. */
  readonly quoted: string;
  readonly allMessages: string;
  readonly brokenLink: string;
  readonly brokenLinkHint: string;
}

const ENGLISH: Texts = {
  unsubscribe: 'Unsubscribe',
  unsubscribeQuestion: 'Should {who} no longer receive {what} from {project}?',
  unsubscribeAllQuestion: 'Should {who} no longer receive any messages from {project}?',
  unsubscribeButton: 'Unsubscribe',
  unsubscribed: 'You are unsubscribed',
  unsubscribedAt: '{who} no longer receives {what}. This was recorded on {when}.',
  alreadyUnsubscribed: '{who} does not receive {what}. There is nothing left to do.',
  othersRemain: '{project} may still send you other messages.',
  undoQuestion: 'That was a mistake?',
  undoButton: 'Undo, subscribe me again',
  undone: 'You are subscribed again',
  undoneAt: '{who} receives {what} again. This was recorded on {when}.',
  nothingUndone: 'There was nothing to undo: {who} still does not receive {what}.',
  preferences: 'Your choices',
  preferencesFor: 'What {project} may send to {who}.',
  preferencesLegend: 'I would like to receive',
  noOptIns: 'There is nothing to choose at the moment.',
  pendingHint: 'Waiting for your confirmation',
  saveButton: 'Save my choices',
  allOffButton: 'Unsubscribe from everything',
  savedAt: 'Your choices were saved on {when}.',
  confirm: 'Confirm your subscription',
  confirmQuestion: 'Should {who} receive {what} from {project}?',
  confirmButton: 'Yes, confirm',
  confirmed: 'Thank you, you are subscribed',
  confirmedAt: '{who} receives {what}. This was recorded on {when}.',
  receives: '{who} receives {what}.',
  confirmExpired: 'This confirmation came too late. Please subscribe again, and you will get a new link.',
  confirmNothing: 'There is nothing to confirm: {who} does not receive {what}.',
  unconfirmed: 'Not confirmed',
  thisAddress: 'this address',
  quoted: '“{name}”',
  allMessages: 'the messages of {project}',
  brokenLink: 'This link does not work',
  brokenLinkHint:
    'It may be incomplete, or no longer be valid. Open it once more from the message it came in; if that does not help, answer the message, and its sender will unsubscribe you.',
};

const FRENCH: Texts = {
  unsubscribe: 'Se désabonner',
  unsubscribeQuestion: '{who} ne doit plus recevoir {what} de {project} ?',
  unsubscribeAllQuestion: '{who} ne doit plus recevoir aucun message de {project} ?',
  unsubscribeButton: 'Me désabonner',
  unsubscribed: 'Vous êtes désabonné',
  unsubscribedAt: '{who} ne reçoit plus {what}. Enregistré le {when}.',
  alreadyUnsubscribed: '{who} ne reçoit pas {what}. Il n’y a plus rien à faire.',
  othersRemain: '{project} peut encore vous envoyer d’autres messages.',
  undoQuestion: 'C’était une erreur ?',
  undoButton: 'Annuler et me réabonner',
  undone: 'Vous êtes de nouveau abonné',
  undoneAt: '{who} reçoit de nouveau {what}. Enregistré le {when}.',
  nothingUndone: 'Il n’y avait rien à annuler : {who} ne reçoit toujours pas {what}.',
  preferences: 'Vos choix',
  preferencesFor: 'Ce que {project} peut envoyer à {who}.',
  preferencesLegend: 'Je souhaite recevoir',
  noOptIns: 'Il n’y a rien à choisir pour le moment.',
  pendingHint: 'En attente de votre confirmation',
  saveButton: 'Enregistrer mes choix',
  allOffButton: 'Me désabonner de tout',
  savedAt: 'Vos choix ont été enregistrés le {when}.',
  confirm: 'Confirmez votre abonnement',
  confirmQuestion: '{who} souhaite recevoir {what} de {project} ?',
  confirmButton: 'Oui, je confirme',
  confirmed: 'Merci, vous êtes abonné',
  confirmedAt: '{who} reçoit {what}. Enregistré le {when}.',
  receives: '{who} reçoit {what}.',
  confirmExpired:
    'Cette confirmation arrive trop tard. Abonnez-vous de nouveau et vous recevrez un nouveau lien.',
  confirmNothing: 'Il n’y a rien à confirmer : {who} ne reçoit pas {what}.',
  unconfirmed: 'Non confirmé',
  thisAddress: 'cette adresse',
  quoted: '« {name} »',
  allMessages: 'les messages de {project}',
  brokenLink: 'Ce lien ne fonctionne pas',
  brokenLinkHint:
    'Il est peut-être incomplet, ou n’est plus valable. Ouvrez-le encore une fois depuis le message reçu ; si cela ne suffit pas, répondez au message, et son expéditeur vous désabonnera.',
};

export const TEXTS: Readonly<Record<PageLanguage, Texts>> = { en: ENGLISH, fr: FRENCH };

/** Fills names in braces. A sentence starts with a capital letter, an address as it is. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  const filled = replaced(text, values);
  return /^\S+@/.test(filled) ? filled : filled.charAt(0).toUpperCase() + filled.slice(1);
}

/** Fills names in braces of a part of a sentence. */
export function replaced(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
}

/** A moment as people read it, in UTC. */
export function momentText(moment: Date, language: PageLanguage): string {
  const written = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${written.format(moment)} UTC`;
}

/** An address that its owner recognizes and nobody else learns: `a•••@example.com`. */
export function masked(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 1 ? '•••' : `${String.fromCodePoint(address.codePointAt(0) ?? 0)}•••${address.slice(at)}`;
}
