import { StoreError, TOKEN_DOORS, type TokenRecord } from '@clarity-runtime/core';
import { VERBS } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import type { CheckpointFormat } from './checkpoint-file.ts';
import { decodeItems, encodeItems, parseJson, type ItemFile } from './item-file.ts';

const patterns = z.array(z.string());

/** A record with an unknown verb, door or member of a scope is not used: this version would allow too much or too little. */
const record = z.looseObject({
  schema: z.union([z.literal(1), z.literal(2)]),
  id: z.string().regex(/^[a-z0-9]{8}$/),
  name: z.string().min(1),
  grants: z.array(
    z.strictObject({
      verbs: z.array(z.enum(VERBS)),
      services: patterns,
      tools: patterns,
      except: z.strictObject({ services: patterns.optional(), tools: patterns.optional() }).optional(),
      limits: z
        .strictObject({
          perMinute: z.number().optional(),
          burst: z.number().optional(),
          concurrency: z.number().optional(),
        })
        .optional(),
    }),
  ),
  doors: z.array(z.enum(TOKEN_DOORS)),
  profile: z.string().min(1).optional(),
  slots: z.array(z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), until: z.iso.datetime().optional() })),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime().optional(),
  revokedAt: z.string().optional(),
  rotatedAt: z.iso.datetime().optional(),
  lastUsedAt: z.iso.datetime().optional(),
  announcedEnd: z.string().optional(),
});

const TOKENS: ItemFile<TokenRecord> = {
  title: 'a token file',
  version: 1,
  readable: [],
  list: 'tokens',
  member: 'record',
  value: record,
  idOf: ({ name }) => name,
};

/** Format of `tokens.json`. A damaged file is not used in part: it could lack a revocation. */
export const TOKEN_FORMAT: CheckpointFormat<TokenRecord> = {
  name: 'tokens.json',
  encode: (state, at) => encodeItems(TOKENS, state, at),
  decode: (bytes) => {
    const parsed = parseJson(bytes);
    const { state, digest } = decodeItems(TOKENS, parsed);
    if (digest === 'mismatch') throw new StoreError('corrupt', 'the digest does not match the content');
    return { state, document: parsed.document, isLegacy: false };
  },
};
