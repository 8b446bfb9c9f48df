import Screen from 'di/screen';
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

  get hasRows() {
    return this.transfers?.length > 0;
  }

  get rows() {
    return this.transfers.map((transfer) => {
      const connection = this.connections.find(({ id }) => id === transfer.connection);
      return {
        ...transfer,
        link: linkTo('transfers', transfer.id),
        connectionName: connection ? `${connection.name} (${connection.project})` : '',
        fieldCount: transfer.mapping.length,
        statusText: labels.transfers.statuses[transfer.status],
      };
    });
  }
}
