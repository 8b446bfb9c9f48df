import js from '@eslint/js';
import lwc from '@salesforce/eslint-config-lwc/recommended.js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'build', 'data', 'coverage', '.cache', 'test/local-org/data'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    // Checked as one program: a project service opens files one after another, which costs a tenth more.
    languageOptions: { parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['server/src/**/*.ts'],
    plugins: { regexp },
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
