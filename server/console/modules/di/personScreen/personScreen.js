import Screen from 'di/screen';
import { codeChoices } from 'di/choices';
import { asking, call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { formatMoment } from 'di/format';
import { carried } from 'di/route';

/** @type {string} */
const CONTACTS = 'Contact';
const RECEIPTS = 20;

/** One person: found by an address or a key, told apart from others of the address, exported, erased. */
export default class PersonScreen extends Screen {
  projects = null;
  project = null;
  keyColumns = [];
  hasAddresses = false;
  receipts = [];
  /** What was looked up, as the API takes it, and what it found. */
  asked = null;
  contacts = [];
  /** Of several contacts, the keys that are ticked, as JSON. */
  ticked = [];
  /** Who is meant, with what the API found of them alone. */
  meant = null;

  async load() {
    const { projects } = await call('GET', pathOf('projects'));
    this.projects = projects;
    const code = this.route.params.project ?? projects[0]?.code;
    if (!code) return;
    await this.choose(code);
    const key = await this.keyOfRoute();
    if (key) await this.find({ keys: [key] });
  }

  async choose(code) {
    const [{ tables }] = await Promise.all([call('GET', pathOf('projects', code)), this.loadReceipts(code)]);
    const contacts = tables.find((table) => table.code === CONTACTS);
    this.keyColumns = contacts?.primaryKey ?? [];
    this.hasAddresses = contacts?.fields.some(({ type }) => type === 'email') ?? false;
    this.project = code;
  }

  async loadReceipts(code) {
    const { erasures } = await call(
      'GET',
      asking(pathOf('projects', code, 'persons', 'erasures'), { limit: RECEIPTS }),
    );
    this.receipts = erasures;
  }

  /** Who another screen showed: by a record's id, or by a key that is carried in memory, since addresses stay out of URLs. */
  async keyOfRoute() {
    const { record } = this.route.query;
    if (!record) return carried();
    const path = pathOf('projects', this.project, 'tables', CONTACTS, 'records', record);
    const { row } = await call('GET', path);
    return row && Object.fromEntries(this.keyColumns.map((column) => [column, row[column]]));
  }

  async find(who) {
    this.meant = null;
    this.ticked = [];
    this.asked = who;
    const found = await call('POST', pathOf('projects', this.project, 'persons', 'find'), who);
    this.contacts = found.contacts;
    if (found.contacts.length < 2) this.meant = { who, ...found };
  }

  get isProjectless() {
    return this.projects?.length === 0;
  }

  get projectOptions() {
    return codeChoices(this.projects);
  }

  get isChoosing() {
    return this.contacts.length > 1;
  }

  get choosingText() {
    return fill(labels.persons.several, this.contacts.length);
  }

  get isNobodyTicked() {
    return this.isBusy || this.ticked.length === 0;
  }

  get shownContacts() {
    return this.contacts.map((contact) => {
      const id = JSON.stringify(contact.key);
      return { id, text: contactText(contact), isTicked: this.ticked.includes(id) };
    });
  }

  get isReceiptless() {
    return this.receipts.length === 0;
  }

  get shownReceipts() {
    return this.receipts.map(({ id, erasedAt, actor }) => ({
      id,
      text: fill(labels.persons.erasedBy, formatMoment(erasedAt), actor.name),
    }));
  }

  async handleProject(event) {
    const code = event.detail.value;
    this.asked = null;
    this.contacts = [];
    this.meant = null;
    await this.attempt(() => this.choose(code));
  }

  async handleAddress(event) {
    event.preventDefault();
    if (!this.isRight('address')) return;
    await this.attempt(() => this.find({ email: this.draft.address }));
  }

  async handleKey(event) {
    event.preventDefault();
    if (!this.isRight('key')) return;
    const key = Object.fromEntries(this.keyColumns.map((column) => [column, this.draft[`key.${column}`]]));
    await this.attempt(() => this.find({ keys: [key] }));
  }

  get keyInputs() {
    return this.keyColumns.map((column) => ({ column, name: `key.${column}` }));
  }

  isRight(form) {
    const inputs = [...this.template.querySelectorAll(`[data-form="${form}"]`)];
    return inputs.every((input) => input.reportValidity());
  }

  handleTick(event) {
    const { contact } = event.target.dataset;
    const others = this.ticked.filter((id) => id !== contact);
    this.ticked = event.detail.checked ? [...others, contact] : others;
    this.meant = null;
  }

  async handleMeant() {
    const isAll = this.asked.email !== undefined && this.ticked.length === this.contacts.length;
    const who = isAll
      ? { email: this.asked.email, all: true }
      : { keys: this.ticked.map((id) => JSON.parse(id)) };
    await this.attempt(async () => {
      const found = await call('POST', pathOf('projects', this.project, 'persons', 'find'), who);
      this.meant = { who, ...found };
    });
  }

  async handleErased() {
    await this.attempt(() => this.loadReceipts(this.project));
  }
}

function contactText({ key, addresses, hasRow, isArchived }) {
  const keyText = Object.values(key).join(', ');
  const more = addresses.filter((address) => address !== keyText.toLowerCase());
  return [keyText, ...more, isArchived && labels.projects.archived, !hasRow && labels.persons.consentOnly]
    .filter(Boolean)
    .join(' · ');
}
