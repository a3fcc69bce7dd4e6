import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { density } from '../state/preferences.ts';
import { addKeyHandler } from '../state/keyboard.ts';
import { GridHeader, type GridColumn, type GridSort } from './grid-header.tsx';

export interface DataGridProps<Row> {
  /** Class of the columns. */
  readonly name: string;
  readonly label: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** One cell for each column. */
  readonly cellsOf: (row: Row) => readonly ComponentChildren[];
  readonly onOpen: (row: Row) => void;
  readonly sort?: GridSort;
  readonly onSort?: (key: string) => void;
  readonly isSelected?: (row: Row) => boolean;
  /** Key of the row that is open beside the grid. */
  readonly openKey?: string | undefined;
  /** Changes when the cells of equal rows have to be drawn again. */
  readonly version?: unknown;
  /** Handles a key for the row under the cursor. */
  readonly onKey?: (event: KeyboardEvent, row: Row | undefined) => boolean;
  readonly onScroll?: (top: number) => void;
  /** The visible rows changed. */
  readonly onVisible?: (rows: readonly Row[]) => void;
  /** Receives a function that scrolls to a row. */
  readonly onReady?: (moveTo: (index: number) => void) => void;
  /** Row height in rem in a grid of at most 560 px. */
  readonly tallRem?: number;
}

const HEAD_PX = 34;
const BEFORE = 4;
const AFTER = 10;

interface CachedRow {
  readonly deps: readonly unknown[];
  readonly node: VNode;
}

/**
 * A grid that holds only the rows on the screen. Focus stays on the grid; the row under the cursor is its active descendant
 * (WAI-ARIA 1.2, grid).
 */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { name, label, columns, rows, keyOf, cellsOf, onOpen, sort, onSort, openKey, version } = props;
  const box = useRef<HTMLDivElement>(null);
  const cache = useRef(new Map<number, CachedRow>());
  const [size, setSize] = useState({ row: 36, height: 900 });
  const [top, setTop] = useState(0);
  const [cursorAt, setCursor] = useState(0);
  const cursor = Math.max(0, Math.min(cursorAt, rows.length - 1));
  const roomy = density.value === 'roomy';

  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const measure = (): void => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const isNarrow = current.clientWidth > 0 && current.clientWidth <= 560;
      const rems = isNarrow ? (props.tallRem ?? 3.5) : roomy ? 2.75 : 2.25;
      setSize({ row: Math.round(rems * rem), height: current.clientHeight || 900 });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, [roomy]);

  const room = Math.ceil(size.height / size.row) + AFTER;
  const first = Math.max(0, Math.min(Math.floor(top / size.row) - BEFORE, rows.length - room + BEFORE));
  const last = Math.min(rows.length, first + room);

  const moveTo = (to: number): void => {
    const { current } = box;
    if (current === null || rows.length === 0) return;
    const next = Math.max(0, Math.min(rows.length - 1, to));
    const y = next * size.row;
    if (y < current.scrollTop) current.scrollTop = y;
    else if (y + size.row + HEAD_PX > current.scrollTop + current.clientHeight) {
      current.scrollTop = y + size.row + HEAD_PX - current.clientHeight;
    }
    setCursor(next);
  };

  const onKey = (event: KeyboardEvent): boolean => {
    if (props.onKey?.(event, rows[cursor]) === true) return true;
    const page = Math.max(1, Math.floor(size.height / size.row) - 2);
    const steps: Readonly<Record<string, number>> = {
      j: 1,
      ArrowDown: 1,
      k: -1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    const row = rows[cursor];
    if (step !== undefined) moveTo(cursor + step);
    else if ((event.key === 'Enter' || event.key === 'o') && row !== undefined) onOpen(row);
    else return false;
    box.current?.focus({ preventScroll: true });
    return true;
  };
  const handler = useRef(onKey);
  handler.current = onKey;
  useEffect(() => addKeyHandler((event) => handler.current(event)), []);

  const mover = useRef(moveTo);
  mover.current = moveTo;
  useEffect(() => {
    props.onReady?.((to) => {
      mover.current(to);
    });
  }, []);
  useEffect(() => {
    const open = rows.findIndex((row) => keyOf(row) === openKey);
    if (open >= 0) moveTo(open);
  }, [openKey, size.row]);

  const visible = rows.slice(first, last);
  const visibleKeys = visible.map(keyOf).join(' ');
  useEffect(() => {
    props.onVisible?.(visible);
  }, [visibleKeys]);

  const queued = useRef(false);
  const onScroll = (): void => {
    if (queued.current) return;
    queued.current = true;
    requestAnimationFrame(() => {
      queued.current = false;
      const at = box.current?.scrollTop ?? 0;
      setTop(at);
      props.onScroll?.(at);
    });
  };

  const drawRow = (row: Row, index: number): VNode => {
    const slot = index % room;
    const isSelected = props.isSelected?.(row) ?? false;
    const isOpen = openKey !== undefined && keyOf(row) === openKey;
    const deps = [row, index, index === cursor, isSelected, isOpen, version, size.row, columns.length];
    const known = cache.current.get(slot);
    if (known !== undefined && sameDeps(known.deps, deps)) return known.node;
    const node = (
      <div
        key={slot}
        id={`${name}-${String(index)}`}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={props.isSelected === undefined ? undefined : isSelected}
        class={`${index === cursor ? 'cursor' : ''} ${isOpen ? 'open' : ''}`}
        style={{ transform: `translateY(${String(index * size.row)}px)`, height: `${String(size.row)}px` }}
        onClick={(event) => {
          setCursor(index);
          if (event.target instanceof Element && event.target.closest('a, button, input') === null) onOpen(row);
        }}
      >
        {cellsOf(row).map((cell, at) => (
          <div
            key={at}
            role="gridcell"
            class={`${columns[at]?.class ?? ''}${columns[at]?.isRight === true ? ' r' : ''}`}
          >
            {cell}
          </div>
        ))}
      </div>
    );
    cache.current.set(slot, { deps, node });
    return node;
  };

  return (
    <div
      ref={box}
      class={`grid ${name}`}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={rows.length > 0 ? `${name}-${String(cursor)}` : undefined}
      tabIndex={0}
      onScroll={onScroll}
    >
      <GridHeader columns={columns} sort={sort} onSort={onSort} />
      <div class="canvas" role="rowgroup" style={{ height: `${String(rows.length * size.row)}px` }}>
        {visible.map((row, index) => drawRow(row, first + index))}
      </div>
    </div>
  );
}

const sameDeps = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.every((dep, index) => Object.is(dep, b[index]));
