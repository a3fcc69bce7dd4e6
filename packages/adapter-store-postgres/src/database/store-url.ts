import { readFileSync } from 'node:fs';
import { StoreError } from '@clarity-runtime/core';
import type { ClientConfig } from 'pg';

/** A database that `--store` names. */
export interface StoreAddress {
  /** One configuration for each host, in the order of the URL. */
  readonly hosts: readonly ClientConfig[];
  readonly schema: string;
  /** The URL without the password, for people. */
  readonly shown: string;
}

const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
const SCHEMA = /^[a-z_][a-z0-9_]{0,40}$/;
const SSL_MODES = ['verify-full', 'verify-ca', 'require', 'disable'];
const KEEPALIVE_DELAY_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 1_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 5_000;

/** Choices beside the URL. */
export interface StoreAddressOptions {
  /** Replaces the password of the URL. */
  readonly password?: string | undefined;
  /** Allows connections without TLS to other machines. */
  readonly isInsecureAllowed?: boolean;
  /** Shown by the server for each connection. */
  readonly applicationName?: string;
}

/**
 * Reads `postgres://user:password@host:port,host:port/database?schema=clarity&sslmode=verify-full`. The parameter `host` names the
 * folder of a Unix socket, `sslrootcert` a file of certificates. The default of `sslmode` is `disable` for loopback and
 * sockets, and `verify-full` for other machines.
 * @throws StoreError `invalid` with the reason.
 */
export function storeAddress(url: string, options: StoreAddressOptions = {}): StoreAddress {
  const parts = URL_PARTS.exec(url);
  if (parts === null) throw invalid('write postgres://user@host:5432/database');
  const [, user = '', password = '', hostList = '', database = '', query = ''] = parts;
  const parameters = new URLSearchParams(query);
  const schema = parameters.get('schema') ?? 'clarity';
  if (!SCHEMA.test(schema)) throw invalid('schema: lower-case letters, digits and _, at most 41');
  const socket = parameters.get('host');
  const common: ClientConfig = {
    ...(user === '' ? {} : { user: decoded(user) }),
    ...passwordOf(options.password ?? decoded(password)),
    ...(database === '' ? {} : { database: decoded(database) }),
    application_name: options.applicationName ?? 'clarity',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_DELAY_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
  };
  const hosts = hostList.split(',').map((text) => {
    const { host, port } = hostOf(text);
    const isLocal = socket !== null || isLoopback(host);
    const ssl = sslOf(parameters, isLocal, options.isInsecureAllowed === true);
    return { ...common, host: socket ?? host, port, ssl };
  });
  const shown = `postgres://${user === '' ? '' : `${user}@`}${hostList}${database === '' ? '' : `/${database}`}`;
  return { hosts, schema, shown };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

function hostOf(text: string): { readonly host: string; readonly port: number } {
  const parts = /^(\[[^\]]+\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(text);
  if (parts === null) throw invalid(`'${text}' is not host:port`);
  const [, host = '', port = '5432'] = parts;
  if (Number(port) > 65_535) throw invalid(`${port} is not a port`);
  return { host: host === '' ? 'localhost' : host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Without a password pg reads `PGPASSWORD` and the password file. */
const passwordOf = (password: string): ClientConfig => (password === '' ? {} : { password });

function sslOf(parameters: URLSearchParams, isLocal: boolean, isInsecureAllowed: boolean): ClientConfig['ssl'] {
  const mode = parameters.get('sslmode') ?? (isLocal ? 'disable' : 'verify-full');
  if (!SSL_MODES.includes(mode)) throw invalid(`sslmode: one of ${SSL_MODES.join(', ')}`);
  if (mode === 'disable') {
    if (isLocal || isInsecureAllowed) return false;
    throw invalid('sslmode=disable sends records in the clear; set CLARITY_STORE_INSECURE=1 to allow that');
  }
  const path = parameters.get('sslrootcert');
  const ca = path === null ? {} : { ca: readFileSync(path, 'utf8') };
  if (mode === 'require') {
    if (!isLocal && !isInsecureAllowed) throw invalid('sslmode=require does not verify the server; use verify-full');
    return { ...ca, rejectUnauthorized: false };
  }
  return mode === 'verify-ca' ? { ...ca, checkServerIdentity: () => undefined } : { ...ca, rejectUnauthorized: true };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('an escape with % is not valid');
  }
}

const invalid = (reason: string): StoreError => new StoreError('invalid', `the URL of the store: ${reason}`);
