import { z } from 'zod';
import type { Setting } from './setting.ts';
import { gate, type SwitchSetting } from './values.ts';

/** Settings of the user key, for `clarityd` and `clarityctl trust`. */
export const trustStoreSettings = {
  trustStore: {
    flag: 'trust-store',
    variables: ['CLARITY_TRUST_STORE'],
    schema: z.string().min(1),
    fallback: undefined,
    expects: 'a folder',
    describe: 'folder of the user key and of the records of trusted workspaces',
    fallbackText: '$XDG_CONFIG_HOME/clarity and $XDG_STATE_HOME/clarity',
  } as Setting<string | undefined>,
  keyFile: {
    flag: 'key-file',
    variables: ['CLARITY_KEY_FILE'],
    schema: z.string().min(1),
    fallback: undefined,
    expects: 'a file with one or two keys of 32 bytes',
    describe: 'file that replaces the user key',
    fallbackText: 'user.key of the trust store',
  } as Setting<string | undefined>,
} as const;

/** Settings of the trust of `clarityd`. */
export const trustSettings = {
  ...trustStoreSettings,
  trustWorkspace: {
    variables: ['CLARITYD_TRUST_WORKSPACE'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'trust the workspace without a question, for containers and CI; as --trust-workspace',
  } as Setting<SwitchSetting>,
} as const;
