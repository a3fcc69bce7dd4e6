import { z } from 'zod';

/** What the commands read of the API's answers; whatever else stands in them stays in them. */
const counts = z.looseObject({ tools: z.number(), resources: z.number(), prompts: z.number() });

const summary = z.looseObject({
  serviceId: z.string(),
  namespace: z.string(),
  displayName: z.string().optional(),
  sourceFile: z.string(),
  module: z.string(),
  originType: z.string(),
  lifecycle: z.string(),
  health: z.string(),
  uptimeSeconds: z.number(),
  restartCount: z.number(),
  lastError: z.string().optional(),
  interface: counts.nullable(),
});

const offered = z.looseObject({ name: z.string(), description: z.string().optional() });

const snapshot = z.looseObject({
  interfaceRevision: z.string().nullable(),
  introspectedAt: z.string().nullable(),
  tools: z.array(offered),
});

const record = z.looseObject({
  serviceId: z.string(),
  namespace: z.string(),
  manifest: z.looseObject({
    metadata: z.looseObject({ sourceFile: z.string(), module: z.string(), displayName: z.string().optional() }),
    spec: z.looseObject({
      origin: z.looseObject({ type: z.string(), wasmPath: z.string().optional() }),
      enabled: z.boolean(),
      autostart: z.boolean(),
    }),
  }),
  runtime: z.looseObject({
    lifecycle: z.string(),
    health: z.string(),
    uptimeSeconds: z.number(),
    restartCount: z.number(),
    lastError: z.string().optional(),
  }),
  interfaceSnapshot: snapshot.optional(),
  artifact: z.looseObject({ compiler: z.looseObject({ name: z.string(), version: z.string() }).optional() }).optional(),
});

const event = z.looseObject({
  seq: z.number(),
  at: z.string(),
  kind: z.string(),
  level: z.string(),
  message: z.string(),
  serviceId: z.string().optional(),
  caller: z.looseObject({ kind: z.string(), id: z.string(), door: z.string() }).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

export const eventReply = event;
const written = z.looseObject({
  allowTools: z.array(z.string()).optional(),
  denyTools: z.array(z.string()).optional(),
  tools: z.record(z.string(), z.looseObject({})).optional(),
});

const change = z.looseObject({
  kind: z.string(),
  name: z.string(),
  change: z.string(),
  from: z.string().optional(),
  verdict: z.string(),
  reasons: z.array(z.looseObject({ code: z.string(), where: z.string() })),
});

const approval = z.looseObject({
  id: z.string(),
  tool: z.string(),
  state: z.string(),
  requestedBy: z.looseObject({ kind: z.string(), id: z.string(), door: z.string() }),
  client: z.string().optional(),
  arguments: z.unknown(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  reason: z.string().optional(),
});

const explanation = z.looseObject({
  tool: z.string(),
  visibility: z.string(),
  callable: z.boolean(),
  name: z.string().optional(),
  reasons: z.array(z.looseObject({ code: z.string(), text: z.string(), hint: z.string().optional() })),
});

/** Read as the schema says, with its members in the order in which they came: it is printed as it is. */
const asItCame = <T>(schema: z.ZodType<T>): z.ZodType<T> => z.custom<T>((value) => schema.safeParse(value).success);

export const replies = {
  policy: z.looseObject({
    serviceId: z.string(),
    policyRef: z.string(),
    effective: written,
    sources: z.array(z.looseObject({ where: z.string(), policy: written })),
  }),
  policyTest: z.looseObject({
    verdict: z.enum(['allowed', 'refused']),
    bounds: z.looseObject({}),
    rule: z.string().optional(),
    error: z.string().optional(),
    hint: z.string().optional(),
  }),
  appliedPolicy: z.looseObject({ policy: z.looseObject({ metadata: z.looseObject({ name: z.string() }) }) }),
  review: z.looseObject({
    serviceId: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    verdict: z.string(),
    changes: z.array(change),
    pinned: z.boolean(),
    held: z.array(z.string()),
  }),
  explanation: asItCame(explanation),
  approvals: z.looseObject({ items: z.array(approval) }),
  approval: z.looseObject({ approval }),
  refusal: z.object({ error: z.string(), code: z.string().optional(), hint: z.string().optional() }),
  services: z.looseObject({ items: z.array(summary) }),
  service: z.looseObject({ service: record }),
  removed: z.looseObject({
    removed: z.boolean(),
    serviceId: z.string(),
    removedFiles: z.array(z.string()).optional(),
    left: z.array(z.looseObject({ path: z.string(), reason: z.string() })).optional(),
  }),
  interface: snapshot,
  introspected: z.looseObject({ interface: snapshot }),
  logs: z.looseObject({ lines: z.array(z.string()) }),
  audit: z.looseObject({ items: z.array(event) }),
  auditPage: z.looseObject({ items: z.array(event), next: z.string(), missed: z.number().optional() }),
  auditVerdict: z.looseObject({
    ok: z.boolean(),
    records: z.number(),
    links: z.number(),
    head: z.string(),
    from: z.number(),
    to: z.number(),
    outside: z.number(),
    expected: z.boolean().optional(),
    fault: z.looseObject({ seq: z.number().optional(), reason: z.string() }).optional(),
  }),
  authProviders: z.looseObject({
    providers: z.array(
      z.looseObject({
        name: z.string(),
        supported: z.boolean(),
        healthy: z.boolean().optional(),
        detail: z.string().optional(),
      }),
    ),
    fileRoot: z.string().nullable(),
  }),
  authValidation: z.looseObject({
    valid: z.boolean(),
    issues: z.array(z.string()),
    headerKeys: z.array(z.string()),
  }),
  secrets: z.looseObject({ count: z.number(), items: z.array(z.looseObject({ authRef: z.string() })) }),
  secretWritten: z.looseObject({ authRef: z.string(), written: z.boolean() }),
  secretDeleted: z.looseObject({ authRef: z.string(), deleted: z.boolean() }),
  details: z.looseObject({
    serviceId: z.string(),
    summary,
    service: record,
    interface: snapshot,
    logs: z.array(z.string()),
    events: z.array(event),
    recentCalls: z.array(z.looseObject({ at: z.string(), message: z.string() })),
  }),
  status: z.looseObject({
    runtime: z.looseObject({ version: z.string(), pid: z.number(), uptimeSeconds: z.number() }),
    refusals: z.record(z.string(), z.number()).default({}),
    summary: z.looseObject({ total: z.number(), running: z.number(), degraded: z.number(), stopped: z.number() }),
    services: z.array(summary),
  }),
} as const;

export type ServiceSummary = z.infer<typeof summary>;
export type ServiceReply = z.infer<typeof record>;
export type InterfaceReply = z.infer<typeof snapshot>;
export type AuditReply = z.infer<typeof event>;
