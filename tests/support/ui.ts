/** Helpers for UI tests: mounting, finding elements by their text, and typing. */
import { act } from 'react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, vi } from 'vitest';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

/** Everything is in view: a test has no layout. */
class EverythingInView implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];
  readonly #report: IntersectionObserverCallback;

  constructor(report: IntersectionObserverCallback) {
    this.#report = report;
  }

  observe(target: Element): void {
    this.#report([{ target, isIntersecting: true } as unknown as IntersectionObserverEntry], this);
  }

  unobserve = (): void => undefined;
  disconnect = (): void => undefined;
  takeRecords = (): IntersectionObserverEntry[] => [];
}
globalThis.IntersectionObserver = EverythingInView;

/** A mounted tree. */
export interface Mounted {
  root: HTMLElement;
  /** Render another element in its place. */
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

/** Call `what`, and wait until React has rendered its effects. */
export async function settle(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
  });
}

/** Wait until `holds` returns true, with React's effects rendered. */
export async function until(holds: () => boolean): Promise<void> {
  await vi.waitFor(async () => {
    await act(async () => {
      await new Promise(requestAnimationFrame);
    });
    expect(holds()).toBe(true);
  }, 5000);
}

/** The button with this accessible name or text. Throws without one. */
export function button(root: ParentNode, name: string): HTMLButtonElement {
  const found = [...root.querySelectorAll('button')].find(
    each => (each.getAttribute('aria-label') ?? each.textContent.trim()) === name
  );
  if (!found) {
    throw new Error(`expected a button "${name}" in: ${root.textContent ?? ''}`);
  }
  return found;
}

/** The first element that `selector` finds. Throws without one. */
export function one(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) {
    throw new Error(`expected ${selector} in: ${root.textContent ?? ''}`);
  }
  return found;
}

/** Set the value of a field or a select element, with the events that React listens to. */
export async function enter(field: HTMLElement, text: string): Promise<void> {
  const prototype = Object.getPrototypeOf(field) as object;
  const value = Object.getOwnPropertyDescriptor(prototype, 'value');
  await settle(() => {
    // React overrides the element's property and would not notice a change through it.
    value?.set?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

/** The URL of a request, for each form of `fetch`'s first argument. */
export function addressOf(input: RequestInfo | URL): string {
  return input instanceof Request ? input.url : String(input);
}
