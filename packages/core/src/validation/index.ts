export { schemaValidator } from './argument-validator.ts';
export { parseManifest } from './parse-documents.ts';
export { parsePolicy } from './parse-documents.ts';
