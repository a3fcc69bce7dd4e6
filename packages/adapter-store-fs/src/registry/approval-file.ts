import { StoreError, type ApprovalRecord } from '@clarity-runtime/core';
import { isTenantId, VERBS } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import type { CheckpointFormat } from './checkpoint-file.ts';
import { decodeItems, encodeItems, parseJson, type ItemFile } from './item-file.ts';

const text = z.string().min(1);

/** A record with an unknown verb or state is not used: this version would run a call with too much or too little. */
const record = z.looseObject({
  schema: z.literal(1),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  id: text,
  owner: text,
  caller: z.looseObject({
    tenant: z.string().refine(isTenantId),
    principal: z.looseObject({ kind: text, id: text }),
    credential: z.looseObject({ kind: text, id: z.string() }),
    door: z.enum(['http', 'mcp', 'stdio', 'metrics', 'embedded', 'boot']),
    grants: z.array(z.looseObject({ verbs: z.array(z.enum(VERBS)) })),
  }),
  tool: text,
  arguments: z.unknown(),
  digest: text,
  requestedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  state: z.enum(['pending', 'approved', 'failed', 'denied']),
  outcome: z
    .union([z.looseObject({ result: z.looseObject({}) }), z.looseObject({ failure: z.looseObject({ code: text }) })])
    .optional(),
});

const APPROVALS: ItemFile<ApprovalRecord> = {
  title: 'a file of approvals',
  version: 1,
  readable: [],
  list: 'approvals',
  member: 'record',
  value: record,
  idOf: ({ key }) => key,
};

/** Format of `approvals.json`. A damaged file is not used in part: it could lack a decision. */
export const APPROVAL_FORMAT: CheckpointFormat<ApprovalRecord> = {
  name: 'approvals.json',
  encode: (state, at) => encodeItems(APPROVALS, state, at),
  decode: (bytes) => {
    const parsed = parseJson(bytes);
    const { state, digest } = decodeItems(APPROVALS, parsed);
    if (digest === 'mismatch') throw new StoreError('corrupt', 'the digest does not match the content');
    return { state, document: parsed.document, isLegacy: false };
  },
};
