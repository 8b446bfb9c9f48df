import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorizeByPassword, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

/** As many as an object may have, with names of the length that names may have: together no address holds them. */
const FIELDS = Array.from({ length: 800 }, (_, index) => `Field_${index}_`.padEnd(40, 'x') + '__c');

async function writeFields(folder: string): Promise<void> {
  const fields = join(folder, 'objects', 'Contact', 'fields');
  await mkdir(fields, { recursive: true });
  for (const name of FIELDS)
    await writeFile(
      join(fields, `${name}.field-meta.xml`),
      `<?xml version="1.0" encoding="UTF-8" ?>
<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
    <fullName>${name}</fullName><label>${name}</label><type>Text</type><length>80</length>
</CustomField>`,
    );
}

let folder: string;
let stage: SalesforceStage;
let scene: Scene;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wide-'));
  await writeFields(folder);
  stage = await startStage({}, [folder]);
  scene = await createScene(stage.server);
  await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

it('an object of 800 fields shows a real record', async () => {
  const salesforce = await stage.org.connect();
  await salesforce.createAll('Contact', [{ LastName: 'Silva', [FIELDS[799] ?? '']: 'last' }]);
  const path = `/v1/admin/connections/${scene.connectionId}/objects/Contact`;
  const fields = await admin(stage.server, 'get', `${path}?table=Contact`).expect(200);
  expect((fields.body as { fields: unknown[] }).fields.length).toBeGreaterThan(800);
  const answer = await admin(stage.server, 'get', `${path}/sample`);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body).toMatchObject({ record: { LastName: 'Silva', [FIELDS[799] ?? '']: 'last' } });
});
