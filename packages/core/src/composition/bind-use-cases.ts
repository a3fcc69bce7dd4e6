import { AccessTokens } from '../application/use-cases/access-tokens.ts';
import { AdmittedReferences } from '../application/use-cases/admitted-references.ts';
import { AuditTimeline } from '../application/use-cases/audit-timeline.ts';
import { ClientSetup } from '../application/use-cases/client-setup.ts';
import { Guard } from '../application/use-cases/guard.ts';
import { InterfaceReviewer } from '../application/use-cases/interface-review.ts';
import { Overview } from '../application/use-cases/overview.ts';
import { Profiles } from '../application/use-cases/profiles.ts';
import { PolicyUseCases } from '../application/use-cases/policy-use-cases.ts';
import { Secrets } from '../application/use-cases/secrets.ts';
import { ServiceUseCases } from '../application/use-cases/service-use-cases.ts';
import { TrustUseCases } from '../application/use-cases/trust-use-cases.ts';
import { ToolUseCases } from '../application/use-cases/tool-use-cases.ts';
import { DEFAULT_TENANT } from '../domain/access/tenant.ts';
import { textWords } from '../domain/errors/library-words.ts';
import { parseManifest, parsePolicy } from '../validation/index.ts';
import { bind, find, type Container } from './container.ts';
import { MetricsReader } from './runtime-metrics.ts';
import { providersOf, tenantOf } from './tenant-ports.ts';
import { PART, PORT } from './tokens.ts';

/** Binds one use case per inbound port. */
export function bindUseCases(container: Container): void {
  bind(container, PART.guard, (c) => new Guard(c.resolve(PART.audit)));
  bind(container, PART.audits, createAuditTimeline);
  bind(container, PART.reviewer, createReviewer);
  bind(container, PART.policies, createPolicyUseCases);
  bind(container, PART.services, createServiceUseCases);
  bind(container, PART.secrets, createSecrets);
  bind(container, PART.clientSetup, (c) => new ClientSetup(c.resolve(PORT.clientConfigs), c.resolve(PART.audit)));
  bind(container, PART.tools, (c) => new ToolUseCases(c.resolve(PART.gateway)));
  bind(container, PART.tokens, createTokens);
  bind(container, PART.profiles, createProfiles);
  bind(container, PART.trust, createTrust);
  bind(container, PART.metrics, createMetricsReader);
  bind(container, PART.overview, createOverview);
}

const createTokens = (c: Container): AccessTokens =>
  new AccessTokens({
    tenant: tenantOf(c),
    store: c.resolve(PORT.accessTokenStore),
    audit: c.resolve(PART.audit),
    guard: c.resolve(PART.guard),
    clock: c.resolve(PORT.clock),
    entropy: c.resolve(PORT.entropy),
    trust: c.resolve(PORT.workspaceTrust),
    isProfile: (name) => c.resolve(PART.profiles).bind(name).view !== undefined,
  });

function createProfiles(c: Container): Profiles {
  const gateway = c.resolve(PART.gateway);
  return new Profiles({
    store: c.resolve(PORT.profileStore),
    audit: c.resolve(PART.audit),
    guard: c.resolve(PART.guard),
    clock: c.resolve(PORT.clock),
    entropy: c.resolve(PORT.entropy),
    trust: c.resolve(PORT.workspaceTrust),
    endpoints: gateway.endpoints,
    boundTokens: (profile) => c.resolve(PART.tokens).boundTo(profile),
    onChanged: () => {
      gateway.profilesChanged();
    },
  });
}

const createTrust = (c: Container): TrustUseCases =>
  new TrustUseCases({
    trust: c.resolve(PORT.workspaceTrust),
    catalog: c.resolve(PART.catalog),
    policies: c.resolve(PART.pipeline).policies,
    supervisor: c.resolve(PART.supervisor),
    audit: c.resolve(PART.audit),
    guard: c.resolve(PART.guard),
    secretVersion: async (name) => (await c.resolve(PORT.secretStore).scope(DEFAULT_TENANT, name))?.version,
    autostart: () => c.resolve(PART.lifecycle).resume(),
  });

