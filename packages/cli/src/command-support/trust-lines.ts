import type { TrustReply } from '@clarity-runtime/api-contract';

/** Returns the lines that show the effects of a workspace before a decision: each service with its command or address. */
export function trustLines({
  trusted,
  workspace = 'the workspace',
  problems,
  services,
}: TrustReply): readonly string[] {
  return [
    trusted ? `${workspace} is trusted` : `${workspace} is not trusted:`,
    ...problems.map(({ text }) => `  ${text}`),
    ...(services.length === 0 ? ['no service is registered'] : ['its services would run:']),
    ...services.flatMap(serviceLines),
  ];
}

function serviceLines(service: TrustReply['services'][number]): readonly string[] {
  const { namespace, type, runs, cwd, environment, credentials, artifact, starts } = service;
  const details: readonly (readonly [string, string | undefined])[] = [
    ['working folder', cwd],
    ['module', artifact === undefined ? undefined : `sha256 ${artifact}`],
    ['environment', environment.length === 0 ? undefined : environment.join(', ')],
    ['credentials', credentials.length === 0 ? undefined : credentials.join(', ')],
  ];
  return [
    `  ${namespace} (${type}${starts ? '' : ', does not start by itself'}): ${runs}`,
    ...details.flatMap(([name, text]) => (text === undefined ? [] : [`    ${name}: ${text}`])),
  ];
}

/** The command that allows a workspace, for hints. */
export const TRUST_HINT = 'look at the list above, then run `clarityctl trust`';
