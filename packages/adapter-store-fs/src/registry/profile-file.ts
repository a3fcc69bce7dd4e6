import { DISCOVERIES, PREFIXES, StoreError, type Profile } from '@clarity-runtime/core';
import { PROFILE_AUTHS } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import type { CheckpointFormat } from './checkpoint-file.ts';
import { decodeItems, encodeItems, parseJson, type ItemFile } from './item-file.ts';

const patterns = z.array(z.string());

/** A profile with an unknown member is not used: this version would show too much or too little. */
const document = z.strictObject({
  apiVersion: z.literal('clarity.runtime/v1'),
  kind: z.literal('Profile'),
  metadata: z.strictObject({ name: z.string().min(1), title: z.string().optional() }),
  spec: z.strictObject({
    services: patterns,
    tools: z.strictObject({ allow: patterns.optional(), deny: patterns.optional() }).optional(),
    rename: z.record(z.string(), z.string()).optional(),
    prompts: z.boolean().optional(),
    resources: z.boolean().optional(),
    controlTools: z.enum(['none', 'read']).optional(),
    instructions: z.string().optional(),
    prefix: z.enum(PREFIXES).optional(),
    discovery: z.enum(DISCOVERIES).optional(),
    pinned: patterns.optional(),
    maxTools: z.number().optional(),
    auth: z.enum(PROFILE_AUTHS).optional(),
    limits: z
      .strictObject({
        perMinute: z.number().optional(),
        burst: z.number().optional(),
        concurrency: z.number().optional(),
      })
      .optional(),
  }),
});

const PROFILES: ItemFile<Profile> = {
  title: 'a profile file',
  version: 1,
  readable: [],
  list: 'profiles',
  member: 'document',
  value: document,
  idOf: ({ metadata }) => metadata.name,
};

/** Format of `profiles.json`. A damaged file is not used in part: a token could be bound to a profile that is missing. */
export const PROFILE_FORMAT: CheckpointFormat<Profile> = {
  name: 'profiles.json',
  encode: (state, at) => encodeItems(PROFILES, state, at),
  decode: (bytes) => {
    const parsed = parseJson(bytes);
    const { state, digest } = decodeItems(PROFILES, parsed);
    if (digest === 'mismatch') throw new StoreError('corrupt', 'the digest does not match the content');
    return { state, document: parsed.document, isLegacy: false };
  },
};
