import Screen from 'di/screen';
import { LEVELS_OF_SWITCHED, switchAll, switches } from 'di/switches';
import { call, pathOf } from 'di/api';
import { labels } from 'di/labels';
import { linkTo } from 'di/route';

/** Transfers of Salesforce objects into tables. */
export default class TransfersScreen extends Screen {
  transfers = null;
  connections = [];

  async load() {
    const [{ transfers }, { connections }] = await Promise.all([
      call('GET', pathOf('transfers')),
      call('GET', pathOf('connections')),
    ]);
    this.transfers = transfers;
    this.connections = connections;
  }

  get isNewOffered() {
    return this.connections.some(({ status }) => status === 'active') && this.may('transfers:write');
  }

  get isEmpty() {
    return this.transfers?.length === 0;
  }

  /** Without any transfer, the screen is the form of the first one. */
  get isFirstMade() {
    return this.isEmpty && this.isNewOffered;
  }

  get hasRows() {
    return this.transfers?.length > 0;
  }

  get columns() {
    return [
      { name: 'object', label: labels.transfers.object, isFilter: true },
      { name: 'table', label: labels.transfers.table },
      { name: 'connectionName', label: labels.transfers.connection, isFilter: true },
      { name: 'fieldCount', label: labels.transfers.fields, kind: 'number' },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
    ];
  }

  get bulk() {
    return this.may('transfers:write') ? switches() : [];
  }

  get rows() {
    return this.transfers.map(({ id, object, table, status, mapping, connection }) => ({
      ...{ key: id, object, table, state: status, fieldCount: mapping.length },
      link: linkTo('transfers', id),
      connectionName: this.nameOf(connection),
      status: { text: labels.transfers.statuses[status], level: LEVELS_OF_SWITCHED[status] },
    }));
  }

  nameOf(id) {
    const connection = this.connections.find((each) => each.id === id);
    return connection ? `${connection.name} (${connection.project})` : '';
  }

  handleBulk(event) {
    return switchAll(this, 'transfers', event.detail);
  }
}
