import { z } from 'zod';

/** A whole number in decimal digits. */
export const wholeNumber = (least: number, most: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);

/** Commas between, blanks ignored. */
export const list: z.ZodType<readonly string[], string> = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** What can stand in a header: visible ASCII without blanks. */
export const token: z.ZodType<string, string> = z.string().regex(/^[\x21-\x7e]+$/);

export const webAddress: z.ZodType<URL, string> = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.username === '' && url.password === '' && url.search === '' && url.hash === '');

/** `1`, `true` and `yes` in any case open a gate; everything else leaves it shut. */
export type SwitchSetting = {
  readonly open: boolean;
  /** It opens, and an operator approves each time. */
  readonly approve?: true;
  /** A value that neither opens nor shuts it on purpose. */ readonly odd?: string;
};

const OPEN = new Set(['1', 'true', 'yes']);
const SHUT = new Set(['0', 'false', 'no', 'off']);

export const gate: z.ZodType<SwitchSetting, string> = z.string().transform((text): SwitchSetting => {
  const word = text.toLowerCase();
  if (OPEN.has(word)) return { open: true };
  return SHUT.has(word) ? { open: false } : { open: false, odd: text };
});

/** A gate that may also stand open on approval. */
export const approvalGate: z.ZodType<SwitchSetting, string> = z
  .string()
  .transform((text): SwitchSetting =>
    text.toLowerCase() === 'approve' ? { open: true, approve: true } : gate.parse(text),
  );

/** Separate words, blanks between. */
export const words: z.ZodType<readonly string[], string> = z
  .string()
  .transform((text) => text.split(/\s+/).filter((word) => word !== ''));
