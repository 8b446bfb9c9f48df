import Screen, { definitionText } from 'di/screen';
import { call, pathOf } from 'di/api';
import { connectionChoices } from 'di/choices';
import { fill, labels, optionsOf } from 'di/labels';
import { formatMoment } from 'di/format';
import { describedFields, fieldOptions, objectOptions } from 'di/orgObjects';
import { go } from 'di/route';
import { endpoint } from 'di/session';

/** What a new action is like until somebody says otherwise. */
const BLANK = {
  object: 'Contact',
  operation: 'upsert',
  matchers: [{ field: 'Email', path: 'email' }],
  matcherOperator: 'OR',
  mapping: [{ field: 'LastName', path: 'last_name' }],
  allowDuplicates: false,
  trigger: { on: 'api' },
};

/** In the place of a field: each member of the object goes to the field of its name. */
const EVERY_MEMBER = '*';

/** An action, new or known: what it does to which records and when, whether it is at work, and what became of its items. */
export default class ActionScreen extends Screen {
  action = null;
  /** As it is stored; what is typed since is in the draft and in its lists. */
  definition = null;
  connections = [];
  sources = [];
  /** Objects that can be chosen, and whether somebody named them. */
  objects = { isKnown: false, options: [] };
  /** Fields of the object; null where nobody has described it. */
  described = null;

  /** Null for a new one. */
  get id() {
    return this.route.params.action ?? null;
  }

  /** @returns {readonly ['actions', string]} */
  get path() {
    return ['actions', this.id];
  }

  async load() {
    const [{ connections }, sources, action] = await Promise.all([
      call('GET', pathOf('connections')),
      this.may('connections:read') ? call('GET', pathOf('sources')) : { sources: [] },
      this.id === null ? null : call('GET', pathOf(...this.path)),
    ]);
    this.connections = connections.filter(
      ({ id, status }) => status === 'active' || id === action?.connection,
    );
    this.sources = sources.sources;
    this.show(action);
    await this.lookUp();
  }

  /** What can be chosen from. */
  async lookUp() {
    const { connection, object } = this.draft;
    if (!connection || !this.may('transfers:read')) return;
    [this.objects, this.described] = await Promise.all([
      objectOptions(connection),
      object ? describedFields(connection, object) : null,
    ]);
  }

  get isObjectUnknown() {
    return !this.objects.isKnown;
  }

  get matcherOptions() {
    return fieldOptions(this.described, { isMeant: ({ isFilterable }) => isFilterable !== false });
  }

  get writtenOptions() {
    const fields = fieldOptions(this.described, {
      isMeant: ({ isCreatable, isUpdatable }) => isCreatable !== false || isUpdatable !== false,
    });
    // Where the fields are not known, any name can be typed.
    const everyMember = { value: EVERY_MEMBER, label: labels.recordActions.everyMember };
    return fields.length === 0 ? fields : [...fields, everyMember];
  }

  async handlePlace(event) {
    this.handleDraft(event);
    await this.attempt(() => this.lookUp());
  }

  show(action) {
    this.action = action;
    this.definition = action?.definition ?? BLANK;
    const { trigger, object, operation, matcherOperator, allowDuplicates } = this.definition;
    this.draft = {
      name: action?.name ?? '',
      connection: action?.connection ?? this.connections[0]?.id ?? '',
      ...{ object, operation, matcherOperator, allowDuplicates, on: trigger.on },
      ...{ type: trigger.type ?? 'identify', event: trigger.event ?? '', source: trigger.source ?? '' },
    };
  }

  get heading() {
    return this.action?.name ?? (this.id ? labels.recordActions.one : labels.recordActions.create);
  }

  get hint() {
    if (!this.action) return this.id ? '' : labels.recordActions.createHint;
    return `${this.action.project} · ${labels.recordActions.statuses[this.action.status]}`;
  }

  get isChangeable() {
    return this.may('deliveries:write');
  }

  get isStatusOffered() {
    return this.action !== null && this.isChangeable;
  }

