import { StoreError, type PolicyDocument } from '@clarity-runtime/core';
import { z } from 'zod';
import type { CheckpointFormat } from './checkpoint-file.ts';
import { decodeItems, encodeItems, parseJson, type ItemFile } from './item-file.ts';

const document = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Policy'),
  metadata: z.looseObject({ name: z.string().min(1) }),
  spec: z.looseObject({}),
});

const POLICIES: ItemFile<PolicyDocument> = {
  title: 'a policy file',
  version: 2,
  readable: [1],
  list: 'policies',
  member: 'document',
  value: document,
  idOf: ({ metadata }) => metadata.name,
};

/** Format of `policies.json`. A damaged file is not used in part: a part of a policy could allow too much. */
export const POLICY_FORMAT: CheckpointFormat<PolicyDocument> = {
  name: 'policies.json',
  encode: (state, at) => encodeItems(POLICIES, state, at),
  decode: (bytes) => {
    const parsed = parseJson(bytes);
    const { state, digest, version } = decodeItems(POLICIES, parsed);
    if (digest === 'mismatch') throw new StoreError('corrupt', 'the digest does not match the content');
    return { state, document: parsed.document, isLegacy: version !== POLICIES.version };
  },
};
