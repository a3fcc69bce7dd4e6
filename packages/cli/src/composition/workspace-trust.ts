import type { TrustReply } from '@clarity-runtime/api-contract';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import { stockAdapters, type StockAdaptersOptions } from './stock-adapters.ts';

/** The report about a workspace, and the decision to trust it. */
export interface TrustDecision extends AsyncDisposable {
  report(): Promise<TrustReply>;
  trust(digest: string): Promise<TrustReply>;
}

/** Opens a workspace that no daemon serves. */
export async function openWorkspaceTrust(options: StockAdaptersOptions): Promise<TrustDecision> {
  const runtime = await createRuntime(await stockAdapters(options), { words: 'program' });
  return {
    report: () => runtime.trust.report(embeddedCaller),
    trust: (digest) => runtime.trust.trust(embeddedCaller, digest),
    [Symbol.asyncDispose]: () => runtime.close(),
  };
}
