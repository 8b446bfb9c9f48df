import { SHOWN_FIELDS, stepsOf, type Facts, type Step } from './travel.ts';

type Values = Readonly<Record<string, unknown>>;

/** One contact that somebody watches: what has been seen of it is kept, since neither side keeps former values. */
export class WatchedContact {
  readonly #optInField: string;
  readonly #steps = new Map<string, Step>();
  #contact: Values | null = null;
  #row: Values | null = null;
  #waiting: ReadonlyMap<string, string> = new Map();

  constructor(optInField: string) {
    this.#optInField = optInField;
  }

  /** Takes what both sides know now; answers every step seen so far, in their order. */
  see(facts: Facts): Step[] {
    const steps = stepsOf(facts);
    for (const step of steps) this.#steps.set(step.key, { ...step, detail: this.#detailOf(step, facts) });
    this.#seeRow(facts);
    this.#seeDeliveries(facts);
    this.#contact = this.shown(facts);
    return [...this.#steps.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  }

  /** The contact's fields that the page shows. */
  shown({ contact }: Facts): Values {
    return Object.fromEntries([...SHOWN_FIELDS, this.#optInField].map((name) => [name, contact[name]]));
  }

  /**
   * A saved contact says what is other than before; a later look at the same save says it still, and what else was saved in the
   * same second: the org tells no finer.
   */
  #detailOf(step: Step, facts: Facts): string {
    const known = this.#steps.get(step.key);
    if (step.place !== 'salesforce') return step.detail;
    const changes = this.#contact === null ? '' : changesText(this.#contact, this.shown(facts));
    return [known?.detail ?? '', changes].filter((part) => part !== '').join(', ');
  }

  #seeRow({ record: { row, history } }: Facts): void {
    const before = this.#row;
    this.#row = row;
    const changes = before === null || row === null ? '' : changesText(before, row);
    if (changes === '') return;
    const [batch] = history;
    const at = batch?.at ?? new Date().toISOString();
    this.#steps.set(`table ${at}`, {
      key: `table ${at}`,
      at,
      place: 'table',
      title: 'Row in the project’s table',
      detail: changes,
    });
  }

  /** A delivery that arrived is deleted: it is over when it is not there any more. */
  #seeDeliveries({ record: { deliveries } }: Facts): void {
    const waiting = new Map(deliveries.map(({ id, name }) => [id, name]));
    for (const [id, name] of this.#waiting)
      if (!waiting.has(id)) {
        const at = new Date().toISOString();
        const title = `Delivery for “${name}” arrived`;
        this.#steps.set(`delivery ${id} over`, {
          key: `delivery ${id} over`,
          at,
          place: 'delivery',
          title,
          detail: 'As Salesforce answered',
        });
      }
    this.#waiting = waiting;
  }
}

/** What differs, before and after; the system's own columns move with every write. */
function changesText(before: Values, after: Values): string {
  return Object.keys(after)
    .filter((name) => !name.startsWith('_') && before[name] !== after[name])
    .map((name) => `${name}: ${valueText(before[name])} → ${valueText(after[name])}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  return typeof value === 'string' ? `“${value}”` : JSON.stringify(value);
}
