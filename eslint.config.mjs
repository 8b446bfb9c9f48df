import js from '@eslint/js';
import lwc from '@salesforce/eslint-config-lwc/recommended.js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

// TypeScript is linted by oxlint, as .oxlintrc.json says: the same rules on the native compiler, in a sixth of the time.
// ESLint looks at what is not TypeScript, and for what oxlint does not look for.
export default tseslint.config(
  { ignores: ['node_modules', 'build', 'data', 'coverage', '.cache', 'test/local-org/data'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['server/src/**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    // Oxlint knows which directives are needed.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { regexp, '@typescript-eslint': tseslint.plugin },
    rules: {
      // What callers send goes through patterns: their time grows with its length, and no faster.
      'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
      'regexp/no-super-linear-move': ['error', { report: 'certain' }],
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  ...[lwc]
    .flat()
    .map((config) => ({ ...config, files: ['force-app/**/lwc/**/*.js', 'server/console/**/*.js'] })),
  {
    files: ['force-app/**/__tests__/**/*.js'],
    // What a module is replaced with is made before anything is imported.
    languageOptions: { globals: { require: 'readonly' } },
    rules: {
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect*'] }],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.object.name="jest"][callee.property.name="mock"][arguments.0.value=/^@salesforce.apex/]',
          message: 'Import the method: test/lwc/apex-method.js answers for it, with members that Apex has.',
        },
      ],
    },
  },
);
