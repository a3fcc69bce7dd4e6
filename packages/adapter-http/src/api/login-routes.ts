import { routes } from '@clarity-runtime/api-contract';
import { ClarityError, Secret, type Runtime } from '@clarity-runtime/core';
import { defined } from '@clarity-runtime/core/internal';
import type { BrowserLogins } from '../guard/browser-logins.ts';
import { json } from '../http/response.ts';
import { jsonRoute, route, type HttpRoute } from '../http/route.ts';

/** Returns the routes of logins to remote services. */
export const loginRoutes = ({ logins }: Runtime, browsers: BrowserLogins): readonly HttpRoute[] => [
  jsonRoute(routes.getLogins, ({ caller }) => logins.report(caller)),
  route(routes.beginLogin, async ({ caller, id, host, body: { redirectUri, ...rest } }) => {
    if (redirectUri !== undefined)
      return json(await logins.begin(caller, id, { ...defined(rest), redirectUri: loopbackUri(redirectUri) }));
    const browser = browsers.begin(host);
    const started = await logins.begin(caller, id, { ...defined(rest), ...browser });
    return json(started, 200, { 'set-cookie': browsers.cookie(started, browser) });
  }),
  jsonRoute(routes.getLoginFlow, ({ caller, id }) => logins.started(caller, id)),
  jsonRoute(routes.completeLogin, ({ caller, id, body: { response } }) =>
    logins.complete(caller, id, new Secret(response)),
  ),
  jsonRoute(routes.cancelLogin, ({ caller, id }) => ({ cancelled: logins.cancel(caller, id) })),
  jsonRoute(routes.logout, async ({ caller, id }) => ({ loggedOut: await logins.logout(caller, id) })),
];

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/[\w./-]*$/;

/** RFC 8252 §7.3. A redirect to another machine would send the code there. */
function loopbackUri(text: string): string {
  if (LOOPBACK.test(text)) return text;
  throw new ClarityError('REQUEST_INVALID', 'redirectUri is not an address of this machine', {
    field: 'redirectUri',
    hint: 'use http://127.0.0.1:<port>/callback',
  });
}
