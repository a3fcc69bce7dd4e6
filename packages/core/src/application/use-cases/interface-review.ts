import type { InterfaceDiff, Verdict } from '../../domain/interfaces/interface-change.ts';
import { contentDigest } from '../../domain/json/digest.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { isUnsettled } from '../support/store-failure.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { comparedTools } from '../../domain/interfaces/compared-tools.ts';
import { allOf, type InterfaceJudgement, type JudgeRequest } from '../../domain/interfaces/interface-judgement.ts';
import {
  NOTHING_HELD,
  pinSnapshot,
  pinTools,
  type HeldContents,
  type InterfacePin,
} from '../../domain/interfaces/interface-pin.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, InterfaceJudge } from '../../ports/index.ts';
import type { Guard } from './guard.ts';
import { InterfaceComparisons } from './interface-comparisons.ts';
import { assertSeen, changedEvent, reviewDigest, suspiciousEvent } from './review-records.ts';
import type { QuarantinedTools } from '../gateway/backends.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceChanges } from '../support/service-changes.ts';
import type { ExpectedInterface, InterfaceReview, InterfaceReviews } from '../../ports/inbound/interface-reviews.ts';

export interface InterfaceReviewerDependencies {
  readonly catalog: ServiceCatalog;
  readonly audit: AuditLog;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly judge: InterfaceJudge;
  readonly snapshot: (serviceId: string) => InterfaceSnapshot | undefined;
  /** Raised after an interface was accepted. */
  readonly changes: ServiceChanges;
}

/** The latest review of one service. */
interface ReviewState {
  readonly snapshot: InterfaceSnapshot;
  readonly diff: InterfaceDiff | undefined;
  readonly held: ReadonlySet<string>;
  readonly contents: HeldContents;
  readonly pin: InterfacePin | undefined;
  /** Digest of the snapshot, if the comparison computed it. */
  readonly digest?: string | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** Compares every interface of a service with the previous one, and quarantines changed entries if the manifest pins the interface. */
export class InterfaceReviewer implements InterfaceReviews, QuarantinedTools {
  readonly #states = new Map<string, ReviewState>();
  readonly #dependencies: InterfaceReviewerDependencies;
  readonly #comparisons: InterfaceComparisons;
  /** Withheld entries of services whose comparison is repeated, in place of their state. */
  readonly #waiting = new Map<string, Pick<ReviewState, 'held' | 'contents'> | undefined>();

  constructor(dependencies: InterfaceReviewerDependencies) {
    this.#dependencies = dependencies;
    this.#comparisons = new InterfaceComparisons(dependencies.judge);
  }

  held(serviceId: string): ReadonlySet<string> {
    return (this.#waiting.get(serviceId) ?? this.#states.get(serviceId))?.held ?? NONE;
  }

  heldContents(serviceId: string): HeldContents {
    return (this.#waiting.get(serviceId) ?? this.#states.get(serviceId))?.contents ?? NOTHING_HELD;
  }

  /** Returns the verdict on the interface since it was accepted. */
  verdict(serviceId: string): Verdict {
    return this.#states.get(serviceId)?.diff?.verdict ?? 'compatible';
  }

  /** Compares a large interface away from this thread, before `observe` is called for it. Never rejects. */
  async prepare(serviceId: string, snapshot: InterfaceSnapshot): Promise<void> {
    const service = this.#dependencies.catalog.find(serviceId);
    if (service !== undefined) await this.#comparisons.prepare(this.#requestFor(service, snapshot));
  }

  /** Compares the current interface. Changed entries of a pinned interface are in quarantine when this returns. */
  observe(serviceId: string): void {
    const service = this.#dependencies.catalog.find(serviceId);
    const snapshot = this.#dependencies.snapshot(serviceId);
    if (service === undefined) this.#states.delete(serviceId);
    if (service === undefined || snapshot === undefined) return;
    const before = this.#states.get(serviceId);
    const request = this.#requestFor(service, snapshot);
    if (before?.snapshot === snapshot && before.pin === request.pin && request.pinAt === undefined) return;
    const judgement = this.#comparisons.find(request);
    if (judgement === undefined) void this.#compareLater(service, snapshot);
    else this.#judged(service, request.pinAt, { ...judgement, snapshot });
  }

  #judged(
    { serviceId }: Service,
    pinAt: string | undefined,
    {
      snapshot,
      first,
      diff,
      pin,
      held,
      contents,
      digest,
    }: InterfaceJudgement & { readonly snapshot: InterfaceSnapshot },
  ): void {
    const before = this.#states.get(serviceId);
    const isDifferent = diff !== undefined && diff.changes.length > 0;
    const names = namesOf(held, contents);
    if (pin !== undefined && pinAt !== undefined) {
      this.#storePin(serviceId, pin, names.size + (contents.instructions === undefined ? 0 : 1));
    }
    this.#states.set(serviceId, {
      snapshot,
      diff: isDifferent || pin !== undefined ? diff : before?.diff,
      held,
      contents,
      pin,
      digest,
    });
    if (before?.snapshot.interfaceRevision === snapshot.interfaceRevision || !isDifferent) return;
    const event = first === undefined ? changedEvent(serviceId, diff, names) : suspiciousEvent(serviceId, first, names);
    this.#dependencies.audit.note(event);
  }

