import { useId, useState } from 'preact/hooks';
import { signIn } from '../api/request.ts';
import { Command } from '../parts/layout.tsx';
import { toSentence } from '../state/actions.ts';
import { useConsole } from '../state/store-context.ts';

/** Asks for a token. The field is empty after every try, and the route stays. */
export function SignIn() {
  const { connection, store } = useConsole();
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const token = new FormData(form).get('token');
    form.reset();
    if (typeof token !== 'string' || token === '') {
      setProblem('Enter a token.');
      return;
    }
    const result = await signIn(token);
    if (result.kind === 'ok') {
      store.connection.value = { kind: 'loading' };
      connection.reload();
    } else setProblem(result.kind === 'refused' ? 'This token is not valid.' : toSentence(result));
  };
  return (
    <main class="signin" id="main">
      <form
        novalidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <h1>Sign in to Clarity</h1>
        <p class="soft">clarityd requires a token.</p>
        <div class="field">
          <label for={id}>Token</label>
          <input
            id={id}
            name="token"
            type="password"
            autocomplete="off"
            spellcheck={false}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-problem`}
          />
          <p class="err" id={`${id}-problem`} role="alert">
            {problem}
          </p>
        </div>
        <button class="btn pri" type="submit">
          Sign in
        </button>
        <div class="stack tight">
          <p class="soft">The token is the value of CLARITYD_AUTH_TOKEN, or one that this command creates:</p>
          <Command text="clarityctl token create console --role operator --door http" />
        </div>
        <p class="faint">
          The browser does not store the token. The session lasts 12 hours at most, or until you sign out.
        </p>
      </form>
    </main>
  );
}
