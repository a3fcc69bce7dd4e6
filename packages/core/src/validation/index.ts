export { schemaValidator } from './argument-validator.ts';
export { defineService, type CustomOrigin, type ServiceDefinition } from './define-service.ts';
export { parseManifest } from './parse-documents.ts';
export { parsePolicy } from './parse-documents.ts';
