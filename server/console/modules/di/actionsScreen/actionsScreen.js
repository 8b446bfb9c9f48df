import Screen from 'di/screen';
import { LEVELS_OF_SWITCHED } from 'di/switches';
import { call, pathOf } from 'di/api';
import { labels } from 'di/labels';
import { linkTo } from 'di/route';

/** Actions: what is done to records of an org when something happens. */
export default class ActionsScreen extends Screen {
  actions = null;
  connections = [];

  async load() {
    const [{ actions }, { connections }] = await Promise.all([
      call('GET', pathOf('actions')),
      call('GET', pathOf('connections')),
    ]);
    this.connections = connections;
    this.actions = actions;
  }

  get isNewOffered() {
    return this.connections.some(({ status }) => status === 'active') && this.may('deliveries:write');
  }

  get isEmpty() {
    return this.actions.length === 0;
  }

  get columns() {
    return [
      { name: 'name', label: labels.name },
      { name: 'whatText', label: labels.recordActions.operation },
      { name: 'occasionText', label: labels.recordActions.when },
      { name: 'project', label: labels.health.project, isFilter: true },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
      { name: 'held', label: labels.list.held },
    ];
  }

  get rows() {
    return this.actions.map(({ id, name, project, status, held, definition }) => ({
      key: id,
      mark: status,
      link: linkTo('recordActions', id),
      name,
      project,
      whatText: `${labels.recordActions.operations[definition.operation]} · ${definition.object}`,
      occasionText: labels.recordActions.occasions[definition.trigger.on],
      status: { text: labels.recordActions.statuses[status], level: LEVELS_OF_SWITCHED[status] },
      held: held?.reason ?? '',
    }));
  }
}
