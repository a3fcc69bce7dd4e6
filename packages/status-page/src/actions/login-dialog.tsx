import type { StartedLoginReply } from '@clarity-runtime/api-contract';
import { useEffect } from 'preact/hooks';
import type { ServiceEntry } from '../api/model.ts';
import { send } from '../api/request.ts';
import { servicePath } from '../api/services.ts';
import { closeDialog, Field, fieldOf, openDialog } from '../parts/dialog.tsx';
import { Facts } from '../parts/layout.tsx';
import { runAction, toSentence } from '../state/actions.ts';
import { awaitLoginRedirect } from '../state/login-redirect.ts';
import { showToast } from '../state/toasts.ts';
import { toVisible } from '../text/hidden-characters.ts';

/** Begins a login to a remote service, and shows the host before the page of the authorization server opens. */
export async function askForLogin(service: ServiceEntry): Promise<void> {
  const started = await runAction({
    key: `login:${service.id}`,
    busy: 'Working…',
    run: () =>
      send<StartedLoginReply>('POST', servicePath(service.id, '/login'), {
        redirectUri: `${location.origin}${location.pathname}`,
      }),
  });
  if (started === undefined) return;
  const complete = async (response: string): Promise<string | undefined> => {
    const path = `/api/auth/flows/${encodeURIComponent(started.flow)}/complete`;
    const result = await send('POST', path, { response });
    if (result.kind !== 'ok') return toSentence(result);
    showToast(`${toVisible(service.ns)} is signed in.`);
    return undefined;
  };
  openDialog({
    title: `Sign in to ${toVisible(service.ns)}`,
    action: 'Continue with this address',
    body: <LoginSteps started={started} complete={complete} />,
    onSubmit: (form) => complete(fieldOf(form, 'response')),
  });
}

interface LoginStepsProps {
  readonly started: StartedLoginReply;
  readonly complete: (response: string) => Promise<string | undefined>;
}

function LoginSteps({ started: { url, scopes, redirectUri }, complete }: LoginStepsProps) {
  useEffect(
    () =>
      awaitLoginRedirect((address) => {
        void complete(address).then((refusal) => {
          if (refusal === undefined) closeDialog();
          else showToast(refusal);
        });
      }),
    [],
  );
  const isWeb = /^https?:\/\//.test(url);
  return (
    <>
      <p>
        The sign-in page of <b>{isWeb ? toVisible(new URL(url).host) : 'an unknown address'}</b> opens in a new tab.
        clarityd keeps the tokens; this page never has them.
      </p>
      <Facts
        rows={[
          ['Scopes', scopes.length === 0 ? 'none requested' : toVisible(scopes.join(' '))],
          ['Redirect URI', <code key="uri">{toVisible(redirectUri)}</code>],
        ]}
      />
      {isWeb && (
        <p>
          <a class="btn pri" href={url} target="_blank" rel="noopener noreferrer">
            Open sign-in page
          </a>
        </p>
      )}
      <Field
        label="Address after the sign-in"
        name="response"
        hint="Only if the other tab does not return here by itself: copy its whole address."
      />
    </>
  );
}
