const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

module.exports = {
  ...jestConfig,
  testMatch: ['<rootDir>/force-app/**/lwc/**/__tests__/**/*.test.js'],
  moduleNameMapper: { ...jestConfig.moduleNameMapper, '^test/lwc/(.*)$': '<rootDir>/test/lwc/$1' },
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/.cache/'],
};
