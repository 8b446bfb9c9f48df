import { z } from 'zod';
import { SalesforceFault, type SalesforceOrg } from './org.ts';

/** Two classes of the package: one alone could be a customer's own of the same name. */
const CLASSES = ['DI_TransferTrigger', 'DI_OutboxDrain'] as const;
const apexClass = z.object({ Name: z.string(), NamespacePrefix: z.string().nullish() });

/**
 * The namespace that the package was installed with; null where it was deployed as source. Throws SalesforceFault
 * `package-missing` where it is not there.
 */
export async function packageNamespace(org: SalesforceOrg): Promise<string | null> {
  const found = new Map<string | null, Set<string>>();
  const names = CLASSES.map((name) => `'${name}'`).join(', ');
  for await (const page of org.query(`SELECT Name, NamespacePrefix FROM ApexClass WHERE Name IN (${names})`))
    for (const record of page) {
      const { Name, NamespacePrefix } = apexClass.parse(record);
      const namespace = NamespacePrefix ?? null;
      found.set(namespace, (found.get(namespace) ?? new Set()).add(Name));
    }
  const whole = [...found].filter(([, classes]) => classes.size === CLASSES.length).map(([name]) => name);
  const [managed = whole[0]] = whole.filter((name) => name !== null);
  if (managed === undefined)
    throw new SalesforceFault(
      'give-up',
      'package-missing',
      'The plugin is not in the org, and a trigger would have nothing to call. Install it by the link on the connection’s page, then deploy the trigger.',
    );
  return managed;
}
