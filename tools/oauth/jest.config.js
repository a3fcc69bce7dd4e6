import shared from '../../jest.config.js';

/** Suites that need the packages of this folder: `npm run test:oauth` installs them. */
export default { ...shared, rootDir: '../..', testMatch: ['<rootDir>/tools/oauth/*.test.ts'], maxWorkers: 1 };
