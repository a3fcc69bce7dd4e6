import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { Setting } from './setting.ts';

const urlOf = (protocols: readonly string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol))
    .transform((text) => new URL(text));

/** Settings of the export of audit events. */
export const auditSettings = {
  auditFile: {
    flag: 'audit-file',
    variables: ['CLARITYD_AUDIT_FILE'],
    schema: z.string().refine(isAbsolute),
    fallback: undefined,
    expects: 'an absolute path',
    describe: 'file that audit events are appended to as JSON lines; SIGHUP opens it again',
  } as Setting<string | undefined>,
  auditSyslog: {
    flag: 'audit-syslog',
    variables: ['CLARITYD_AUDIT_SYSLOG'],
    schema: urlOf(['udp:', 'tcp:', 'unix:']),
    fallback: undefined,
    expects: 'udp://host:port, tcp://host:port or unix:/path',
    describe: 'syslog server that receives audit events (RFC 5424)',
  } as Setting<URL | undefined>,
  auditOtlp: {
    flag: 'audit-otlp',
    variables: ['CLARITYD_AUDIT_OTLP'],
    schema: urlOf(['http:', 'https:']),
    fallback: undefined,
    expects: 'an http or https URL',
    describe: 'OpenTelemetry collector that receives audit events as logs (OTLP over HTTP, JSON)',
    secret: true,
  } as Setting<URL | undefined>,
} as const;
