import type { ReactNode } from "react";
import "./spinner.css";

/** Turns while something is loaded; appears after a moment, so that quick answers don't flicker. */
export function Spinner({ label }: { readonly label: string }): ReactNode {
  return <span className="spinner" role="status" aria-label={label} />;
}

/** The same for the whole page. */
export function PageSpinner({ label }: { readonly label: string }): ReactNode {
  return (
    <main className="spinner-page">
      <Spinner label={label} />
      <p aria-hidden>{label}</p>
    </main>
  );
}
