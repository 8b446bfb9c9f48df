// What the Lightning platform gives to a component, as far as the package's screens ask for it.

import { answers, types } from '/lightning/apex-answers.js';
import { guarded } from '/lightning/known-members.js';

const labels = JSON.parse(document.getElementById('labels').textContent);

export function label(name) {
  return labels[name];
}

/** Whether the user has a custom permission: true, or undefined. */
export function customPermission(name) {
  const permissions = JSON.parse(document.getElementById('permissions')?.textContent ?? '[]');
  return permissions.includes(name) ? true : undefined;
}

/** A call of an @AuraEnabled method, with the adapter that @wire takes. Errors are shaped as the platform's. */
export function apexMethod(className, method) {
  const name = `${className}.${method}`;
  const call = async (parameters) => {
    const response = await fetch(`/local/apex/${className}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(parameters ?? {}),
    });
    const body = await response.json();
    if (!response.ok)
      throw { status: response.status, body: { message: body[0]?.message ?? 'Unknown error' } };
    // Read-only, as what Apex answers is; a member that Apex does not have is told of, and undefined as it would be in an org.
    return guarded(body, answers[name], name, { types, report: console.error, isReadOnly: true });
  };
  call.adapter = adapterOf(call);
  return call;
}

function adapterOf(call) {
  return class {
    constructor(tell) {
      this.tell = tell;
      tell({ data: undefined, error: undefined });
    }
    update(config) {
      // The platform waits until every parameter has a value.
      if (Object.values(config).some((value) => value === undefined)) return;
      call(config).then(
        (data) => this.tell({ data, error: undefined }),
        (error) => this.tell({ data: undefined, error }),
      );
    }
    connect() {}
    disconnect() {}
  };
}

export async function refreshApex() {}

export const NavigationMixin = (Base) => class extends Base {};
