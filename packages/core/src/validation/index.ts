export { schemaValidator } from './argument-validator.ts';
export { parseManifest } from './parse-manifest.ts';
export { parsePolicy } from './parse-policy.ts';
