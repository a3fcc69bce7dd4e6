import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { fixOf, lineOf } from '../api/service-problem.ts';
import { CliError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { FoundProblems, listed } from './doctor-findings.ts';

export const NOT_CHECKED = 'not checked: the daemon does not answer';

/** The services of the daemon; undefined when it does not answer, which the check `daemon` reports. */
export type SeenServices = Awaited<ReturnType<CommandContext['api']['services']>> | undefined;

/** Checks that no service has failed. */
export function servicesDetail(found: SeenServices): string {
  if (found === undefined) return NOT_CHECKED;
  const failed = found.items.filter(hasFailed);
  if (failed.length === 0) {
    const running = found.items.filter(({ lifecycle }) => lifecycle === 'RUNNING').length;
    return `${String(running)} of ${String(found.items.length)} services run, and none has failed`;
  }
  throw new FoundProblems(
    failed.map((service) => {
      const { namespace } = service;
      return { service: namespace, text: failureOf(service), fix: fixOf(service) };
    }),
  );
}

/** Checks that the daemon can use every stored record. */
export function recordsDetail(found: SeenServices): string {
  if (found === undefined) return NOT_CHECKED;
  const { unsupported = [] } = found;
  if (unsupported.length === 0) return 'the daemon can use every stored record';
  const problems = unsupported.map(({ file, name, reason }) => `UNSUPPORTED ${name} (${file}): ${reason}`);
  throw new CliError(listed(problems), { hint: unsupported[0]?.fix ?? '' });
}

/** Checks that every stored secret names its destinations. */
export async function secretsDetail({ api }: CommandContext): Promise<string> {
  const found = await api.secrets().catch(() => undefined);
  if (found === undefined) return NOT_CHECKED;
  const open = found.items.filter(({ hosts = [], services = [] }) => hosts.length === 0 && services.length === 0);
  if (open.length === 0) return 'every secret names its hosts or services';
  const [first] = open;
  throw new CliError(
    listed(open.map(({ authRef }) => `${authRef} has no hosts: every service of its creator may use it`)),
    {
      hint: `clarityctl auth set-secret ${first?.authRef ?? ''} - --host <host>`,
    },
  );
}

/** Checks that each setting of a service has an effect. */
export function settingsDetail(found: SeenServices): string {
  if (found === undefined) return NOT_CHECKED;
  const warnings = found.items.flatMap(({ namespace, warnings: own = [] }) =>
    own.map((warning) => ({
      service: namespace,
      text: `${namespace}: ${warning}`,
      fix: `correct the manifest or the policy: \`clarityctl edit ${namespace}\``,
    })),
  );
  if (warnings.length === 0) return 'each setting of the services has an effect';
  throw new FoundProblems(warnings);
}

/** A service that was stopped by request keeps the error of its last failure and has no health. */
const hasFailed = ({ lifecycle, health, lastError }: ServiceSummary): boolean =>
  lastError !== undefined && (lifecycle === 'STOPPED' ? health !== 'UNKNOWN' : health !== 'HEALTHY');

const failureOf = (service: ServiceSummary): string =>
  `${service.namespace} is ${service.lifecycle} (${service.health}): ${lineOf(service)}`;
