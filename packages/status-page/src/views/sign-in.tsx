/** A form that sends the token as `/status?token=…`. The daemon starts a session and redirects to the plain address. */
export function SignIn() {
  return (
    <section class="notice card">
      <h2>A token is needed</h2>
      <p>
        This daemon runs with <code>CLARITYD_AUTH_TOKEN</code>. Enter its token here, or open{' '}
        <code>/status?token=&lt;token&gt;</code> once: the browser then stays signed in for twelve hours.
      </p>
      <form method="get" action="/status">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" required />
        <button type="submit">Open</button>
      </form>
    </section>
  );
}
