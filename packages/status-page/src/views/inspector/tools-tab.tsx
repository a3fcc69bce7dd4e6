import { useState } from 'preact/hooks';
import type { InterfaceReply } from '@clarity-runtime/api-contract';
import type { ServiceEntry } from '../../api/model.ts';
import { servicePath } from '../../api/services.ts';
import { ErrorPanel, Tag } from '../../parts/layout.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { VirtualList } from '../../parts/virtual-list.tsx';
import { route, toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { toCount, toPlural } from '../../text/numbers.ts';
import { toTool, type ToolFacts } from '../../text/tools.ts';
import { ToolCard } from './tool-card.tsx';

const ROW_REM = 2.1;

/** The tools of a service, and one of them with its parameters. */
export function ToolsTab({ service }: { readonly service: ServiceEntry }) {
  const { changedAt } = useStore();
  const changes = changedAt.value.get(service.id) ?? 0;
  const { value, failure, reload } = useRequest<InterfaceReply>(servicePath(service.id, '/interface'), [
    service.tools,
    service.state,
    changes,
  ]);
  const [query, setQuery] = useState('');
  if (value === undefined) return failure === undefined ? null : <ErrorPanel failure={failure} onRetry={reload} />;
  const tools = value.tools.map((tool) => toTool(tool, service.ns));
  const asked = route.value.parts[3];
  const one = tools.find(({ name }) => name === asked) ?? (asked === undefined ? tools[0] : undefined);
  if (tools.length === 0) return <NoTools service={service} known={value} />;
  const shown = tools.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(query.toLowerCase()),
  );
  return (
    <div class="stack">
      <div class="toolgrid">
        <div class="stack tight">
          {tools.length > 8 && <SearchBox label="Find a tool" value={query} onSearch={setQuery} />}
          <p class="faint line">
            <span>{toPlural(shown.length, 'tool')}</span>
            <span class="push">≈ tokens</span>
          </p>
          <nav class="toollist" aria-label="Tools">
            <VirtualList
              rows={shown}
              rowRem={ROW_REM}
              keyOf={({ name }) => name}
              openKey={one?.name}
              render={(tool) => (
                <ToolLink
                  tool={tool}
                  href={toServiceHref(service.ns, 'tools', tool.name)}
                  isOpen={tool.name === one?.name}
                />
              )}
            />
          </nav>
          <OtherOffers known={value} />
        </div>
        {one === undefined ? (
          <p>This service does not offer the tool “{asked}”.</p>
        ) : (
          <ToolCard key={one.name} service={service} tool={one} />
        )}
      </div>
    </div>
  );
}

const ToolLink = ({
  tool,
  href,
  isOpen,
}: {
  readonly tool: ToolFacts;
  readonly href: string;
  readonly isOpen: boolean;
}) => (
  <a href={href} aria-current={isOpen ? 'true' : undefined}>
    <span class="cut mono">
      <ForeignText text={tool.name} />
    </span>
    <span class="line">
      {tool.isDestructive && <Tag tone="warn">changes data</Tag>}
      <span class="faint num">{toCount(tool.tokens)}</span>
    </span>
  </a>
);

function NoTools({ service, known }: { readonly service: ServiceEntry; readonly known: InterfaceReply }) {
  const cli = useStore().runtime.value?.cli ?? 'clarityctl';
  if (known.introspectedAt !== null) return <p class="soft">It offers no tool.</p>;
  return (
    <p class="soft">
      Tools unknown: it has not started yet. Start it here, or with <code>{`${cli} start ${service.ns}`}</code>.
    </p>
  );
}

/** Resources and prompts by name. */
function OtherOffers({ known: { resources, prompts } }: { readonly known: InterfaceReply }) {
  const lists = [
    ['resource', resources],
    ['prompt', prompts],
  ] as const;
  return (
    <>
      {lists.map(
        ([noun, list]) =>
          list.length > 0 && (
            <details key={noun}>
              <summary>{toPlural(list.length, noun)}</summary>
              <ul class="dashes">
                {list.slice(0, 500).map((one, index) => (
                  <li key={index} class="wrap">
                    <ForeignText text={one.name ?? one.uri ?? ''} />
                  </li>
                ))}
              </ul>
            </details>
          ),
      )}
    </>
  );
}