  /** Withholds a pinned interface whose base changed after it was prepared, and compares it again. */
  async #compareLater(service: Service, snapshot: InterfaceSnapshot): Promise<void> {
    const { serviceId, manifest } = service;
    if (this.#waiting.has(serviceId)) return;
    const isOther = this.#states.get(serviceId)?.snapshot !== snapshot;
    this.#waiting.set(serviceId, manifest.spec.pinInterface === true && isOther ? allOf(snapshot) : undefined);
    await this.prepare(serviceId, snapshot);
    this.#waiting.delete(serviceId);
    this.observe(serviceId);
    this.#dependencies.changes.raise('interface-changed', serviceId);
  }

  async review(caller: Caller, serviceId: string): Promise<InterfaceReview> {
    const { catalog, guard } = this.#dependencies;
    const intent = { action: 'compare interfaces', serviceId };
    const { manifest } = await guard.requireOn(caller, 'read', intent, catalog.find(serviceId));
    const state = this.#states.get(serviceId);
    const to = state?.snapshot.interfaceRevision ?? '';
    const { prompts, resources, resourceTemplates: templates } = this.heldContents(serviceId);
    const same: InterfaceDiff = { from: null, to, verdict: 'compatible', changes: [] };
    return {
      serviceId,
      ...(state?.diff ?? same),
      digest: state === undefined ? contentDigest(serviceId) : reviewDigest(serviceId, state),
      pinned: manifest.spec.pinInterface === true,
      held: [...this.held(serviceId)].sort(),
      heldContents: { prompts: sorted(prompts), resources: sorted(resources), resourceTemplates: sorted(templates) },
    };
  }

  /** Accepts the current definition of the named tools, or of all. Rejects the entry points of models. */
  async accept(
    caller: Caller,
    serviceId: string,
    tools?: readonly string[],
    expected: ExpectedInterface = {},
  ): Promise<InterfaceReview> {
    const { audit, catalog, changes, clock, guard } = this.#dependencies;
    const intent = { action: 'accept an interface', serviceId };
    await guard.requireOn(caller, 'approve', intent, catalog.find(serviceId));
    const state = this.#states.get(serviceId);
    if (state === undefined) throw new ClarityError('SERVICE_STOPPED', `${serviceId} has no interface yet`);
    const { snapshot, pin } = state;
    assertSeen(serviceId, state, expected);
    const unknown = tools?.find((name) => !isOf(state, name));
    if (unknown !== undefined) throw new ClarityError('TOOL_NOT_FOUND', toPrintableAscii(unknown), { field: 'tools' });
    const at = clock.wall().toISOString();
    const accepted =
      pin === undefined || tools === undefined
        ? pinSnapshot(snapshot, at)
        : pinTools(pin, snapshot, new Set(tools), at);
    const entry: AuditEntry = {
      kind: 'interface.accepted',
      level: 'info',
      message: 'Interface accepted',
      serviceId,
      caller,
      data: { revision: snapshot.interfaceRevision, digest: reviewDigest(serviceId, state), tools: tools ?? 'all' },
    };
    if (pin === undefined) await audit.settle(entry);
    else await catalog.pin(caller, serviceId, accepted, audit.draft(entry));
    this.#states.set(serviceId, {
      snapshot,
      diff: undefined,
      held: NONE,
      contents: NOTHING_HELD,
      pin: pin === undefined ? undefined : accepted,
      digest: state.digest,
    });
    await this.prepare(serviceId, snapshot);
    this.observe(serviceId);
    changes.raise('interface-changed', serviceId);
    return this.review(caller, serviceId);
  }

  /** Returns what to compare. A pinned service without an accepted interface gets one: all entries that are not suspicious. */
  #requestFor({ serviceId, manifest, pin: stored }: Service, now: InterfaceSnapshot): JudgeRequest {
    const before = this.#states.get(serviceId);
    const isPinned = manifest.spec.pinInterface === true;
    const pin = isPinned ? (stored ?? before?.pin) : undefined;
    return {
      now,
      isFirst: before === undefined && stored === undefined,
      ...(before === undefined ? {} : { before: before.snapshot }),
      ...(pin === undefined ? {} : { pin }),
      ...(isPinned && pin === undefined ? { pinAt: this.#dependencies.clock.wall().toISOString() } : {}),
    };
  }

  #storePin(serviceId: string, pin: InterfacePin, held: number): void {
    const { audit, catalog } = this.#dependencies;
    const data = { revision: pin.revision, ...(held === 0 ? {} : { held }) };
    const entry: AuditEntry = { kind: 'interface.pinned', level: 'info', message: 'Interface pinned', serviceId, data };
    catalog.pin(systemCaller, serviceId, pin, audit.draft(entry)).catch((error: unknown) => {
      const message = 'The accepted interface is not stored and would not survive a restart of the runtime';
      if (!isUnsettled(error)) audit.note(entry);
      audit.note({ kind: 'interface.pin_unstored', level: 'error', message, serviceId });
    });
  }
}

const sorted = (names: ReadonlySet<string>): readonly string[] => [...names].sort();

const namesOf = (tools: ReadonlySet<string>, contents: HeldContents): ReadonlySet<string> =>
  new Set([...tools, ...contents.prompts, ...contents.resources, ...contents.resourceTemplates]);

const isOf = ({ snapshot, pin }: ReviewState, name: string): boolean =>
  comparedTools(snapshot.tools).some((tool) => tool.name === name) ||
  pin?.tools.some((tool) => tool.name === name) === true;