  get isActive() {
    return this.action?.status === 'active';
  }

  /** What is at work is paused before it is changed. */
  get isReadOnly() {
    return this.isActive || !this.isChangeable;
  }

  get isConnectionFixed() {
    return this.isReadOnly || this.id !== null;
  }

  get isSaveDisabled() {
    return this.isBusy || this.isReadOnly;
  }

  get saveLabel() {
    return this.id === null ? labels.transfers.saveDraft : labels.action.save;
  }

  get heldText() {
    const { held } = this.action ?? {};
    return held ? fill(labels.sources.held, held.reason, formatMoment(held.until)) : '';
  }

  /** Where programs call it. */
  get address() {
    if (this.action?.definition.trigger.on !== 'api') return '';
    return `POST ${endpoint()}/v1/actions/${this.id}`;
  }

  get hasMatchers() {
    return this.draft.operation !== 'create';
  }

  get hasMapping() {
    return this.draft.operation !== 'delete';
  }

  get isOnEvent() {
    return this.draft.on === 'event';
  }

  get isTrack() {
    return this.draft.type === 'track';
  }

  get connectionOptions() {
    return connectionChoices(this.connections);
  }

  get sourceOptions() {
    const { project } = this.connections.find(({ id }) => id === this.draft.connection) ?? {};
    return [
      { value: '', label: labels.recordActions.anySource },
      ...this.sources
        .filter((source) => source.project === project)
        .map(({ id, name }) => ({ value: id, label: name })),
    ];
  }

  get operationOptions() {
    return optionsOf(labels.recordActions.operations);
  }

  get occasionOptions() {
    return optionsOf(labels.recordActions.occasions);
  }

  get typeOptions() {
    return optionsOf(labels.recordActions.eventTypes);
  }

  get operatorOptions() {
    return optionsOf(labels.recordActions.operators);
  }

  /** The definition as the form has it now. */
  get asked() {
    const { object, operation, matcherOperator, allowDuplicates } = this.draft;
    const part = (name) => this.template.querySelector(`[data-part=${name}]`)?.entries ?? [];
    return {
      ...{ object: object.trim(), operation, matcherOperator, allowDuplicates },
      matchers: part('matchers'),
      mapping: part('mapping'),
      trigger: this.askedTrigger,
    };
  }

  get askedTrigger() {
    const { on, type, event, source } = this.draft;
    // What the form does not show of the same occasion stays.
    if (on !== 'event') return { ...(this.definition.trigger.on === on && this.definition.trigger), on };
    const name = event.trim();
    return {
      on,
      type,
      ...(this.isTrack && name !== '' && { event: name }),
      ...(source !== '' && { source }),
    };
  }

  /** What the API is told of an action that is there. */
  get askedChange() {
    return { name: this.draft.name, ...this.asked };
  }

  async handleSave() {
    if (!this.isFilled()) return;
    const { name, connection } = this.draft;
    await this.attempt(async () => {
      if (this.id === null) {
        const { id } = await call('POST', pathOf('actions'), { name, connection, ...this.asked });
        go('recordActions', id);
      } else {
        await call('PUT', pathOf(...this.path), this.askedChange);
        await this.load();
      }
    }, labels.recordActions.saved);
  }

  /** What is activated is what is on the screen. */
  async handleActivate() {
    if (!this.isFilled()) return;
    const stored = { name: this.action.name, ...this.action.definition };
    await this.attempt(async () => {
      if (definitionText(this.askedChange) !== definitionText(stored))
        await call('PUT', pathOf(...this.path), this.askedChange);
      await call('POST', pathOf(...this.path, 'activate'));
      await this.load();
    }, labels.recordActions.activated);
  }

  async handlePause() {
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, 'pause'));
      await this.load();
    }, labels.recordActions.paused);
  }

  async handleEnd() {
    await this.attempt(async () => {
      await call('DELETE', pathOf(...this.path));
      go('recordActions');
    }, labels.recordActions.ended);
  }
}
