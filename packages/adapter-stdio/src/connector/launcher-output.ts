import { ClarityError } from '@clarity-runtime/core';
import { PERMANENT } from '@clarity-runtime/core/internal';

/** Output of package runners and container programs without a network. */
const OFFLINE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b|error sending request|cannot connect to the docker daemon|tls handshake timeout|temporary failure in name resolution|failed to lookup address|i\/o timeout/i;
const DOCKER = /docker daemon/i;
/** Output of package runners for a package that they cannot get. */
const ABSENT =
  /\bE404\b|is not in this registry|no matching distribution|no solution found|manifest unknown|pull access denied|ETARGET\b/i;
/** The part of it that is certain: the registry has answered that the package, or its version, does not exist. */
const NOT_IN_REGISTRY =
  /\bE404\b|no matching distribution|not found in the package registry|manifest unknown|\bETARGET\b/i;

/** Returns the error of a launcher that failed before it ran the program; undefined when its output has no known cause. */
export function launcherError(lines: readonly string[]): ClarityError | undefined {
  const absent = lines.findLast((line) => ABSENT.test(line));
  if (absent !== undefined) {
    const isCertain = lines.some((line) => NOT_IN_REGISTRY.test(line));
    const detail = { field: 'spec.origin.args', hint: 'correct the package name in spec.origin.args' };
    return new ClarityError('PROCESS_START_FAILED', absent, isCertain ? { ...detail, data: PERMANENT } : detail);
  }
  const offline = lines.findLast((line) => OFFLINE.test(line));
  if (offline === undefined) return undefined;
  const hint = DOCKER.test(offline) ? 'start Docker' : 'check the network: the start is repeated by itself';
  return new ClarityError('UPSTREAM_UNREACHABLE', offline, { hint });
}
