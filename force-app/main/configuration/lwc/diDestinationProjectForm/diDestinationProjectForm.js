import { api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import saveProject from '@salesforce/apex/DI_DestinationProjectController.saveProject';
import checkEndpoint from '@salesforce/apex/DI_DestinationProjectController.checkEndpoint';
import authorize from '@salesforce/apex/DI_DestinationProjectController.authorize';
import DiBusyElement from 'c/diBusyElement';
import { fillIn } from 'c/diLabelText';
import { labels } from './labels';

const REMOTE_SITES = '/lightning/setup/SecurityRemoteProxy/home';

/**
 * A destination project's name, address and keys. Saving and authorizing are two steps: keys that DI does not take leave a
 * project that can be mended.
 *
 * @fires DiDestinationProjectForm#saved whenever something was written
 * @fires DiDestinationProjectForm#close when the form has done its work or is given up
 */
export default class DiDestinationProjectForm extends DiBusyElement {
  labels = labels;
  remoteSites = REMOTE_SITES;
  name = '';
  endpoint = '';
  keyId = '';
  secret = '';
  /** @type {Apex.DI_EndpointCheck.Result | null} */
  check = null;
  _project = {};

  /** The project to edit; an empty object makes a new one. */
  @api
  get project() {
    return this._project;
  }
  set project(project) {
    this._project = project ?? {};
    this.name = this._project.name ?? '';
    this.endpoint = this._project.endpoint ?? '';
    this.keyId = this._project.keyId ?? '';
    this.secret = '';
    this.check = null;
  }

  get title() {
    return this._project.id ? fillIn(labels.editTitle, this._project.name) : labels.newTitle;
  }

  get isSuspended() {
    return this._project.status === 'Suspended';
  }

  get secretHint() {
    return this._project.hasSecret ? labels.secretKept : labels.secretHelp;
  }

  get isSecretRequired() {
    return !this._project.hasSecret;
  }

  get isMissingRemoteSite() {
    return this.check?.outcome === 'remote-site';
  }

  get checkVariant() {
    return this.check.outcome === 'ok' ? 'success' : 'warning';
  }

  handleChange(event) {
    this[event.target.name] = event.target.value;
    if (event.target.name === 'endpoint') this.check = null;
  }

  async handleCheck() {
    if (!this.isValid('[data-step="address"]')) return;
    await this.work(labels.notSaved, async () => {
      this.check = await checkEndpoint({ endpoint: this.endpoint });
    });
  }

  async handleSave() {
    if (!this.isValid('[data-step="address"]')) return;
    await this.work(labels.notSaved, async () => {
      await this.save();
      this.toast(fillIn(labels.saved, this.name), '', 'success');
      this.dispatchEvent(new CustomEvent('close'));
    });
  }

  async handleAuthorize() {
    if (!this.isValid('[data-step]')) return;
    await this.work(labels.notSaved, async () => {
      await this.save();
      this.errorTitle = labels.notAuthorized;
      this.check = await checkEndpoint({ endpoint: this.endpoint });
      if (this.check.outcome !== 'ok') return;
      await this.authorize();
    });
  }

  handleCancel() {
    this.dispatchEvent(new CustomEvent('close'));
  }

  /** Answers with the id kept: a second try must not make a second project. */
  async save() {
    const id = await saveProject({
      projectId: this._project.id ?? null,
      name: this.name,
      endpoint: this.endpoint,
    });
    this._project = { ...this._project, id, name: this.name, endpoint: this.endpoint };
    this.dispatchEvent(new CustomEvent('saved', { detail: { id } }));
  }

  async authorize() {
    const { project, catalog } = await authorize({
      projectId: this._project.id,
      keyId: this.keyId,
      secret: this.secret,
    });
    const names = catalog.tables.map(({ code }) => code).join(', ');
    this.toast(
      fillIn(labels.authorized, this.name),
      fillIn(labels.authorizedDetail, project.name, names),
      'success',
    );
    this.dispatchEvent(new CustomEvent('saved', { detail: { id: this._project.id } }));
    this.dispatchEvent(new CustomEvent('close'));
  }

  isValid(selector) {
    const inputs = [...this.template.querySelectorAll(`lightning-input${selector}`)];
    const wrong = inputs.filter((input) => !input.reportValidity());
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  toast(title, message, variant) {
    this.dispatchEvent(new ShowToastEvent({ title, message, variant }));
  }
}
