export const sentences = {
  'deployments.opt-in-archived': 'L’opt-in {optIn} est archivé : restaurez-le, ou laissez-le de côté.',
  'deployments.running': 'Le déploiement {deployment} de {object} est en cours. Attendez sa fin.',
  'deployments.no-trigger': '{object} ne peut pas avoir de déclencheur.',
  'deployments.trigger-needed': '{count} transferts actifs de {object} ont besoin du déclencheur.',
};
