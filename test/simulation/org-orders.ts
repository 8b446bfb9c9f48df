/** What the process of a simulated org is told to do, and what it answers. */
export interface OrgOrders {
  /** The org's clock says so many milliseconds since 1970. */
  readonly time: (now: number) => void;
  /** Where the org is reached, as it tells those who log in. */
  readonly address: (url: string) => void;
  /** Notes what is in the org, to be brought back by `restore`. */
  readonly remember: () => void;
  readonly restore: () => void;
  /** Delivers the events that wait, or runs one job that is due; false where there is neither. */
  readonly step: () => boolean;
  /** Runs Apex as a user; answers what it has printed, or why it was refused. */
  readonly apex: (source: string, userName: string) => ApexOutcome;
  /** Records of an object, deleted ones too, with these fields, in the order of their ids. */
  readonly records: (object: string, fields: readonly string[]) => OrgRecord[];
  readonly fault: (order: object) => void;
  readonly clearFaults: () => void;
  readonly failedJobs: () => number;
}

export type ApexOutcome = { readonly printed: readonly string[] } | { readonly refused: string };
export type OrgRecord = Readonly<Record<string, string | number | boolean | null>>;

export interface OrgOrder {
  readonly id: number;
  readonly name: keyof OrgOrders;
  readonly parameters: readonly unknown[];
}

export type OrgAnswer =
  | { readonly url: string }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
