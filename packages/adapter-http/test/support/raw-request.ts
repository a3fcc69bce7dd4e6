import { request } from 'node:http';

export interface RawReply {
  readonly status: number;
  readonly body: string;
  header(name: string): string | undefined;
}

/** Sends a GET, or a POST of `content`, to a port of this machine with any `Host`, which `fetch` does not allow. */
export const rawGet = (
  port: number,
  path: string,
  host: string,
  headers: Readonly<Record<string, string>> = {},
  content?: string,
): Promise<RawReply> =>
  new Promise((resolve, reject) => {
    const method = content === undefined ? 'GET' : 'POST';
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { ...headers, host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        const header = (name: string): string | undefined => {
          const value = response.headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        };
        resolve({ status: response.statusCode ?? 0, body, header });
      });
    });
    sent.on('error', reject);
    sent.end(content);
  });
