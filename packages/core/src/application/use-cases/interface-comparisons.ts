import {
  judge,
  notJudged,
  packRequest,
  type InterfaceJudgement,
  type JudgeRequest,
} from '../../domain/interfaces/interface-judgement.ts';
import type { InterfacePin } from '../../domain/interfaces/interface-pin.ts';
import type { Comparable } from '../../domain/interfaces/interface-diff.ts';
import { interfaceSize } from '../../domain/interfaces/packed-interface.ts';
import type { InterfaceJudge } from '../../ports/index.ts';

/**
 * Size of both sides up to which a comparison runs at once. It walks about 2 kB per millisecond on a slow machine, so 16 KiB need a
 * few milliseconds, and a turn through another thread would delay the start of small services.
 */
const INLINE_SIZE = 16 * 1024;

/** Comparisons of interfaces: small ones at once, large ones through the port before the interface is offered. */
export class InterfaceComparisons {
  readonly #judge: InterfaceJudge;
  readonly #prepared = new WeakMap<Comparable, { request: JudgeRequest; judgement: InterfaceJudgement }>();
  readonly #pinSizes = new WeakMap<InterfacePin, number>();

  constructor(judge: InterfaceJudge) {
    this.#judge = judge;
  }

  /** Compares a large interface for `find`. A comparison that is late or fails counts as not judged. Never rejects. */
  async prepare(request: JudgeRequest): Promise<void> {
    if (this.#isSmall(request)) return;
    const judged = await this.#judge.judge(packRequest(request)).catch(() => undefined);
    this.#prepared.set(request.now, { request, judgement: judged ?? notJudged(request) });
  }

  /** Returns the result; undefined for a large interface whose comparison was not prepared, or with another base. */
  find(request: JudgeRequest): InterfaceJudgement | undefined {
    const known = this.#prepared.get(request.now);
    if (known !== undefined && hasSameBase(known.request, request)) return known.judgement;
    return this.#isSmall(request) ? judge(request) : undefined;
  }

  #isSmall({ now, before, pin }: JudgeRequest): boolean {
    const size = interfaceSize(now) + (before === undefined ? 0 : interfaceSize(before));
    return size + (pin === undefined ? 0 : this.#sizeOf(pin)) <= INLINE_SIZE;
  }

  #sizeOf(pin: InterfacePin): number {
    const size = this.#pinSizes.get(pin) ?? JSON.stringify(pin).length;
    this.#pinSizes.set(pin, size);
    return size;
  }
}

const hasSameBase = (a: JudgeRequest, b: JudgeRequest): boolean =>
  a.before === b.before &&
  a.pin === b.pin &&
  a.isFirst === b.isFirst &&
  (a.pinAt === undefined) === (b.pinAt === undefined);
