import { Icon } from './icons.tsx';

export interface GridColumn {
  readonly class: string;
  readonly name: string;
  /** Key of its order; a column without it is not sortable. */
  readonly sortKey?: string;
  readonly isRight?: boolean;
  /** The name is for assistive technology only. */
  readonly isNameHidden?: boolean;
}

export interface GridSort {
  readonly key: string;
  readonly isDescending: boolean;
}

interface GridHeaderProps {
  readonly columns: readonly GridColumn[];
  readonly sort: GridSort | undefined;
  readonly onSort: ((key: string) => void) | undefined;
}

/** The heading row, which stays at the top while the rows scroll. */
export const GridHeader = ({ columns, sort, onSort }: GridHeaderProps) => (
  <div class="thead" role="rowgroup">
    <div role="row" aria-rowindex={1}>
      {columns.map((column) => (
        <div
          key={column.class}
          role="columnheader"
          class={`${column.class}${column.isRight === true ? ' r' : ''}`}
          aria-sort={sortOf(column, sort)}
        >
          <Heading column={column} sort={sort} onSort={onSort} />
        </div>
      ))}
    </div>
  </div>
);

function sortOf({ sortKey }: GridColumn, sort: GridSort | undefined): 'ascending' | 'descending' | 'none' | undefined {
  if (sortKey === undefined || sort === undefined) return undefined;
  if (sort.key !== sortKey) return 'none';
  return sort.isDescending ? 'descending' : 'ascending';
}

function Heading({
  column: { name, sortKey, isNameHidden },
  sort,
  onSort,
}: Omit<GridHeaderProps, 'columns'> & { readonly column: GridColumn }) {
  if (sortKey === undefined || onSort === undefined)
    return isNameHidden === true ? <span class="sr">{name}</span> : <>{name}</>;
  return (
    <button
      type="button"
      onClick={() => {
        onSort(sortKey);
      }}
    >
      {name}
      {sort?.key === sortKey && <Icon name={sort.isDescending ? 'dn' : 'up'} />}
    </button>
  );
}
