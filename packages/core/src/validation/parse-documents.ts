import { ClarityError, isClarityError } from '../domain/errors/clarity-error.ts';
import { defined } from '../domain/json/defined.ts';
import { childPath, displayed, refusalOf } from './schema-problem.ts';
import type { ValidateFunction } from 'ajv';
import type { Manifest } from '../domain/services/manifest.ts';
import { checkRules } from './manifest-rules.ts';
import { BUILT_IN_KINDS, type OriginKinds } from '../domain/services/origin-kinds.ts';
import { manifestSchema, manifestSchemaOf } from './manifest-schema.ts';
import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import { policySchema } from './policy-schema.ts';
import { schemaCompiler } from './schema-compiler.ts';

const MAX_DEPTH = 12;
const MAX_VALUES = 10_000;
/** An address that a person copies may have surrounding blanks, which no URL has. */
const ADDRESS = 'spec.origin.endpoint';
const FORBIDDEN_MEMBERS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Returns a frozen copy of JSON data. Undefined members are left out as in JSON; every other value that JSON cannot express
 * is rejected. The copy does not follow later changes of the input.
 */
export function plainCopy(input: unknown): unknown {
  let values = 0;

  function copy(value: unknown, path: string, depth: number): unknown {
    values += 1;
    if (values > MAX_VALUES) throw new ClarityError('MANIFEST_INVALID', 'it has more values than a manifest can have');
    if (depth > MAX_DEPTH) throw refusal(path, 'is nested too deeply');
    if (typeof value === 'string') return path === ADDRESS ? value.trim() : value;
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return value;
      throw refusal(path, 'must be a finite number');
    }
    if (Array.isArray(value)) {
      const { length } = value;
      return Object.freeze(Array.from({ length }, (_, i) => copy(value[i], childPath(path, i), depth + 1)));
    }
    if (typeof value === 'object' && isPlain(value)) return copyMembers(value, path, depth);
    throw refusal(path, 'must be plain data');
  }

  function copyMembers(value: object, path: string, depth: number): unknown {
    const result: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) {
      const field = childPath(path, name);
      if (FORBIDDEN_MEMBERS.has(name)) throw unknownField(field);
      if (member !== undefined) result[name] = copy(member, field, depth + 1);
    }
    return Object.freeze(result);
  }

  return copy(input, '', 0);
}

/** Rejects names of object internals before any lookup uses them. */
const unknownField = (path: string): ClarityError =>
  new ClarityError('MANIFEST_INVALID', `unknown field '${displayed(path)}'`, {
    field: displayed(path),
    hint: 'remove it',
  });

function refusal(path: string, problem: string): ClarityError {
  if (path === '') return new ClarityError('MANIFEST_INVALID', 'expected object');
  const field = displayed(path);
  return new ClarityError('MANIFEST_INVALID', `${field} ${problem}`, { field });
}

/** Tests the shape, because objects of another realm have another `Object.prototype`. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const manifestValidators = new WeakMap<OriginKinds, ValidateFunction<Manifest>>();

/** Compiles the schema on first use, which takes some tens of milliseconds; one per set of origin types. */
function manifestValidator(kinds: OriginKinds): ValidateFunction<Manifest> {
  const known = manifestValidators.get(kinds);
  if (known !== undefined) return known;
  const made =
    kinds === BUILT_IN_KINDS
      ? schemaCompiler().compile<Manifest>(manifestSchema)
      : schemaCompiler(true).compile<Manifest>(manifestSchemaOf(kinds));
  manifestValidators.set(kinds, made);
  return made;
}

/**
 * Parses a manifest and returns a frozen copy with the members as written. `kinds` adds the origin types of connectors.
 * @throws ClarityError MANIFEST_INVALID with the field and a hint.
 */
export function parseManifest(input: unknown, kinds: OriginKinds = BUILT_IN_KINDS): Manifest {
  const manifest = readPlain(input);
  const validate = manifestValidator(kinds);
  if (!validate(manifest)) throw refusalOf(validate.errors ?? []);
  checkRules(manifest, kinds);
  return manifest;
}

/** Copies the input; an input whose getters throw is MANIFEST_INVALID. */
function readPlain(input: unknown): unknown {
  try {
    return plainCopy(input);
  } catch (error) {
    if (isClarityError(error)) throw error;
    throw new ClarityError('MANIFEST_INVALID', 'it cannot be read', { cause: error });
  }
}

let compiledPolicySchema: ValidateFunction<PolicyDocument> | undefined;

const policyValidator = (): ValidateFunction<PolicyDocument> =>
  (compiledPolicySchema ??= schemaCompiler().compile<PolicyDocument>(policySchema));

/**
 * Parses a policy document and returns a frozen copy with the members as written.
 * @throws ClarityError POLICY_INVALID with the field and a hint.
 */
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

/** Converts an error of the shared document rules, which have the code of manifests. */
function asPolicy(error: unknown): ClarityError {
  if (!isClarityError(error)) return new ClarityError('POLICY_INVALID', 'it cannot be read', { cause: error });
  const { message, field, hint, problems } = error.failure;
  const subject = message.replace(/^[^:]*: /, '');
  return new ClarityError('POLICY_INVALID', subject, { hint, ...defined({ field, problems }) });
}
