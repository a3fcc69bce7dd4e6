import { z } from 'zod';
import type { Setting } from './setting.ts';
import { gate, wholeNumber, type SwitchSetting } from './values.ts';

/** A host name or an address, and a port. */
const hostPort = z.string().regex(/^(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):\d{1,5}$/);

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

/** Settings of a daemon beside other daemons of its store. */
export const sharingSettings = {
  internalListen: {
    flag: 'internal-listen',
    variables: ['CLARITY_INTERNAL_LISTEN'],
    schema: hostPort,
    fallback: '127.0.0.1:0',
    expects: 'an address like 10.0.0.5:4708',
    describe: 'address for the other daemons of the store, which the key file proves; clients cannot use it',
  } as Setting<string>,
  internalAddress: {
    flag: 'internal-address',
    variables: ['CLARITY_INTERNAL_ADDRESS'],
    schema: hostPort,
    fallback: undefined,
    expects: 'an address like clarity-0.internal:4708',
    describe: 'address at which the other daemons of the store reach this one',
    fallbackText: 'that of --internal-listen',
  } as Setting<string | undefined>,
  storeSpoolBytes: {
    variables: ['CLARITY_STORE_SPOOL_BYTES'],
    schema: wholeNumber(1_048_576, 1_099_511_627_776),
    fallback: 268_435_456,
    expects: 'a number of bytes from 1048576 to 1099511627776',
    describe: 'bytes on disk for audit events that wait for a database that is away',
  } as Setting<number>,
} as const;
