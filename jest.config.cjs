const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

module.exports = {
  // A slow machine takes its time over axe.
  testTimeout: 30_000,
  ...jestConfig,
  testMatch: ['<rootDir>/force-app/**/lwc/**/__tests__/**/*.test.js'],
  globalSetup: '<rootDir>/test/lwc/global-setup.cjs',
  moduleNameMapper: {
    '^@salesforce/apex/(.+)$': '<rootDir>/build/lwc-apex/$1.js',
    ...jestConfig.moduleNameMapper,
    '^test/lwc/(.*)$': '<rootDir>/test/lwc/$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/build/(?!lwc-apex)', '<rootDir>/.cache/'],
};
