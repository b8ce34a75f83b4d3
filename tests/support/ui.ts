/** What the tests of ui share: mounting, and finding things by what people read. */
import { act } from 'react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach } from 'vitest';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

/** A mounted tree. */
export interface Mounted {
  root: HTMLElement;
  /** Render another state of it. */
  show: (element: ReactElement) => void;
}

const unmounts: (() => void)[] = [];

afterEach(() => {
  for (const unmount of unmounts.splice(0)) {
    unmount();
  }
});

/** Mount `element` in the page until the test ends. */
export function mount(element: ReactElement): Mounted {
  const root = document.body.appendChild(document.createElement('div'));
  const react = createRoot(root);
  const show = (next: ReactElement): void => act(() => react.render(next));
  show(element);
  unmounts.push(() => {
    act(() => react.unmount());
    root.remove();
  });
  return { root, show };
}

/** Do `what`, and let everything that follows from it reach the page. */
export async function settle(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
  });
}

/** The button that is called `name`; fails where there is none. */
export function button(root: ParentNode, name: string): HTMLButtonElement {
  const found = [...root.querySelectorAll('button')].find(
    each => (each.getAttribute('aria-label') ?? each.textContent.trim()) === name
  );
  if (!found) {
    throw new Error(`expected a button "${name}" in: ${root.textContent ?? ''}`);
  }
  return found;
}

/** The one element that `selector` finds; fails where there is none. */
export function one(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) {
    throw new Error(`expected ${selector} in: ${root.textContent ?? ''}`);
  }
  return found;
}

/** Type `text` into a field, or choose it in a list, as React hears of it. */
export async function enter(field: HTMLElement, text: string): Promise<void> {
  const prototype = Object.getPrototypeOf(field) as object;
  const value = Object.getOwnPropertyDescriptor(prototype, 'value');
  await settle(() => {
    // Past React's own property, or it believes that nothing has changed.
    value?.set?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

/** The address that a request goes to, however it is written. */
export function addressOf(input: RequestInfo | URL): string {
  return input instanceof Request ? input.url : String(input);
}
