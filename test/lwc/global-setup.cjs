const { execFileSync } = require('node:child_process');
const path = require('node:path');

/** Where jest finds Apex methods: see apex-answers.ts. */
const FOLDER = path.join(__dirname, '../../build/lwc-apex');

module.exports = () => {
  execFileSync(process.execPath, ['--import', 'tsx', path.join(__dirname, 'apex-answers.ts'), FOLDER], {
    stdio: 'inherit',
    cwd: path.join(__dirname, '../..'),
  });
};
