/**
 * A `ref` for an element that takes the focus when it appears. The attribute `autofocus` works only for
 * the first such element of a page.
 */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}
