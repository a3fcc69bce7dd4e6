import type { ToolsState } from '../page-state.ts';

export function ToolList({ tools }: { readonly tools: ToolsState | undefined }) {
  const answer = tools?.answer;
  if (answer === undefined) return <p role="status">Asking…</p>;
  if (answer.kind === 'refused') return <p role="alert">The session has ended.</p>;
  if (answer.kind === 'failed') return <p role="alert">{answer.reason}</p>;
  return (
    <dl class="tools">
      {answer.value.map(({ name, title, description }) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>{description ?? title ?? 'No description.'}</dd>
        </div>
      ))}
    </dl>
  );
}
