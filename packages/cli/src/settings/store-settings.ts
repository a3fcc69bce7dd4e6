import { z } from 'zod';
import type { Setting } from './setting.ts';
import { gate, type SwitchSetting } from './values.ts';

/** Settings of a store that several daemons share, for `clarityd` and `clarityctl store`. */
export const storeSettings = {
  store: {
    flag: 'store',
    variables: ['CLARITY_STORE'],
    schema: z.string().regex(/^postgres(ql)?:\/\//),
    fallback: undefined,
    expects: 'postgres://user@host:5432/database',
    describe: 'database that several daemons share; needs @clarity-runtime/adapter-store-postgres and --key-file',
    fallbackText: 'files of the workspace',
    secret: true,
  } as Setting<string | undefined>,
  storePasswordFile: {
    variables: ['CLARITY_STORE_PASSWORD_FILE'],
    schema: z.string().min(1),
    fallback: undefined,
    expects: 'a file',
    describe: 'file with the password of the database',
    fallbackText: 'that of the URL, PGPASSWORD or PGPASSFILE',
  } as Setting<string | undefined>,
  storeInsecure: {
    variables: ['CLARITY_STORE_INSECURE'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'allow connections to a database on another machine without TLS, or without a check of its certificate',
  } as Setting<SwitchSetting>,
} as const;
