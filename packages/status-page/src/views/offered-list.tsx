import type { OfferedDefinition } from '@clarity-runtime/api-contract';

/** One list of an interface. An empty list is not shown. */
export function OfferedList({
  title,
  items,
}: {
  readonly title: string;
  readonly items: readonly OfferedDefinition[];
}) {
  if (items.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <dl class="offered">
        {items.map(({ name, uri, title: own, description }) => (
          <div key={uri ?? name}>
            <dt>
              <code>{uri ?? name}</code>
            </dt>
            <dd>{description ?? own ?? 'No description.'}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
