import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface VirtualListProps<Row> {
  readonly rows: readonly Row[];
  readonly rowRem: number;
  readonly keyOf: (row: Row) => string;
  readonly render: (row: Row) => ComponentChildren;
  readonly openKey?: string | undefined;
}

/** Below this count all rows are in the document, so that the list grows with its content. */
const SMALL = 60;

/** A list of equal rows. A long one has a height of its own and holds only the rows on the screen. */
export function VirtualList<Row>({ rows, rowRem, keyOf, render, openKey }: VirtualListProps<Row>) {
  const box = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const [rowPx, setRowPx] = useState(rowRem * 16);
  useLayoutEffect(() => {
    setRowPx(Math.round(rowRem * parseFloat(getComputedStyle(document.documentElement).fontSize)));
  }, [rowRem]);
  useEffect(() => {
    const at = rows.findIndex((row) => keyOf(row) === openKey);
    const { current } = box;
    if (at < 0 || current === null || rows.length <= SMALL) return;
    const y = at * rowPx;
    if (y < current.scrollTop || y + rowPx > current.scrollTop + current.clientHeight)
      current.scrollTop = y - 3 * rowPx;
  }, [openKey, rowPx]);
  if (rows.length <= SMALL) {
    return (
      <ul>
        {rows.map((row) => (
          <li key={keyOf(row)}>{render(row)}</li>
        ))}
      </ul>
    );
  }
  const first = Math.max(0, Math.floor(top / rowPx) - 4);
  const shown = rows.slice(first, first + 40);
  return (
    <ul
      ref={box}
      class="virtual"
      onScroll={(event) => {
        setTop(event.currentTarget.scrollTop);
      }}
    >
      <li class="virtual-canvas" role="presentation" style={{ height: `${String(rows.length * rowPx)}px` }} />
      {shown.map((row, index) => (
        <li
          key={keyOf(row)}
          class="virtual-row"
          aria-setsize={rows.length}
          aria-posinset={first + index + 1}
          style={{ transform: `translateY(${String((first + index) * rowPx)}px)` }}
        >
          {render(row)}
        </li>
      ))}
    </ul>
  );
}
