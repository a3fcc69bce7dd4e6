import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { networkCause, networkFailure } from '../../../src/outbound/http/network-failure.ts';

const url = new URL('https://tools.example/mcp');
const coded = (code: string, more: object = {}): Error => Object.assign(new Error('low level'), { code, ...more });

/** Results of `X509_verify_cert` that Node reports as codes (Node.js, TLS, "X509 certificate error codes"). */
const X509 = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CRL_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'EPROTO',
];

test.each(X509)('Q25 networkFailure explains %s in words and names a remedy', (code) => {
  const { code: published, failure } = networkFailure(coded(code), { url }, false);
  expect(published).toBe('UPSTREAM_UNREACHABLE');
  expect(failure.message).toMatch(/(certificate|TLS|issuer|revocation|chain)[^(]*\([A-Z0-9_]+\) at tools\.example$/);
  expect(failure.message).toContain(code);
  expect(failure.hint).not.toContain('that it runs');
});

test('Q25 an unknown TLS code has the words of its family, and an unknown code is shown as it is', () => {
  expect(networkCause('ERR_SSL_NEW_ALERT').words).toBe('the TLS handshake failed (ERR_SSL_NEW_ALERT)');
  expect(networkCause('CERT_NEW_RULE').words).toBe('the certificate could not be verified (CERT_NEW_RULE)');
  expect(networkCause('E\u001b[31mX').words).not.toContain('\u001b');
});

test('Q43 networkFailure names every address that was tried', () => {
  const errors = [
    coded('ECONNREFUSED', { address: '::1', port: 9 }),
    coded('ECONNREFUSED', { address: '127.0.0.1', port: 9 }),
  ];
  const both = networkFailure(coded('ECONNREFUSED', { errors }), { url }, false);
  expect(both.message).toContain('the connection was refused (ECONNREFUSED) at [::1]:9 and 127.0.0.1:9');
  const one = networkFailure(coded('ECONNREFUSED', { address: '10.0.0.1', port: 80 }), { url }, false);
  expect(one.message).toMatch(/at 10\.0\.0\.1:80$/);
  const proxied = networkFailure(coded('ENOTFOUND'), { url, proxy: 'proxy.corp:3128' }, false);
  expect(proxied.message).toMatch(/unknown \(ENOTFOUND\) at tools\.example through the proxy proxy\.corp:3128$/);
});

test('networkFailure reports UPSTREAM_LOST after the request was sent, and UPSTREAM_PROTOCOL for bytes that are not HTTP', () => {
  expect(networkFailure(coded('ECONNRESET'), { url }, true).code).toBe('UPSTREAM_LOST');
  expect(networkFailure(coded('HPE_INVALID_CONSTANT'), { url }, true).code).toBe('UPSTREAM_PROTOCOL');
  expect(networkFailure(coded('UND_ERR_HEADERS_OVERFLOW'), { url }, true).code).toBe('UPSTREAM_PROTOCOL');
});

test('Q25 networkFailure explains that a plain server does not use TLS', async () => {
  // A TLS server that offers no certificate fails every handshake.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { connectTo } = await import('../../support/remote-service.ts');
  await expect(connectTo(`https://127.0.0.1:${String(port)}/mcp`)).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
    message: expect.stringMatching(/TLS handshake failed \(\w+\) at 127\.0\.0\.1/),
  });
  server.close();
});
