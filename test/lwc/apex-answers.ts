// Writes a module for each @AuraEnabled method of the package, which components and their tests import in jest.
//   tsx test/lwc/apex-answers.ts <folder>
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createOrg } from '../local-org/org.ts';
import { auraAnswers } from '../local-org/rest/aura-answers.ts';

const [folder = ''] = process.argv.slice(2);
const { answers, types } = auraAnswers(createOrg({ sources: ['force-app'] }).program);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const method = JSON.stringify(path.join(import.meta.dirname, 'apex-method.js'));
writeFileSync(path.join(folder, 'types.json'), JSON.stringify(types));
for (const [name, shape] of Object.entries(answers))
  writeFileSync(
    path.join(folder, `${name}.js`),
    `module.exports = require(${method}).apexMethod(${JSON.stringify(name)}, ${JSON.stringify(shape)}, require('./types.json'));\n`,
  );
