import { ClarityError, isClarityError } from '@clarity-runtime/core';
import { toDisplayText } from '@clarity-runtime/core/protocol';

/** Words of a system or TLS error, and the remedy if it differs from that of the error table. */
interface Cause {
  readonly words: string;
  readonly hint?: string;
}

const TRUST_HINT =
  'set spec.origin.tls.caFile to the certificate of that CA, or NODE_EXTRA_CA_CERTS in the environment of the daemon';
const RENEW_HINT = 'renew the certificate of the service, and check the clock of this machine';
const CERTIFICATE_HINT = 'replace the certificate of the service';
const CRL_HINT = 'check the revocation list of the service';
const NAME_HINT = 'use a host name of the certificate in spec.origin.endpoint, or set spec.origin.tls.serverName';
const CLIENT_HINT = 'set spec.origin.tls.certFile and keyFile to a certificate that the service accepts';
const SCHEME_HINT = 'check the scheme of spec.origin.endpoint: http:// or https://';
const NETWORK_HINT = 'check the network of this machine, and the address of the service';
const NAME_SERVICE_HINT = 'check the host name of spec.origin.endpoint, and the name service of this machine';

const untrusted = (words: string): Cause => ({ words, hint: TRUST_HINT });
const broken = (words: string): Cause => ({ words, hint: CERTIFICATE_HINT });

/** Codes of the operating system (errno), of OpenSSL (`X509_verify_cert_error_string`), of Node and of its HTTP client. */
const CAUSES: ReadonlyMap<string, Cause> = new Map<string, Cause>([
  ['ECONNREFUSED', { words: 'the connection was refused' }],
  ['ECONNRESET', { words: 'the connection was reset' }],
  ['EPIPE', { words: 'the connection was closed' }],
  ['UND_ERR_SOCKET', { words: 'the connection was closed' }],
  ['UND_ERR_DESTROYED', { words: 'the connection was closed' }],
  ['UND_ERR_CLOSED', { words: 'the connection was closed' }],
  ['UND_ERR_ABORTED', { words: 'the connection was aborted' }],
  ['UND_ERR_CONNECT_TIMEOUT', { words: 'the connection was not accepted in time', hint: NETWORK_HINT }],
  ['ETIMEDOUT', { words: 'the connection was not accepted in time', hint: NETWORK_HINT }],
  ['EHOSTUNREACH', { words: 'the host cannot be reached', hint: NETWORK_HINT }],
  ['EHOSTDOWN', { words: 'the host is down', hint: NETWORK_HINT }],
  ['ENETUNREACH', { words: 'the network cannot be reached', hint: NETWORK_HINT }],
  ['ENETDOWN', { words: 'the network is down', hint: NETWORK_HINT }],
  ['EADDRNOTAVAIL', { words: 'this machine has no address for the connection', hint: NETWORK_HINT }],
  ['EACCES', { words: 'the system does not allow the connection', hint: NETWORK_HINT }],
  ['EPERM', { words: 'the system does not allow the connection', hint: NETWORK_HINT }],
  ['ENOTFOUND', { words: 'the host name is unknown', hint: NAME_SERVICE_HINT }],
  ['ENODATA', { words: 'the host name has no address', hint: NAME_SERVICE_HINT }],
  ['EAI_AGAIN', { words: 'the name service did not reply', hint: NAME_SERVICE_HINT }],
  ['EAI_FAIL', { words: 'the name service failed', hint: NAME_SERVICE_HINT }],
  ['EMFILE', { words: 'this process has too many open files', hint: 'raise the limit of open files' }],
  ['ENFILE', { words: 'this machine has too many open files', hint: 'raise the limit of open files' }],
  ['UNABLE_TO_GET_ISSUER_CERT', untrusted('the certificate of the issuer is missing')],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', untrusted('the certificate is not signed by a trusted CA')],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', untrusted('the certificate is not signed by a trusted CA')],
  ['SELF_SIGNED_CERT_IN_CHAIN', untrusted('the certificate is signed by a CA that is not trusted')],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', untrusted('the certificate is self-signed and not trusted')],
  ['CERT_UNTRUSTED', untrusted('the certificate is not trusted')],
  ['INVALID_CA', untrusted('a certificate of the chain is not a CA')],
  ['CERT_REJECTED', broken('the certificate is rejected for this use')],
  ['CERT_SIGNATURE_FAILURE', broken('the signature of the certificate is wrong')],
  ['CERT_CHAIN_TOO_LONG', broken('the certificate chain is too long')],
  ['PATH_LENGTH_EXCEEDED', broken('the certificate chain is longer than its CA allows')],
  ['INVALID_PURPOSE', broken('the certificate is not valid for a server')],
  ['CERT_REVOKED', broken('the certificate is revoked')],
  ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', broken('the signature of the certificate cannot be read')],
  ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', broken('the key of the issuer cannot be read')],
  ['ERROR_IN_CERT_NOT_BEFORE_FIELD', broken('the start date of the certificate cannot be read')],
  ['ERROR_IN_CERT_NOT_AFTER_FIELD', broken('the end date of the certificate cannot be read')],
  ['CERT_HAS_EXPIRED', { words: 'the certificate has expired', hint: RENEW_HINT }],
  ['CERT_NOT_YET_VALID', { words: 'the certificate is not valid yet', hint: RENEW_HINT }],
  ['UNABLE_TO_GET_CRL', { words: 'the revocation list of the certificate is missing', hint: CRL_HINT }],
  ['UNABLE_TO_DECRYPT_CRL_SIGNATURE', { words: 'the revocation list cannot be read', hint: CRL_HINT }],
  ['CRL_SIGNATURE_FAILURE', { words: 'the signature of the revocation list is wrong', hint: CRL_HINT }],
  ['CRL_NOT_YET_VALID', { words: 'the revocation list is not valid yet', hint: CRL_HINT }],
  ['CRL_HAS_EXPIRED', { words: 'the revocation list has expired', hint: CRL_HINT }],
  ['ERROR_IN_CRL_LAST_UPDATE_FIELD', { words: 'the date of the revocation list cannot be read', hint: CRL_HINT }],
  ['ERROR_IN_CRL_NEXT_UPDATE_FIELD', { words: 'the date of the revocation list cannot be read', hint: CRL_HINT }],
  ['OUT_OF_MEM', { words: 'there is not enough memory to check the certificate' }],
  ['HOSTNAME_MISMATCH', { words: 'the certificate is for another host', hint: NAME_HINT }],
  ['ERR_TLS_CERT_ALTNAME_INVALID', { words: 'the certificate is for another host', hint: NAME_HINT }],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', { words: 'the TLS handshake took too long', hint: NETWORK_HINT }],
  ['ERR_SSL_WRONG_VERSION_NUMBER', { words: 'the server does not use TLS at this port', hint: SCHEME_HINT }],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', { words: 'the server does not use TLS at this port', hint: SCHEME_HINT }],
  ['ERR_SSL_HTTP_REQUEST', { words: 'the server does not use TLS at this port', hint: SCHEME_HINT }],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', { words: 'the service wants a client certificate', hint: CLIENT_HINT }],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', { words: 'the service rejects the client certificate', hint: CLIENT_HINT }],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', { words: 'the service rejects the client certificate', hint: CLIENT_HINT }],
]);

