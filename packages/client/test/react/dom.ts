import { after } from "node:test";
import { Window } from "happy-dom";

const window = new Window({ url: "http://localhost/" });
// React looks for these when it is loaded.
Object.assign(globalThis, { window, document: window.document });
after(() => window.happyDOM.close());

export const { render, renderHook, cleanup, fireEvent } = await import("@testing-library/react");

/** What someone would read on the page. */
export function pageText(): string {
  return window.document.body.textContent;
}
