/** Rights that were taken from a user beyond what profile and permission sets say. */
export interface Denial {
  /** User name; null: everybody. */
  readonly user: string | null;
  readonly object: string;
  /** Null: the object itself. */
  readonly field: string | null;
  readonly rights: readonly ('Read' | 'Create' | 'Edit' | 'Delete')[];
}

/** What narrows the rights of users whose profile gives everything: fields nobody was given yet, and denials. */
export class AccessRules {
  /** `contact.di_news__c`: fields that were made by a deployment, which only a permission set or profile opens. */
  readonly ungranted = new Set<string>();
  #denials: readonly Denial[] = [];

  get denials(): readonly Denial[] {
    return this.#denials;
  }

  replace(denials: readonly Denial[]): void {
    this.#denials = denials;
  }

  /** Who may not see something may not change it either. */
  denies(userName: string, object: string, field: string | null, right: Denial['rights'][number]): boolean {
    return this.#denials.some(
      (denial) =>
        (denial.user === null || denial.user === userName) &&
        denial.object.toLowerCase() === object.toLowerCase() &&
        (denial.field === null ? field === null : denial.field.toLowerCase() === field?.toLowerCase()) &&
        (denial.rights.includes(right) || denial.rights.includes('Read')),
    );
  }
}

export const fieldKey = (object: string, field: string): string => `${object}.${field}`.toLowerCase();
