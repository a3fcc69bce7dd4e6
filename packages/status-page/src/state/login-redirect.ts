const CHANNEL = 'clarity-login';

/**
 * Sends the address that an authorization server redirected this tab to, to the tab that began the login, and removes it from
 * the address. Returns whether this tab is such a redirect (RFC 6749 §4.1.2, `state` and `code` or `error`).
 */
export function forwardLoginRedirect(): boolean {
  const query = new URLSearchParams(location.search);
  if (!query.has('state') || !(query.has('code') || query.has('error'))) return false;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(location.href);
  channel.close();
  history.replaceState(null, '', location.pathname);
  return true;
}

/** Calls `onAddress` with the address of each redirect until the returned function is called. */
export function awaitLoginRedirect(onAddress: (address: string) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') onAddress(data);
  };
  return () => {
    channel.close();
  };
}
