import { z } from 'zod';
import type { Session } from '../database/session.ts';
import { PAGE_LANGUAGES } from './pages/texts.ts';

/** Characters of a logo: about 60 kB of a picture. It is in each page, which asks for nothing from elsewhere. */
const MOST_LOGO = 85_000;

const text = (most: number): z.ZodDefault<z.ZodString> => z.string().trim().max(most).default('');

export const pageLanguage = z.enum(PAGE_LANGUAGES as [string, ...string[]]);

/** How the pages of a project's links look. */
export const brandingSchema = z.strictObject({
  name: text(255).meta({ description: 'Who sends the mails; the project’s name where it is empty' }),
  colour: z
    .string()
    .max(7)
    .regex(/^#[0-9a-f]{6}$/i)
    .nullable()
    .default(null)
    .meta({
      description: 'Of buttons and links, as #0b5cab; a page makes it darker or lighter until it can be read',
    }),
  logo: z
    .string()
    .max(MOST_LOGO)
    .regex(/^data:image\/(png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$/)
    .nullable()
    .default(null)
    .meta({ description: 'A picture as a data: URL of base64' }),
  texts: z
    .partialRecord(pageLanguage, z.strictObject({ intro: text(1000), footer: text(1000) }))
    .default({})
    .meta({
      maxProperties: PAGE_LANGUAGES.length,
      description: 'By language: what stands before the question, and at the end, such as an address',
    }),
});
export type Branding = z.output<typeof brandingSchema>;

const NONE: Branding = brandingSchema.parse({});

/** A project's; where nobody said anything, that of nobody. */
export async function brandingOf(session: Session, projectId: string): Promise<Branding> {
  const [row] = await session.query<{ branding: unknown }>(
    'SELECT branding FROM di.branding WHERE project_id = $1::uuid',
    [projectId],
  );
  return row ? brandingSchema.parse(row.branding) : NONE;
}

export async function keepBranding(session: Session, projectId: string, branding: Branding): Promise<void> {
  await session.query(
    `INSERT INTO di.branding (project_id, branding) VALUES ($1::uuid, $2::jsonb)
     ON CONFLICT (project_id) DO UPDATE SET branding = EXCLUDED.branding`,
    [projectId, JSON.stringify(branding)],
  );
}
