import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { errorWords } from "../text/error-words.ts";
import { Button } from "./button.tsx";
import { EmptyState } from "./empty-state.tsx";

/** Stands in place of something that could not be loaded: says why, and tries again. */
export function LoadFailed({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode {
  return (
    <div role="alert">
      <EmptyState
        icon={TriangleAlert}
        title="This could not be loaded"
        actions={<Button onClick={onRetry}>Try again</Button>}
      >
        {errorWords(error)}
      </EmptyState>
    </div>
  );
}
