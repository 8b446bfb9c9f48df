import Screen from 'di/screen';
import { codeChoices } from 'di/choices';
import { asking, call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { consentEventText, formatMoment } from 'di/format';
import { goToPerson, linkTo } from 'di/route';

const CONTACTS = 'Contact';

/** What people agreed to: one person with the whole ledger, the opt-ins of a project, and the export for an auditor. */
export default class ConsentScreen extends Screen {
  projects = null;
  project = null;
  keyColumns = [];
  optIns = [];
  /** Connections into whose orgs DI can put the fields of opt-ins, of any project. */
  orgs = [];
  /** Tags of the languages that the pages of links speak. */
  languages = [];
  /** Code of the opt-in that is to be granted on the person's behalf. */
  granting = null;
  /** The key of whom was looked up, with what the API knows. */
  person = null;

  async load() {
    const [{ projects }, { connections }] = await Promise.all([
      call('GET', pathOf('projects')),
      this.may('connections:read') ? call('GET', pathOf('connections')) : { connections: [] },
    ]);
    this.orgs = connections.filter(
      ({ status, authorization }) => status === 'active' && authorization === 'authorized',
    );
    this.projects = projects.filter(({ isArchived }) => !isArchived);
    const code = this.route.params.project ?? this.projects[0]?.code;
    if (code) await this.choose(code);
  }

  async choose(code) {
    const [{ tables }, { optIns, languages }] = await Promise.all([
      call('GET', pathOf('projects', code)),
      call('GET', pathOf('projects', code, 'opt-ins')),
    ]);
    this.keyColumns = tables.find((table) => table.code === CONTACTS)?.primaryKey ?? [];
    this.optIns = optIns;
    this.languages = languages;
    this.project = code;
  }

  get isProjectless() {
    return this.projects?.length === 0;
  }

  get isChangeable() {
    return this.may('consent:write');
  }

  get openOptIns() {
    return this.optIns.filter(({ isArchived }) => !isArchived);
  }

  get isListOffered() {
    return this.isChangeable && this.openOptIns.length > 0;
  }

  get hasOpenOptIns() {
    return this.openOptIns.length > 0;
  }

  get fieldLinks() {
    if (this.openOptIns.length === 0) return [];
    return this.orgs
      .filter(({ project }) => project === this.project)
      .map(({ id, name }) => ({
        id,
        link: linkTo('connections', id, 'deployments'),
        label: fill(labels.consent.makeFields, name),
      }));
  }

  get projectOptions() {
    return codeChoices(this.projects);
  }

  get ledgerLink() {
    return pathOf('projects', this.project, 'consent', 'ledger.csv');
  }

  get grantingName() {
    return this.nameOf(this.granting);
  }

  get personName() {
    return Object.values(this.person.key).join(', ');
  }

  get consents() {
    return this.person.consents.map((consent) => {
      const name = this.nameOf(consent.optIn);
      return {
        ...consent,
        name,
        statusText: labels.consent.statuses[consent.status ?? 'never'],
        moment: consent.changedAt ? `(${formatMoment(consent.changedAt)})` : '',
        grantLabel: fill(labels.consent.grantOf, name),
        withdrawLabel: fill(labels.consent.withdrawOf, name),
      };
    });
  }

  nameOf(optIn) {
    return this.optIns.find(({ code }) => code === optIn)?.name ?? optIn;
  }

  get isLedgerEmpty() {
    return this.person.events.length === 0;
  }

  get events() {
    return this.person.events.map((event) => ({
      ...event,
      optIn: this.nameOf(event.optIn),
      what: consentEventText(event),
      where: `${event.source}, ${event.actor.name}`,
      moment: formatMoment(event.occurredAt),
    }));
  }

  async handleProject(event) {
    const code = event.detail.value;
    this.person = null;
    await this.attempt(() => this.choose(code));
  }

  async handleLookUp(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const key = Object.fromEntries(this.keyColumns.map((column) => [column, this.draft[column]]));
    this.person = null;
    await this.attempt(() => this.lookUp(key));
  }

  async lookUp(key) {
    const path = pathOf('projects', this.project, 'consent', 'contact');
    const answer = await call('GET', asking(path, { key: JSON.stringify(key) }));
    this.person = { key, ...answer };
  }

  get isPersonOpenable() {
    return this.may('persons:read');
  }

  handlePerson() {
    goToPerson(this.project, this.person.key);
  }

  handleGrant(event) {
    this.granting = event.target.dataset.optIn;
  }

  handleGrantLeft() {
    this.granting = null;
  }

  async handleGranted(event) {
    await this.record({ optIn: this.granting, status: 'granted', ...event.detail });
  }

  async handleWithdraw(event) {
    this.granting = null;
    await this.record({ optIn: event.target.dataset.optIn, status: 'withdrawn' });
  }

  /** Records what the person said, and shows how they stand then. */
  async record(change) {
    const { key } = this.person;
    await this.attempt(async () => {
      const { results } = await call('POST', pathOf('projects', this.project, 'consent'), {
        changes: [{ contact: key, source: 'console', ...change }],
      });
      const [{ result, message }] = results;
      if (result === 'rejected') throw new Error(message);
      this.granting = null;
      await this.lookUp(key);
    }, labels.consent.recorded);
  }

  async handleOptInsChanged() {
    await this.attempt(() => this.choose(this.project));
  }
}
