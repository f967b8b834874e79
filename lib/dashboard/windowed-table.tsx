import type { ComponentChildren, JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { rowAfterKey, visibleRows } from './visible-rows.js';

/** A column. One column has the link or the button of each row, with the given `tabIndex`. */
export type Column<Item> = {
  readonly key: string;
  readonly title: string;
  readonly cell: (item: Item, tabIndex: number) => ComponentChildren;
};

type Props<Item> = {
  readonly label: string;
  readonly columns: readonly Column<Item>[];
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** Where a click on the row leads to. @defaultValue nowhere */
  readonly linkOf?: (item: Item) => string;
  /** In CSS pixels. All rows have the same height. */
  readonly rowHeight: number;
  /** A change scrolls to the first row. */
  readonly rewound?: number;
  /** Whether the table is shown. When it is shown again, its position and its focus are as before. */
  readonly isShown?: boolean;
  /** Called when the reader begins to read, and must not see rows move, and when that ends. */
  readonly onRead?: (isReading: boolean) => void;
};

/**
 * A table of any length, of which only the visible rows are in the document. It is in the order of the tab key once; the arrow
 * keys, Page Up, Page Down, Home and End move between its rows.
 */
export function WindowedTable<Item>(props: Props<Item>): JSX.Element {
  const { label, columns, items, keyOf, linkOf, rowHeight, rewound = 0, isShown = true, onRead } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [active, setActive] = useState<string | null>(null);
  const hasFocus = useRef(false);
  const found = active === null ? -1 : items.findIndex((item) => keyOf(item) === active);
  // The row that is in the order of the tab key.
  const current = found >= 0 ? found : Math.min(Math.ceil(view.top / rowHeight), Math.max(0, items.length - 1));

  const measure = (): void => {
    const { current: element } = box;
    if (element !== null && element.clientHeight > 0) setView({ top: element.scrollTop, height: element.clientHeight });
  };
  const tell = (): void => {
    const { current: element } = box;
    if (element !== null && element.clientHeight > 0) onRead?.(hasFocus.current || element.scrollTop > 0);
  };

  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current as HTMLDivElement);
    return () => observer.disconnect();
  }, []);

  // A change of `rewound` is the event
  useLayoutEffect(() => {
    if (rewound === 0) return;
    setActive(null);
    box.current?.focus();
    box.current?.scrollTo({ top: 0 });
  }, [rewound]);

  const linkAt = (index: number): HTMLElement | null | undefined =>
    box.current?.querySelector<HTMLElement>(`[aria-rowindex="${index + 2}"] :is(a, button)`);

  // Only when it is shown again
  useLayoutEffect(() => {
    if (!isShown || active === null) return;
    box.current?.scrollTo({ top: view.top });
    linkAt(found)?.focus({ preventScroll: true });
  }, [isShown]);

  // Only when a key moved the focus
  useLayoutEffect(() => {
    if (hasFocus.current && found >= 0) linkAt(found)?.focus({ preventScroll: true });
  }, [active]);

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const element = event.currentTarget;
    const header = element.querySelector('.heads')?.clientHeight ?? 0;
    const visible = element.clientHeight - header;
    const next = rowAfterKey(event.key, current, items.length, Math.max(1, Math.floor(visible / rowHeight) - 1));
    const item = next === null ? undefined : items[next];
    if (next === null || item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const from = next * rowHeight;
    if (from < element.scrollTop) element.scrollTop = from;
    else if (from + rowHeight > element.scrollTop + visible) element.scrollTop = from + rowHeight - visible;
    hasFocus.current = true;
    measure();
    setActive(keyOf(item));
  };

  const { from, to } = visibleRows(view, rowHeight, items.length);
  const drawn = Array.from({ length: to - from }, (_, nth) => from + nth);
  // The row with the focus stays in the document, or the focus would be lost.
  if (found >= 0 && found < from) drawn.unshift(found);
  if (found >= to) drawn.push(found);

  return (
    // biome-ignore-start lint/a11y: the rows of a table element cannot be placed freely, so the roles are given here
    <div
      ref={box}
      class="windowed"
      role="table"
      aria-label={label}
      aria-rowcount={items.length + 1}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onScroll={() => {
        measure();
        tell();
      }}
      onFocusIn={({ target }) => {
        hasFocus.current = target !== box.current;
        tell();
      }}
      onFocusOut={() => {
        hasFocus.current = false;
        tell();
      }}
    >
      <div role="rowgroup" class="heads">
        <div role="row" class="line" aria-rowindex={1}>
          {columns.map(({ key, title }) => (
            <div key={key} role="columnheader" class={`cell ${key}`}>
              {title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="body" style={{ height: `${items.length * rowHeight}px` }}>
        {drawn.map((index) => {
          const item = items[index] as Item;
          return (
            <div
              key={keyOf(item)}
              role="row"
              class="line"
              aria-rowindex={index + 2}
              onFocusIn={() => setActive(keyOf(item))}
              onClick={({ target }) => {
                if (linkOf === undefined || !isPlainClick(target)) return;
                setActive(keyOf(item));
                onRead?.(true);
                location.hash = linkOf(item);
              }}
              style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
            >
              {columns.map(({ key, cell }) => (
                <div key={key} role="cell" class={`cell ${key}`}>
                  {cell(item, index === current ? 0 : -1)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
    // biome-ignore-end lint/a11y: see above
  );
}

/** Whether a click was not on a link or a button, and did not select text. */
const isPlainClick = (target: EventTarget | null): boolean =>
  !(target as Element).closest('a, button') && getSelection()?.isCollapsed !== false;
