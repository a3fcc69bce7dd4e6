import { nearestName } from '../arguments/nearest-name.ts';
import { CliError } from '../support/cli-error.ts';
import { clarityFile, type ClarityFile } from './clarity-file.ts';

/** Members whose entries are merged by name. */
const MERGED = ['env', 'headers', 'query', 'labels'] as const;

/**
 * Returns the file of a variant: its services are enabled, the others of the file disabled, and its changes are made.
 * @throws CliError for an unknown variant or service, or a change that does not fit the kind of the service.
 */
export function withVariant(file: ClarityFile, name: string, from: string): ClarityFile {
  const { variants = {}, ...rest } = file;
  const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
  const refuse = (reason: string, near?: string): CliError =>
    new CliError(`${from}: ${reason}${near === undefined ? '' : `, did you mean '${near}'?`}`, {
      hint: 'nothing was changed',
      code: 'FILE_INVALID',
    });
  if (variant === undefined) throw refuse(`unknown variant '${name}'`, nearestName(name, Object.keys(variants)));
  const known = Object.keys({ ...file.services, ...file.mcpServers });
  const changes = variant.set ?? {};
  const unknown = [...(variant.services ?? []), ...Object.keys(changes)].find((service) => !known.includes(service));
  if (unknown !== undefined) throw refuse(`variant ${name}: unknown service '${unknown}'`, nearestName(unknown, known));
  const isEnabled = (service: string): boolean | undefined => variant.services?.includes(service);
  const services = Object.entries(file.services ?? {}).map(([service, entry]) => [
    service,
    changed(entry, changes[service] ?? {}, isEnabled(service)),
  ]);
  const clients = Object.entries(file.mcpServers ?? {}).map(([service, entry]) => {
    const { enabled, ...others } = changed(entry, changes[service] ?? {}, isEnabled(service));
    return [service, { ...others, ...(enabled === undefined ? {} : { disabled: enabled !== true }) }];
  });
  const read = clarityFile.safeParse({
    ...rest,
    ...(file.services === undefined ? {} : { services: Object.fromEntries(services) as object }),
    ...(file.mcpServers === undefined ? {} : { mcpServers: Object.fromEntries(clients) as object }),
  });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refuse(`variant ${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

type Members = Readonly<Record<string, unknown>>;

function changed(entry: object, change: Members, isEnabled: boolean | undefined): Members {
  const own = entry as Members;
  const enabled = isEnabled === undefined ? {} : { enabled: isEnabled };
  if (isWhole(own)) return isEnabled === undefined ? own : { manifest: withEnabled(own.manifest, isEnabled) };
  const merged = MERGED.flatMap((name) =>
    change[name] === undefined ? [] : [[name, { ...Object(own[name]), ...Object(change[name]) }] as const],
  );
  return { ...own, ...enabled, ...change, ...Object.fromEntries(merged) };
}

const isWhole = (entry: Members): entry is { readonly manifest: Members } => 'manifest' in entry;

const withEnabled = (manifest: Members, enabled: boolean): Members => ({
  ...manifest,
  spec: { ...Object(manifest['spec']), enabled },
});
