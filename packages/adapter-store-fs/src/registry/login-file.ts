import { StoreError, type LoginRecord } from '@clarity-runtime/core';
import { z } from 'zod';
import type { CheckpointFormat } from './checkpoint-file.ts';
import { decodeItems, encodeItems, parseJson, type ItemFile } from './item-file.ts';

const sealed = z.strictObject({ kid: z.string(), iv: z.string(), ct: z.string() });
const id = z.string().regex(/^[0-9a-f]{64}$/);
const texts = z.array(z.string());

const record = z.discriminatedUnion('type', [
  z.looseObject({
    schema: z.literal(1),
    type: z.literal('grant'),
    id,
    serviceId: z.string(),
    issuer: z.string(),
    resource: z.string().optional(),
    clientId: z.string(),
    registration: id.optional(),
    generation: z.number().int().nonnegative(),
    requestedScopes: texts,
    scopes: texts,
    obtainedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().optional(),
    canRefresh: z.boolean(),
    rejected: z.strictObject({ at: z.string(), reason: z.string() }).optional(),
    by: z.string(),
    sealed,
  }),
  z.looseObject({
    schema: z.literal(1),
    type: z.literal('client'),
    id,
    issuer: z.string(),
    redirectUri: z.string(),
    clientId: z.string(),
    method: z.enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']),
    scopes: texts.optional(),
    registeredAt: z.string(),
    secretExpiresAt: z.iso.datetime().optional(),
    sealed: sealed.optional(),
  }),
]);

const LOGINS: ItemFile<LoginRecord> = {
  title: 'a login file',
  version: 1,
  readable: [],
  list: 'logins',
  member: 'record',
  value: record,
  idOf: (value) => value.id,
};

/** Format of `logins.json`. Its tokens are encrypted; a damaged file is not used in part: it could lack a logout. */
export const LOGIN_FORMAT: CheckpointFormat<LoginRecord> = {
  name: 'logins.json',
  encode: (state, at) => encodeItems(LOGINS, state, at),
  decode: (bytes) => {
    const parsed = parseJson(bytes);
    const { state, digest } = decodeItems(LOGINS, parsed);
    if (digest === 'mismatch') throw new StoreError('corrupt', 'the digest does not match the content');
    return { state, document: parsed.document, isLegacy: false };
  },
};
