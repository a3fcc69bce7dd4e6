import type { TrustOperations } from '@clarity-runtime/core';
import { systemCaller } from '@clarity-runtime/core/internal';
import { trustLines } from '../command-support/trust-lines.ts';

/** Options of `settleTrust`. */
export interface TrustGateOptions {
  readonly trust: TrustOperations;
  /** The workspace is trusted already. A report reads every service and the versions of its secrets. */
  readonly isTrusted: boolean;
  /** Trust without a question: `--trust-workspace`. */
  readonly isAllowed: boolean;
  /** Reason why a decision is lost when the daemon ends. */
  readonly unkept: string | undefined;
  readonly log: (line: string) => void;
  /** Asks at the terminal; undefined without one. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}

/**
 * Trusts the workspace if the settings or the user at the terminal allow it. Otherwise the daemon serves its API and starts
 * nothing. The services start when the workspace becomes trusted.
 */
export async function settleTrust(options: TrustGateOptions): Promise<void> {
  const { trust, isTrusted, isAllowed, unkept, log, confirm } = options;
  if (unkept !== undefined) {
    log(
      `warning: the key or the record of trust cannot be stored, so the next start needs --trust-workspace: ${unkept}`,
    );
  }
  if (isTrusted) return;
  const report = await trust.report(systemCaller);
  if (isAllowed) {
    await trust.trust(systemCaller, report.digest);
    return;
  }
  const reason = report.problems[0]?.text ?? 'no mark of this user';
  log(`warning: this workspace is not trusted, nothing is started (${reason}); run \`clarityctl trust\``);
  if (confirm === undefined) return;
  for (const line of trustLines(report)) log(line);
  if (await confirm('Trust this workspace?')) await trust.trust(systemCaller, report.digest);
}
