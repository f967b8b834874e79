import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** Brings an element into sight and gives it the focus when it becomes the selected one, also when the view was just opened. */
export function useSelected(element: RefObject<HTMLElement | null>, isSelected: boolean): void {
  useEffect(() => {
    if (!isSelected) return;
    // After the view has taken the focus.
    const frame = requestAnimationFrame(() => {
      element.current?.focus({ preventScroll: true });
      element.current?.scrollIntoView({ block: 'center' });
    });
    return () => cancelAnimationFrame(frame);
  }, [element, isSelected]);
}
