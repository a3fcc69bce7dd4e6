import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { servicePath } from '../../api/services.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { copyText, ErrorPanel } from '../../parts/layout.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { SearchBox } from '../../parts/search-box.tsx';
import { useConsole } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { toCount } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { LogTail, MAX_LINE_CHARS, MAX_LINES, type LogEntry } from '../../text/log-lines.ts';
import { toSecond } from '../../text/times.ts';

const LEVELS = [
  ['all', 'All'],
  ['warn', 'Warnings'],
  ['bad', 'Errors'],
] as const;

type LevelFilter = (typeof LEVELS)[number][0];

/** The output of a service as it is written. */
export function LogsTab({ service }: { readonly service: ServiceEntry }) {
  const { connection, onLog } = useConsole();
  const buffer = useRef(new LogTail()).current;
  const [, redraw] = useState(0);
  const [query, setQuery] = useState('');
  const [level, setLevel] = useState<LevelFilter>('all');
  const [isFollowing, setFollowing] = useState(true);
  const [isWrapped, setWrapped] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const draw = (): void => {
    redraw((count) => count + 1);
  };
  const { value, failure, reload } = useRequest<{ readonly lines: readonly string[] }>(
    servicePath(service.id, `/logs?limit=${String(MAX_LINES / 4)}`),
  );
  useEffect(() => {
    if (value !== undefined && buffer.entries.length === 0) buffer.add(value.lines);
    draw();
  }, [value]);
  useEffect(() => {
    connection.followLog(service.id);
    const end = onLog((id, lines, isTail) => {
      if (id !== service.id) return;
      if (isTail) buffer.replace(lines);
      else buffer.add(lines);
      draw();
    });
    return () => {
      end();
      connection.followLog(undefined);
    };
  }, [service.id]);
  useStartMarks(service, buffer, draw);

  const shown = buffer.entries.filter((entry) => isShown(entry, level, query));
  useLayoutEffect(() => {
    const { current } = box;
    if (isFollowing && current !== null) current.scrollTop = current.scrollHeight;
  });
  const total = buffer.entries.length;
  return (
    <div class="fill">
      <div class="line">
        <SearchBox label="Filter lines" value={query} onSearch={setQuery} isMain />
        <div class="seg" role="group" aria-label="Level">
          {LEVELS.map(([key, label]) => (
            <button
              key={key}
              type="button"
              aria-pressed={key === level}
              onClick={() => {
                setLevel(key);
              }}
            >
              {label}
            </button>
          ))}
        </div>
        <Button
          label="Follow"
          icon="dn"
          isPressed={isFollowing}
          onPress={() => {
            setFollowing(!isFollowing);
          }}
        />
        <Button
          label="Wrap"
          isPressed={isWrapped}
          onPress={() => {
            setWrapped(!isWrapped);
          }}
        />
        <Button
          label="Download the log"
          icon="down"
          isIconOnly
          onPress={() => {
            saveFile(`${service.ns}.log`, shown.map(({ text }) => text).join('\n'));
          }}
        />
        <Button
          label="Copy the log"
          icon="copy"
          isIconOnly
          onPress={() => {
            copyText(shown.map(({ text }) => text).join('\n'));
          }}
        />
        <span class="faint num" role="status">
          {shown.length === total ? `${toCount(total)} lines` : `${toCount(shown.length)} of ${toCount(total)} lines`}
        </span>
      </div>
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      <div
        ref={box}
        class={`log${isWrapped ? ' fold' : ''}`}
        tabIndex={0}
        role="log"
        aria-label={`Log of ${toVisible(service.ns)}`}
        aria-live="off"
        onScroll={(event) => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
          const isAtEnd = scrollTop + clientHeight >= scrollHeight - 24;
          if (isAtEnd !== isFollowing) setFollowing(isAtEnd);
        }}
      >
        {total === 0 && value !== undefined && <p class="padded soft">No output yet.</p>}
        <ol>
          {shown.map((entry) => (
            <LogLine key={entry.key} entry={entry} mark={query} />
          ))}
        </ol>
      </div>
    </div>
  );
}

/** Adds a marker when the service was started again. */
function useStartMarks({ state, since }: ServiceEntry, buffer: LogTail, draw: () => void): void {
  const known = useRef(state);
  useEffect(() => {
    const before = known.current;
    known.current = state;
    if (before === state || state !== 'ready' || before === 'degraded') return;
    buffer.mark(`Started by clarityd at ${toSecond(since ?? Date.now())}`);
    draw();
  }, [state, since]);
}

function isShown({ text, level }: LogEntry, filter: LevelFilter, query: string): boolean {
  if (level === 'mark') return true;
  if (filter === 'bad' ? level !== 'bad' : filter === 'warn' && level === 'info') return false;
  return query === '' || text.toLowerCase().includes(query.toLowerCase());
}

function LogLine({ entry: { text, level }, mark }: { readonly entry: LogEntry; readonly mark: string }) {
  const [isAll, setAll] = useState(false);
  if (level === 'mark') {
    return (
      <li class="mark">
        <span>{text}</span>
      </li>
    );
  }
  const isCut = !isAll && text.length > MAX_LINE_CHARS;
  return (
    <li class={level === 'info' ? '' : level}>
      <span>
        <ForeignText text={isCut ? text.slice(0, MAX_LINE_CHARS) : text} mark={mark} />
        {isCut && (
          <Button
            label="Show all"
            isSmall
            onPress={() => {
              setAll(true);
            }}
          />
        )}
      </span>
    </li>
  );
}
