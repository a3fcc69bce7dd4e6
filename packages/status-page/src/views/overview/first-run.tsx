import { addressOf } from '../../api/request.ts';
import { LinkButton } from '../../parts/button.tsx';
import { Command } from '../../parts/layout.tsx';
import { useStore } from '../../state/store-context.ts';

/** Without a service: three steps with commands that run as they are. */
export function FirstRun() {
  const runtime = useStore().runtime.value;
  const cli = runtime?.cli ?? 'clarityctl';
  return (
    <div class="view narrow">
      <div class="stack first-run">
        <div class="calm stack tight">
          <h2 class="display">No services yet</h2>
          <p class="soft">
            clarityd runs and listens on <code>{`${location.origin}${addressOf(runtime?.mcpPath ?? '/mcp')}`}</code>.
            Three steps, about two minutes.
          </p>
        </div>
        <ol class="steps">
          <li>
            <div class="stack">
              <div>
                <h3>Add your existing servers</h3>
                <p class="soft">Import the servers that your clients know. Nothing changes until you confirm.</p>
              </div>
              <p>
                <LinkButton href="#/add" kind="primary">
                  Review import
                </LinkButton>
              </p>
              <p class="soft">Or on a terminal:</p>
              <Command text={`${cli} import --dry-run`} />
              <Command text={`${cli} add -- npx -y @modelcontextprotocol/server-everything`} />
            </div>
          </li>
          <li>
            <div class="stack">
              <div>
                <h3>Connect a client</h3>
                <p class="soft">You see the exact change before it is written.</p>
              </div>
              <p>
                <LinkButton href="#/clients">Choose clients</LinkButton>
              </p>
              <Command text={`${cli} bootstrap --clients claude --dry-run`} />
            </div>
          </li>
          <li>
            <div class="stack">
              <div>
                <h3>Call a tool</h3>
                <p class="soft">
                  Ask your client for something, or call it from here. The first call appears on this page immediately.
                </p>
              </div>
              <Command text={`${cli} tools`} />
            </div>
          </li>
        </ol>
      </div>
    </div>
  );
}
