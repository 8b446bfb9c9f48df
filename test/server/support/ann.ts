import request from 'supertest';
import { keepObject } from '../../../server/src/salesforce/org-objects.ts';
import { changeConsent, consentOf, createOptIn } from './consent.ts';
import { activeIntegration, type Ground } from './delivery-scene.ts';
import { setStage, type DeliveryStage } from './delivery-stage.ts';
import { orgField, type OrgDouble } from './org-double.ts';
import { admin, authorizedToken, postBatch, rowsOf, type Scene } from './test-server.ts';

export const EMAIL = 'ann@example.com';
export const BY_EMAIL = { by: 'lookup', field: 'Email', column: 'email' };
/** `Active__c` stands for HasOptedOutOfEmail: the scene's transfer maps it to a column, and the integration writes it. */
export const OPT_OUT = { optIn: null, field: 'Active__c', trueWhen: 'withdrawn', goesBack: false };

/** One person whom a project and an org know, and what is said of her on either side. */
export class Ann {
  readonly stage: DeliveryStage;
  readonly scene: Scene;
  readonly ground: Ground;
  readonly org: OrgDouble;
  readonly #token: string;
  /** The org's clock: as Salesforce does, it counts versions in whole seconds. */
  #now = Math.floor(Date.now() / 1000) - 3600;

  private constructor(
    stage: DeliveryStage,
    { scene, ground, org }: { scene: Scene; ground: Ground; org: OrgDouble },
    token: string,
  ) {
    this.stage = stage;
    this.scene = scene;
    this.ground = ground;
    this.org = org;
    this.#token = token;
    org.clock = () => new Date(this.#now * 1000).toISOString();
  }

  /** A project with the opt-ins news and offers, and an org whose objects have checkboxes for them. */
  static async begin(stage: DeliveryStage): Promise<Ann> {
    const set = await setStage(stage);
    for (const object of ['Contact', 'Lead']) {
      const described = await set.org.describe(object);
      const more = ['Active__c', 'Offers__c'].map((name) =>
        orgField(name, { type: 'boolean', isNillable: false, isDefaultedOnCreate: true }),
      );
      const wider = { ...described, fields: [...described.fields, ...more] };
      set.org.objects.set(object.toLowerCase(), wider);
      await keepObject(stage.server.database.knex, set.scene.connectionId, wider);
    }
    for (const code of ['news', 'offers']) await createOptIn(stage.server, set.scene, code);
    return new Ann(stage, set, await authorizedToken(stage.server, set.scene));
  }

  integrate(optInFields: object[], more: object = {}, object = 'Contact'): Promise<string> {
    return activeIntegration(this.stage.server, this.scene, object, {
      operations: ['consent'],
      optInFields,
      matching: BY_EMAIL,
      ...more,
    });
  }

  /** A record of her address. */
  put(name: string, object = 'Contact'): string {
    return this.org.put(object, {
      ...{ Email: EMAIL, LastName: name, Active__c: false, Offers__c: false, IsConverted: false },
    });
  }

  /** A contact of Salesforce that has a row. */
  async known(): Promise<string> {
    const id = this.put('Ann');
    await this.send(this.read(id));
    return id;
  }

  box(id: string): unknown {
    return this.org.record(id)?.Active__c;
  }

  /** Somebody in Salesforce saves the record. */
  save(id: string, fields: object): void {
    this.#now += 1;
    Object.assign(this.org.record(id) ?? {}, fields, { SystemModstamp: this.org.clock() });
  }

  /** The record as it is read now, for a batch that is sent now or later. */
  read(id: string): unknown[] {
    const { SystemModstamp, Email, LastName, Active__c } = this.org.record(id) ?? {};
    return [id, SystemModstamp, Email, LastName, Active__c];
  }

  async send(...records: unknown[][]): Promise<void> {
    const fields = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Active__c'];
    await postBatch(this.stage.server, this.#token, { fields, upserts: records }).expect(200);
  }

  /** The org tells that a record was deleted. */
  async sendDeleted(id: string): Promise<void> {
    this.#now += 1;
    const deletes = [{ id, at: this.org.clock() }];
    await postBatch(this.stage.server, this.#token, { deletes }).expect(200);
  }

  async row(): Promise<Record<string, unknown> | undefined> {
    return (await rowsOf(this.stage.server, this.scene)).find(({ email }) => email === EMAIL);
  }

  /** What the column of the checkbox says. */
  async column(): Promise<unknown> {
    return (await this.row())?.active;
  }

  /** Sends what is due, a second later. */
  async deliver(): Promise<void> {
    this.#now += 1;
    await this.stage.deliver();
  }

  say(status: string, optIn: string | null): Promise<unknown> {
    return changeConsent(this.stage.server, this.scene, [{ contact: { email: EMAIL }, optIn, status }]);
  }

  async events(): Promise<readonly Record<string, unknown>[]> {
    return (await consentOf(this.stage.server, this.scene, { email: EMAIL })).events;
  }

  /** The path of an unsubscribe link. */
  async link(optIn: string | null = null): Promise<string> {
    const { server } = this.stage;
    const made = await admin(server, 'post', `/v1/admin/projects/${this.scene.project}/consent/links`)
      .send({ purpose: 'unsubscribe', optIn, contacts: [{ email: EMAIL }] })
      .expect(200);
    const { links } = made.body as { links: { url: string }[] };
    return new URL(links[0]?.url ?? '').pathname;
  }

  async clickUnsubscribe(optIn: string | null = null): Promise<void> {
    await request(this.stage.server.app)
      .post(await this.link(optIn))
      .type('form')
      .send('List-Unsubscribe=One-Click')
      .expect(200);
  }
}
