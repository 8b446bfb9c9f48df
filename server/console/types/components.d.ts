// What the console's templates hold beside elements of HTML, and what it tells itself.

/** Salesforce's base components, and ours, as a template finds them. */
interface Element {
  value: any;
  entries: any;
  reportValidity(): boolean;
}

interface WindowEventMap {
  'di-told': CustomEvent<{ message: string }>;
  'di-attention': CustomEvent<Record<string, number>>;
}
