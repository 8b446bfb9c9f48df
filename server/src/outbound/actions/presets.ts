import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { definitionSchema, type ActionDefinition } from './action-definition.ts';

/** A definition to begin with. */
interface Preset {
  readonly code: string;
  readonly definition: ActionDefinition;
}

type EventType = 'identify' | 'group';

const ADDRESS = {
  City: 'address.city',
  PostalCode: 'address.postal_code',
  Country: 'address.country',
  Street: 'address.street',
  State: 'address.state',
};
const PERSON = { LastName: 'last_name', FirstName: 'first_name', Email: 'email' };

/** What Segment's destination maps where nobody says otherwise: of the traits, or else of the properties. */
export const PRESETS: readonly Preset[] = [
  presetOf('lead', 'Lead', 'identify', { Company: 'company', ...PERSON, ...ADDRESS }, 'Email'),
  presetOf('contact', 'Contact', 'identify', { ...PERSON, ...addressOf('Mailing') }, 'Email'),
  presetOf(
    'account',
    'Account',
    'group',
    {
      ...{ Name: 'name', NumberOfEmployees: 'employees', Phone: 'phone', Description: 'description' },
      ...{ Website: 'website', ...addressOf('Billing') },
    },
    'AccountNumber',
    [{ field: 'AccountNumber', path: 'groupId' }],
  ),
];

function addressOf(kind: string): Record<string, string> {
  return Object.fromEntries(Object.entries(ADDRESS).map(([field, place]) => [kind + field, place]));
}

/**
 * @param traits fields, and which trait or property each is of
 * @param matcher the field that a record is recognized by
 * @param others fields that are of the event itself
 */
function presetOf(
  code: string,
  object: string,
  type: EventType,
  traits: Readonly<Record<string, string>>,
  matcher: string,
  others: readonly { field: string; path: string }[] = [],
): Preset {
  const mapping = [
    ...others,
    ...Object.entries(traits).map(([field, trait]) => ({
      field,
      path: `traits.${trait} || properties.${trait}`,
    })),
  ];
  return {
    code,
    definition: {
      ...{ object, operation: 'upsert', mapping },
      ...{ matchers: mapping.filter(({ field }) => field === matcher), matcherOperator: 'OR' },
      ...{ allowDuplicates: false, trigger: { on: 'event', type } },
    },
  };
}

/** Definitions that an action may begin with. */
export function getPresets(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/action-presets',
    scope: 'deliveries:read',
    tag: 'Actions',
    summary: 'Definitions to begin an action with: what Segment’s Salesforce destination maps by itself',
    answer: {
      schema: z.object({ presets: z.array(z.object({ code: z.string(), definition: definitionSchema })) }),
    },
    handle: () => Promise.resolve({ presets: PRESETS }),
  });
}
