/** Version of the runtime and of all its packages; a test compares it with `lerna.json`. */
export const VERSION = '0.1.0'; // x-release-please-version
