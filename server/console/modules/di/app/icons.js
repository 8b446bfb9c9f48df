// The picture of each place in the menu.

const ICONS = {
  home: 'utility:home',
  health: 'utility:heart',
  activity: 'utility:activity',
  deliveries: 'utility:send',
  alerts: 'utility:notification',
  projects: 'utility:database',
  connections: 'utility:link',
  transfers: 'utility:download',
  pulls: 'utility:refresh',
  integrations: 'utility:upload',
  recordActions: 'utility:flow',
  sources: 'utility:broadcast',
  consent: 'utility:choice',
  persons: 'utility:people',
  imports: 'utility:table',
  users: 'utility:groups',
  keys: 'utility:key',
  audit: 'utility:list',
};

/** The icon of a section. */
export const iconOf = (section) => ICONS[section] ?? 'utility:record';
