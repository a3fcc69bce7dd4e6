import { isTenantId } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import { OUTPUT_FORMATS, parseOutputFormat, type OutputFormat } from '../terminal/output-format.ts';
import type { ResolvedSettings, Setting } from './setting.ts';
import { TOKEN_VARIABLES, tokenFileSetting } from './token-source.ts';
import { token, webAddress } from './values.ts';

/** Settings of `clarityctl` for its daemon. */
export const clientSettings = {
  daemonUrl: {
    flag: 'daemon-url',
    variables: ['CLARITYD_URL'],
    schema: webAddress,
    fallback: new URL('http://localhost:4707'),
    expects: 'an http or https URL without a user name, a query or a fragment',
    describe: 'URL of clarityd',
    fallbackText: 'http://localhost:4707',
  } as Setting<URL>,
  authToken: {
    flag: 'auth-token',
    variables: TOKEN_VARIABLES,
    schema: token,
    fallback: undefined,
    expects: 'visible ASCII characters without blanks',
    describe: 'token of the daemon; visible in `ps`, so prefer CLARITYD_AUTH_TOKEN',
    secret: true,
  } as Setting<string | undefined>,
  authTokenFile: tokenFileSetting,
  tenant: {
    flag: 'tenant',
    variables: ['CLARITYCTL_TENANT'],
    schema: z.string().refine(isTenantId),
    fallback: undefined,
    expects: '1 to 63 characters: lower-case letters, digits, _ and -',
    describe: 'tenant in which the command acts, for operators of all tenants',
    fallbackText: 'that of the token',
  } as Setting<string | undefined>,
  output: {
    flag: 'output-format',
    alias: 'o',
    variables: ['CLARITYCTL_OUTPUT'],
    schema: z
      .string()
      .transform((text) => parseOutputFormat(text))
      .refine((format) => format !== undefined),
    fallback: undefined,
    expects: `one of ${OUTPUT_FORMATS.join(', ')}<path>`,
    describe: 'output format: table, wide, json, yaml, name or jsonpath=<path>',
    fallbackText: 'table; json on a pipe',
  } as Setting<OutputFormat | undefined>,
  color: {
    flag: 'color',
    variables: [],
    schema: z.enum(['auto', 'always', 'never']),
    fallback: 'auto',
    expects: 'auto, always or never',
    describe: 'color of the output; NO_COLOR and FORCE_COLOR count too',
  } as Setting<'auto' | 'always' | 'never'>,
} as const;

export type ClientSettings = ResolvedSettings<typeof clientSettings>;

/** Settings of the compiler of `add`. */
export const compilerSettings = {
  compilerBin: {
    flag: 'compiler-bin',
    variables: ['CLARITYC_BIN'],
    schema: z.string().min(1),
    fallback: undefined,
    expects: 'the path or name of a compiler',
    describe: 'compiler to use instead of the built-in one',
    fallbackText: 'built-in',
  } as Setting<string | undefined>,
} as const;
