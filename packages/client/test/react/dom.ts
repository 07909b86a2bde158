import { after } from "node:test";
import { Window } from "happy-dom";

const window = new Window({ url: "http://localhost/" });
// React reads these globals when it is loaded.
Object.assign(globalThis, { window, document: window.document });
after(() => window.happyDOM.close());

export const { render, renderHook, cleanup, fireEvent } = await import("@testing-library/react");

/** Returns the text of the page. */
export function pageText(): string {
  return window.document.body.textContent;
}
