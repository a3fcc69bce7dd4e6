import { signIn } from '../api/request.ts';

/** A form that opens a session with a token, and then loads the page again. */
export function SignIn() {
  return (
    <section class="notice card">
      <h2>A token is needed</h2>
      <p>
        Enter the token of the daemon (<code>CLARITYD_AUTH_TOKEN</code>) or an access token for <code>http</code>, or
        open <code>/status?token=&lt;token&gt;</code> once. The session ends after one hour without use, and after
        twelve hours.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="off"
          required
          onInput={(event) => {
            event.currentTarget.setCustomValidity('');
          }}
        />
        <button type="submit">Open</button>
      </form>
    </section>
  );
}

async function submit(form: HTMLFormElement): Promise<void> {
  const input = form.querySelector('input');
  if (input === null) return;
  const result = await signIn(input.value);
  if (result.kind === 'ok') {
    location.reload();
    return;
  }
  input.value = '';
  input.setCustomValidity(result.kind === 'refused' ? 'The token is not valid.' : result.reason);
  input.reportValidity();
}
