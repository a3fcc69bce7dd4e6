import { deriveServiceId, sha256Hex } from '@clarity-runtime/core/internal';

/** Id and digest of a registry that a test writes by hand. */
export const storedIdentity = { serviceIdOf: deriveServiceId, digestOf: sha256Hex };
