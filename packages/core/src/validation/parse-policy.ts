import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { ClarityError, isClarityError } from '../domain/errors/clarity-error.ts';
import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import { plainCopy } from './plain-copy.ts';
import { policySchema } from './policy-document-schema.ts';
import { refusalOf } from './schema-problem.ts';

let compiledPolicySchema: ValidateFunction<PolicyDocument> | undefined;

const policyValidator = (): ValidateFunction<PolicyDocument> =>
  (compiledPolicySchema ??= new Ajv2020({ strict: true, allErrors: true, verbose: true }).compile<PolicyDocument>(
    policySchema,
  ));

/** The policy in the caller's own words, frozen; otherwise POLICY_INVALID with the field and the mend. */
export function parsePolicy(input: unknown): PolicyDocument {
  try {
    const document = plainCopy(input);
    const validate = policyValidator();
    if (!validate(document)) throw refusalOf(validate.errors ?? []);
    return document;
  } catch (error) {
    throw asPolicy(error);
  }
}

/** The rules for documents speak of manifests. */
function asPolicy(error: unknown): ClarityError {
  if (!isClarityError(error)) return new ClarityError('POLICY_INVALID', 'it cannot be read', { cause: error });
  const { message, field, hint } = error.failure;
  const subject = message.replace(/^[^:]*: /, '');
  return new ClarityError('POLICY_INVALID', subject, { hint, ...(field === undefined ? {} : { field }) });
}
