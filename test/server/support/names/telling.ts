import { expect } from 'vitest';
import { admin, postBatch, type BatchInput } from '../test-server.ts';
import { OTHER, type NamedScene } from './named-scene.ts';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** What was answered, step by step, with columns by their places: the same whatever they are called. */
export type Told = readonly (readonly [step: string, answer: unknown])[];

/** Does things in a scene, and keeps what was answered. */
export class Telling {
  readonly named: NamedScene;
  readonly told: [string, unknown][] = [];
  readonly #expected: Told | null;

  /** @param expected what each step has to answer */
  constructor(named: NamedScene, expected: Told | null) {
    this.named = named;
    this.#expected = expected;
  }

  tell(step: string, ...answer: unknown[]): void {
    if (answer[0] === 500) throw new Error(`${step}: the server failed.`);
    this.told.push([step, answer]);
    const names = this.named.contacts.names.slice(0, 30).join(', ');
    if (this.#expected !== null)
      expect([step, answer], `a table of ${names}, …`).toEqual(this.#expected[this.told.length - 1]);
  }

  async batch(step: string, batch: BatchInput): Promise<void> {
    const { stage, token, contacts, scene } = this.named;
    const fields = ['Id', 'SystemModstamp', ...contacts.fields];
    const answer = await postBatch(
      stage.server,
      token,
      { fields, ...batch },
      { key: `${scene.project}-${step.replaceAll(' ', '-')}` },
    );
    const { rejected, ...counts } = answer.body as { rejected?: readonly Rejected[] };
    const refused = rejected?.map(({ id, code, field }) => [id, code, contacts.fields.indexOf(field ?? '')]);
    this.tell(step, answer.status, counts, refused);
  }

  async call(method: 'get' | 'post' | 'patch' | 'delete', path: string, body: object = {}): Promise<Answer> {
    const { stage, scene } = this.named;
    const answer = await admin(stage.server, method, `/v1/admin/projects/${scene.project}${path}`).send(body);
    return { status: answer.status, body: answer.body as Answer['body'], text: answer.text };
  }

  /** What became of each row of a write. */
  async write(step: string, method: 'post' | 'delete', path: string, body: object): Promise<void> {
    const { status, body: answered } = await this.call(method, `/tables/Contact/rows${path}`, body);
    const results = (answered.results ?? []) as readonly Rejected[];
    const outcomes = results.map(({ outcome, code, column }) => [
      outcome,
      code,
      this.named.contacts.placeOf(column),
    ]);
    this.tell(step, status, outcomes);
  }

  /** All rows, in the order of their keys. */
  async list(step: string, table = 'Contact'): Promise<void> {
    const { status, body } = await this.call('get', `/tables/${table}/rows?limit=1000&count=true`);
    const rows = (body.rows ?? []) as readonly Readonly<Record<string, unknown>>[];
    const { contacts, other } = this.named;
    const shape = table === OTHER ? other : contacts;
    this.tell(
      step,
      status,
      body.count,
      rows.map((row) => shape.byPlace(row)),
    );
  }
}

interface Rejected {
  readonly id?: string | null;
  readonly outcome?: string;
  readonly code?: string;
  readonly field?: string | null;
  readonly column?: string | null;
}
