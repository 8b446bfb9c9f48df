// What the platform gives components beside Apex.

declare module '@salesforce/label/*' {
  const text: string;
  export default text;
}

declare module '@salesforce/customPermission/*' {
  /** Undefined where the user does not have it. */
  const isGiven: true | undefined;
  export default isGiven;
}

declare module 'lightning/platformShowToastEvent' {
  export class ShowToastEvent extends CustomEvent<unknown> {
    constructor(toast: {
      title: string;
      message?: string;
      variant?: 'info' | 'success' | 'warning' | 'error';
      mode?: 'dismissible' | 'pester' | 'sticky';
    });
  }
}

/** Salesforce's base components, and ours, as a template finds them. */
interface Element {
  value: any;
  reportValidity(): boolean;
  focus(): void;
}

/** A method that answers the same until something changes, and may be wired. */
interface Wired {
  adapter: import('lwc').WireAdapterConstructor;
}
