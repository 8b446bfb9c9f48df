/** Which of several records with one primary key fills the row. */
export const RIVAL_RULES = ['latest-change', 'first-come', 'oldest-record'] as const;
export type RivalRule = (typeof RIVAL_RULES)[number];
