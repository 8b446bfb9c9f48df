import { PlatformObject } from '../values/instance.ts';
import type { ApexSet } from '../values/collections.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import { platformClass } from '../library/registry.ts';
import { current } from './transaction.ts';

/** A custom notification as those who were named got it. */
export interface SentNotification {
  readonly typeId: string;
  readonly title: string;
  readonly body: string;
  readonly targetId: string | null;
  readonly recipients: readonly string[];
}

/** Users that one notification may name. (Apex Reference Guide, CustomNotification.send.) */
const MOST_RECIPIENTS = 500;

class CustomNotification extends PlatformObject {
  typeId: string | null = null;
  title: string | null = null;
  body: string | null = null;
  targetId: string | null = null;
  targetPage: string | null = null;
  constructor() {
    super('Messaging.CustomNotification');
  }

  send(users: ApexSet | null): void {
    const { org } = current();
    const recipients = [...(users ?? throwNull())].map(String);
    const { typeId, title, body, targetId } = this;
    if (typeId === null || org.store.get('CustomNotificationType', typeId) === undefined)
      return refuse('Notification type ID is missing or invalid.');
    if (title === null || body === null) return refuse('Notification title and body are required.');
    if (targetId === null && this.targetPage === null)
      return refuse('Notification target ID or target page reference is required.');
    if (recipients.length === 0 || recipients.length > MOST_RECIPIENTS)
      return refuse(`Notification needs 1 to ${MOST_RECIPIENTS} recipients.`);
    org.notifications.push({ typeId, title, body, targetId, recipients });
  }
}

function refuse(message: string): never {
  throwPlatform('System.IllegalArgumentException', message);
}

platformClass({
  name: 'Messaging.CustomNotification',
  constructors: { 'new/0': () => new CustomNotification() },
  methods: {
    'setNotificationTypeId/1': (each: CustomNotification, id: string | null) => {
      each.typeId = id;
    },
    'setTitle/1': (each: CustomNotification, title: string | null) => {
      each.title = title;
    },
    'setBody/1': (each: CustomNotification, body: string | null) => {
      each.body = body;
    },
    'setTargetId/1': (each: CustomNotification, id: string | null) => {
      each.targetId = id;
    },
    'setTargetPageRef/1': (each: CustomNotification, page: string | null) => {
      each.targetPage = page;
    },
    'send/1': (each: CustomNotification, users: ApexSet | null) => {
      each.send(users);
    },
  },
});