/** Codes that name no row: those of one family share their words. */
const FAMILIES: readonly (readonly [family: RegExp, cause: Cause])[] = [
  [/CERT|^CRL_|_CRL/, { words: 'the certificate could not be verified', hint: TRUST_HINT }],
  [/^ERR_SSL_|^ERR_TLS_|^EPROTO$/, { words: 'the TLS handshake failed', hint: SCHEME_HINT }],
];

/** Returns the words for a code of the network, and the remedy. The code follows the words, so that it can be searched. */
export function networkCause(code: string): Cause {
  const cause = CAUSES.get(code) ?? FAMILIES.find(([family]) => family.test(code))?.[1];
  const shown = toDisplayText(code, 60);
  if (cause === undefined) return { words: shown };
  return { ...cause, words: `${cause.words} (${shown})` };
}

interface NetworkError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errors?: readonly NetworkError[];
}

/** The peer of an exchange: the host and port of the URL, and the proxy that is between, if any. */
export interface Peer {
  readonly url: URL;
  readonly proxy?: string;
}

const addressOf = ({ address, port }: NetworkError): string[] => {
  if (address === undefined) return [];
  const host = address.includes(':') ? `[${address}]` : address;
  return [port === undefined ? host : `${host}:${String(port)}`];
};

export const networkCodeOf = (error: Error): string => {
  const { code, errors = [] } = error as NetworkError;
  return code ?? errors[0]?.code ?? error.name;
};

/**
 * Returns the failure of an exchange without a response: the cause in words, and each address that was tried. `isSent`: the
 * upstream may have received the request.
 */
export function networkFailure(error: Error, { url, proxy }: Peer, isSent: boolean): ClarityError {
  if (isClarityError(error)) return error;
  const code = networkCodeOf(error);
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW' || error.name === 'HTTPParserError') {
    return new ClarityError('UPSTREAM_PROTOCOL', `the response is not HTTP (${code})`, { cause: error });
  }
  const refused = / response \((\d{3})\)|\((407)\)/.exec(error.message);
  if (proxy !== undefined && refused !== null) return proxyRefusal(proxy, refused[1] ?? refused[2] ?? '', error);
  const { words, hint } = networkCause(code);
  const { errors = [] } = error as NetworkError;
  const tried = [...new Set((errors.length > 0 ? errors : [error as NetworkError]).flatMap(addressOf))];
  const via = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  const at = tried.length === 0 ? url.host : tried.join(' and ');
  const detail = { cause: error, ...(hint === undefined ? {} : { hint }) };
  return new ClarityError(isSent ? 'UPSTREAM_LOST' : 'UPSTREAM_UNREACHABLE', `${words} at ${at}${via}`, detail);
}

function proxyRefusal(proxy: string, status: string, cause: Error): ClarityError {
  const isLogin = status === '407';
  const hint = isLogin
    ? 'set the user and the password of the proxy in its URL'
    : 'check the rules of the proxy, or add the host to NO_PROXY, or set spec.origin.proxy to none';
  const words = isLogin ? 'wants a login (407)' : `refused the connection with ${status}`;
  return new ClarityError('UPSTREAM_UNREACHABLE', `the proxy ${proxy} ${words}`, { hint, cause });
}