const createAuditTimeline = (c: Container): AuditTimeline =>
  new AuditTimeline({
    store: c.resolve(PORT.auditStore),
    telemetry: c.resolve(PORT.telemetry),
    audit: c.resolve(PART.audit),
    catalog: c.resolve(PART.catalog),
    guard: c.resolve(PART.guard),
    logsOfOwner: (serviceId, limit) => find(c, PART.sharing)?.logsOfOwner(serviceId, limit),
  });

function createReviewer(c: Container): InterfaceReviewer {
  const supervisor = c.resolve(PART.supervisor);
  const changes = c.resolve(PART.changes);
  const reviewer = new InterfaceReviewer({
    catalog: c.resolve(PART.catalog),
    audit: c.resolve(PART.audit),
    guard: c.resolve(PART.guard),
    clock: c.resolve(PORT.clock),
    judge: c.resolve(PORT.interfaceJudge),
    snapshot: (serviceId) => supervisor.snapshot(serviceId),
    changes,
  });
  changes.on('changed', (serviceId) => {
    reviewer.observe(serviceId);
  });
  return reviewer;
}

const createPolicyUseCases = (c: Container): PolicyUseCases =>
  new PolicyUseCases({
    policies: c.resolve(PART.pipeline).policies,
    catalog: c.resolve(PART.catalog),
    audit: c.resolve(PART.audit),
    guard: c.resolve(PART.guard),
    changes: c.resolve(PART.changes),
    trust: c.resolve(PORT.workspaceTrust),
    readPolicy: parsePolicy,
  });

function createServiceUseCases(c: Container): ServiceUseCases {
  const policies = c.resolve(PART.policies);
  const catalog = c.resolve(PART.catalog);
  const { load, circuits, policies: effective } = c.resolve(PART.pipeline);
  return new ServiceUseCases({
    catalog,
    supervisor: c.resolve(PART.supervisor),
    audit: c.resolve(PART.audit),
    timeline: c.resolve(PART.audits),
    guard: c.resolve(PART.guard),
    clock: c.resolve(PORT.clock),
    cleaner: find(c, PORT.artifactCleaner),
    trust: c.resolve(PORT.workspaceTrust),
    load,
    circuits,
    references: new AdmittedReferences(providersOf(c)),
    verdict: (serviceId) => c.resolve(PART.reviewer).verdict(serviceId),
    policyWarnings: (service, snapshot) => effective.warnings(service, snapshot),
    unsupported: () =>
      [
        c.resolve(PORT.serviceRegistry),
        c.resolve(PORT.policyRegistry),
        c.resolve(PORT.accessTokenStore),
        c.resolve(PORT.profileStore),
        c.resolve(PORT.loginStore),
      ].flatMap((store) => store.unsupported ?? []),
    compatibility: (service) => c.resolve(PART.gateway).compatibility(service),
    inWords: textWords(c.resolve(PART.options).words ?? 'library'),
    readManifest: (input) => policies.admit(parseManifest(input, catalog.kinds)),
  });
}

function createOverview(c: Container): Overview {
  const reviewer = c.resolve(PART.reviewer);
  return new Overview({
    catalog: c.resolve(PART.catalog),
    supervisor: c.resolve(PART.supervisor),
    trust: c.resolve(PORT.workspaceTrust),
    load: c.resolve(PART.pipeline).load,
    heldCount: (serviceId) => {
      const { prompts, resources, resourceTemplates } = reviewer.heldContents(serviceId);
      return reviewer.held(serviceId).size + prompts.size + resources.size + resourceTemplates.size;
    },
    telemetry: c.resolve(PORT.telemetry),
    events: c.resolve(PART.events),
    guard: c.resolve(PART.guard),
    history: c.resolve(PART.callHistory),
    clock: c.resolve(PORT.clock),
    instanceId: c.resolve(PART.instance).id,
  });
}

const createSecrets = (c: Container): Secrets =>
  new Secrets({
    store: c.resolve(PORT.secretStore),
    providers: providersOf(c),
    audit: c.resolve(PART.audit),
    entropy: c.resolve(PORT.entropy),
    trust: c.resolve(PORT.workspaceTrust),
  });

const createMetricsReader = (c: Container): MetricsReader =>
  new MetricsReader({
    calls: c.resolve(PART.callCounter),
    limits: c.resolve(PART.limits),
    audit: c.resolve(PART.audit),
    telemetry: c.resolve(PORT.telemetry),
    catalog: c.resolve(PART.catalog),
  });
