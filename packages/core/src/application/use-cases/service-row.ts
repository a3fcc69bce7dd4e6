import { allowsOn } from '../../domain/access/decide.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { TrustState } from '../../domain/access/trust.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import type { Cause } from '../../domain/services/cause-line.ts';
import { originKind, originMember, type OriginKinds } from '../../domain/services/origin-kinds.ts';
import { problemOf, type Problem } from '../../domain/services/problem.ts';
import { problemKey, shownProblem } from '../../domain/services/problem-groups.ts';
import { redactedManifest } from '../../domain/services/shown-manifest.ts';
import { statusWord, type StatusWord } from '../../domain/services/status-word.ts';
import type { Service } from '../../domain/services/service.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { CallFigures, ServiceRow } from '../../ports/inbound/overview.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import { shownStatus } from './service-view.ts';
import { shownTarget } from './trust-report.ts';

/** Everything that rows and problems are made of. */
export interface ServiceRowSources {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly trust: { readonly state: TrustState };
  readonly load: (serviceId: string) => CallLoad;
  /** Number of withheld entries. */
  readonly heldCount: (serviceId: string) => number;
}

/** Returns the problem of a service; undefined if it has none. */
export function serviceProblem(
  { catalog, supervisor, trust, load, heldCount }: ServiceRowSources,
  service: Service,
  cause: Cause | undefined,
): Problem | undefined {
  const { serviceId, namespace, manifest } = service;
  const { origin } = manifest.spec;
  return problemOf({
    serviceId,
    namespace,
    status: shownStatus(trust.state, supervisor.status(serviceId), load(serviceId)),
    trail: supervisor.trail(serviceId),
    cause,
    host: hostOf(originMember(origin, originKind(origin.type, catalog.kinds).url)),
    ref: 'authRef' in origin && typeof origin.authRef === 'string' ? origin.authRef : undefined,
    heldCount: heldCount(serviceId),
  });
}

function hostOf(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined;
}

/** Returns the word for the state of a service. */
export const stateOf = ({ supervisor, trust, load }: ServiceRowSources, { serviceId }: Service): StatusWord =>
  statusWord(shownStatus(trust.state, supervisor.status(serviceId), load(serviceId)));

/** The parts of a row that another caller or another moment changes. */
export interface RowContext {
  readonly caller: Caller;
  readonly problem: Problem | undefined;
  readonly minute: CallFigures | undefined;
}

/** Returns the row of a service for a caller that may read it. */
export function serviceRow(
  { catalog, supervisor, trust, load, heldCount }: ServiceRowSources,
  service: Service,
  { caller, problem, minute }: RowContext,
): ServiceRow {
  const { serviceId, namespace, manifest } = service;
  const status = shownStatus(trust.state, supervisor.status(serviceId), load(serviceId));
  const since = supervisor.trail(serviceId)?.since;
  const snapshot = supervisor.snapshot(serviceId);
  const mayInspect = allowsOn(caller, 'inspect', namespace);
  const { displayName } = manifest.metadata;
  const startLine = mayInspect ? status.starting?.line : undefined;
  return {
    serviceId,
    namespace,
    ...(displayName === undefined ? {} : { displayName }),
    originType: manifest.spec.origin.type,
    what: shownOrigin(service, caller, catalog.kinds),
    isEnabled: manifest.spec.enabled,
    state: statusWord(status),
    ...(since === undefined ? {} : { since }),
    ...(problem === undefined ? {} : { problemId: problemKey(shownProblem(problem, mayInspect)) }),
    calls: minute?.calls ?? 0,
    failed: minute?.failed ?? 0,
    ...(minute?.p95Ms === undefined ? {} : { p95Ms: minute.p95Ms }),
    tools: snapshot?.tools.length ?? 0,
    tokens: snapshot === undefined ? 0 : listTokens(snapshot),
    restarts: status.restartCount,
    ...(status.retryAt === undefined ? {} : { retryAt: status.retryAt }),
    held: heldCount(serviceId),
    ...(startLine === undefined ? {} : { startLine }),
  };
}

/** Returns the command or address of a service, as far as a caller may read it. Values are hidden. */
export const shownOrigin = (service: Service, caller: Caller, kinds?: OriginKinds): string =>
  targetOf(service, kinds)[allowsOn(caller, 'inspect', service.namespace) ? 'operator' : 'client'];

interface Target {
  readonly operator: string;
  readonly client: string;
}

/** By record: a change of a service gives another one. */
const targets = new WeakMap<Service, Target>();
const MAX_TARGET_LENGTH = 200;

function targetOf(service: Service, kinds: OriginKinds | undefined): Target {
  const known = targets.get(service);
  if (known !== undefined) return known;
  const target = (view: keyof Target): string =>
    shownTarget(redactedManifest(service.manifest, kinds, view), kinds).slice(0, MAX_TARGET_LENGTH);
  const made = { operator: target('operator'), client: target('client') };
  targets.set(service, made);
  return made;
}

const BYTES_PER_TOKEN = 4;
const tokens = new WeakMap<InterfaceSnapshot, number>();

/** Returns an estimate of the tokens of a list of tools. */
function listTokens(snapshot: InterfaceSnapshot): number {
  const known = tokens.get(snapshot);
  if (known !== undefined) return known;
  const bytes = snapshot.tools.reduce((sum, { raw }) => sum + raw.bytes.length + 1, 0);
  const estimate = Math.round(bytes / BYTES_PER_TOKEN);
  tokens.set(snapshot, estimate);
  return estimate;
}
