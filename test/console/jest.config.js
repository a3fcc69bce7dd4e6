import base from '../../jest.config.js';

/** The suites that drive the page in a real browser: `npm run test:console` installs Chromium first. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/console/**/*.check.ts'],
  // One browser at a time: the suites measure the page.
  maxWorkers: 1,
};
