import { z } from 'zod';

/** Parses a whole number in decimal digits. */
export const wholeNumber = (least: number, most: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);

/** Parses a comma-separated list. Blanks are ignored. */
export const list: z.ZodType<readonly string[], string> = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** Parses verbs that the MCP endpoint can grant. `approve` and `admin` are for people. */
export const mcpVerbs = list.pipe(
  z.array(z.enum(['read', 'call', 'inspect', 'operate', 'login', 'provision', 'secrets'])),
);

/** Parses a comma-separated list of exact web origins: scheme, host and port. */
export const webOrigins: z.ZodType<readonly string[], string> = list.refine((origins) =>
  origins.every((text) => URL.canParse(text) && /^https?:\/\//.test(text) && new URL(text).origin === text),
);

/** Parses a token: visible ASCII without blanks, as a header value allows. */
export const token: z.ZodType<string, string> = z.string().regex(/^[\x21-\x7e]+$/);

/** Parses an http or https URL without user name, query and fragment. Surrounding blanks are ignored. */
export const webAddress: z.ZodType<URL, string> = z
  .string()
  .transform((text) => text.trim())
  .pipe(z.url({ protocol: /^https?$/ }))
  .transform((text) => new URL(text))
  .refine((url) => url.username === '' && url.password === '' && url.search === '' && url.hash === '');

/** Parses the issuer of an authorization server and keeps its text: issuers are compared byte for byte (RFC 8414 §3.3). */
export const issuer: z.ZodType<string, string> = z.string().refine((text) => {
  const { success, data } = webAddress.safeParse(text);
  if (!success || text !== text.trim()) return false;
  return data.protocol === 'https:' || ['127.0.0.1', 'localhost'].includes(data.hostname);
});

/** Parses a switch: `1`, `true` and `yes` in any case turn it on, every other value leaves it off. */
export type SwitchSetting = {
  readonly open: boolean;
  /** On, with an approval by an operator for each use. */
  readonly approve?: true;
  /** The value when it is neither a known on nor a known off value. */ readonly odd?: string;
};

const OPEN = new Set(['1', 'true', 'yes']);
const SHUT = new Set(['0', 'false', 'no', 'off']);

export const gate: z.ZodType<SwitchSetting, string> = z.string().transform((text): SwitchSetting => {
  const word = text.toLowerCase();
  if (OPEN.has(word)) return { open: true };
  return SHUT.has(word) ? { open: false } : { open: false, odd: text };
});

/** Parses a switch that also accepts `approve`. */
export const approvalGate: z.ZodType<SwitchSetting, string> = z
  .string()
  .transform((text): SwitchSetting =>
    text.toLowerCase() === 'approve' ? { open: true, approve: true } : gate.parse(text),
  );

/** Parses words separated by blanks. */
export const words: z.ZodType<readonly string[], string> = z
  .string()
  .transform((text) => text.split(/\s+/).filter((word) => word !== ''));
