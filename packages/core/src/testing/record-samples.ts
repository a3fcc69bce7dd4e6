import type { ApprovalRecord } from '../domain/access/approval-record.ts';
import { systemCaller } from '../domain/access/caller.ts';
import type { Profile } from '../domain/access/profile.ts';
import type { LoginRecord } from '../domain/login/login-record.ts';
import type { TokenRecord } from '../domain/access/token-record.ts';
import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import type { ClaimRecord } from '../domain/services/namespace.ts';
import type { ServiceRecord } from '../domain/services/service.ts';
import { hex } from '../domain/text/hex.ts';
import type { WriteContext } from '../ports/index.ts';

/** Values for the contract of a record store. Values with another `note` differ. */
export interface RecordSamples<T> {
  readonly make: (name: string, note?: string) => T;
  readonly idOf: (value: T) => string;
  readonly noteOf: (value: T) => string;
}

/** Returns a valid record. Records with different `note` differ. */
export function sampleRecord(module: string, note = ''): ServiceRecord {
  const digits = hex(new TextEncoder().encode(module));
  return {
    schema: 1,
    serviceId: `svc_${digits.slice(0, 12).padEnd(12, '0')}`,
    namespace: module,
    manifest: {
      apiVersion: 'clarity.runtime/v1',
      kind: 'MCPService',
      metadata: { sourceFile: `/${module}.clarity`, module, displayName: `${module} ${note}` },
      spec: {
        origin: { type: 'local_wasm', wasmPath: `/${module}.wasm`, entry: 'mcp_main' },
        enabled: true,
        autostart: false,
        policyRef: 'default',
        restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
      },
    },
  };
}

/** Returns a valid policy. Policies with different `note` differ. */
export const samplePolicy = (name: string, note = ''): PolicyDocument => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Policy',
  metadata: { name },
  spec: { denyTools: [`note_${note}`] },
});

export const SERVICE_SAMPLES: RecordSamples<ServiceRecord> = {
  make: sampleRecord,
  idOf: ({ serviceId }) => serviceId,
  noteOf: ({ manifest, namespace }) => manifest.metadata.displayName?.slice(namespace.length + 1) ?? '',
};

export const POLICY_SAMPLES: RecordSamples<PolicyDocument> = {
  make: samplePolicy,
  idOf: ({ metadata }) => metadata.name,
  noteOf: ({ spec }) => spec.denyTools?.[0]?.slice('note_'.length) ?? '',
};

/** Returns a valid token. Tokens with different `note` differ. */
export const sampleToken = (name: string, note = ''): TokenRecord => ({
  schema: 1,
  id: name.padEnd(8, '0').slice(0, 8),
  name,
  grants: [{ verbs: ['read', 'call'], services: ['*'], tools: ['*'] }],
  doors: ['mcp'],
  slots: [{ sha256: '0'.repeat(64) }],
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'operator embedder',
  note,
});

export const TOKEN_SAMPLES: RecordSamples<TokenRecord> = {
  make: sampleToken,
  idOf: ({ name }) => name,
  noteOf: ({ note = '' }) => note,
};

/** Returns a valid profile. Profiles with different `note` differ. */
export const sampleProfile = (name: string, note = ''): Profile => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name, title: note },
  spec: { services: ['*'] },
});

export const PROFILE_SAMPLES: RecordSamples<Profile> = {
  make: sampleProfile,
  idOf: ({ metadata }) => metadata.name,
  noteOf: ({ metadata }) => metadata.title ?? '',
};

/** Returns a valid request. Requests with different `note` differ. */
export const sampleApproval = (name: string, note = ''): ApprovalRecord => ({
  schema: 1,
  key: hex(new TextEncoder().encode(name)).padEnd(64, '0').slice(0, 64),
  id: name,
  owner: 'operator operator',
  caller: systemCaller,
  tool: 'register_local',
  arguments: { note },
  digest: '0'.repeat(64),
  requestedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T00:15:00.000Z',
  state: 'pending',
});

export const APPROVAL_SAMPLES: RecordSamples<ApprovalRecord> = {
  make: sampleApproval,
  idOf: ({ key }) => key,
  noteOf: ({ arguments: args }) => (args as { readonly note: string }).note,
};

/** Returns a valid grant. Grants with different `note` differ. */
export const sampleLogin = (name: string, note = ''): LoginRecord => ({
  schema: 1,
  type: 'grant',
  // Ordered like the names.
  id: hex(new TextEncoder().encode(name)).padEnd(64, '0').slice(0, 64),
  serviceId: 'svc_0123456789ab',
  issuer: 'https://issuer.example',
  clientId: name,
  generation: 1,
  requestedScopes: [note],
  scopes: [],
  obtainedAt: '2026-01-01T00:00:00.000Z',
  canRefresh: true,
  by: 'operator embedder',
  sealed: { kid: '0', iv: '1', ct: '2' },
});

export const LOGIN_SAMPLES: RecordSamples<LoginRecord> = {
  make: sampleLogin,
  idOf: ({ id }) => id,
  noteOf: (record) => (record.type === 'grant' ? (record.requestedScopes[0] ?? '') : ''),
};

/** Claims with different `note` differ. */
export const CLAIM_SAMPLES: RecordSamples<ClaimRecord> = {
  make: (name, note = '') => ({ schema: 1, name, serviceId: `svc_${note}` }),
  idOf: ({ name }) => name,
  noteOf: ({ serviceId }) => serviceId.slice('svc_'.length),
};

let ops = 0;
/** Returns the context of a new write. */
export const sampleWrite = (op = `op-${String((ops += 1))}`): WriteContext => ({ caller: systemCaller, op });
