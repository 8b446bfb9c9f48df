/** Why nothing is put into an org. */
export const DEPLOYMENT_MESSAGES = {
  'deployments.opt-in-archived': 'The opt-in {optIn} is archived: restore it, or leave it out.',
  'deployments.running': 'Deployment {deployment} of {object} is on its way. Wait for its end.',
  'deployments.no-trigger': '{object} cannot have a trigger.',
  'deployments.trigger-needed': '{count} active transfers of {object} need the trigger.',
} as const;
