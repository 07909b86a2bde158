import type { Credential } from "@confab/client";
import { useObservable } from "@confab/client/react";
import { useCursor, useWindowSize } from "ink";
import { type ReactNode, useState } from "react";
import { useKeyboard } from "../app/keyboard.tsx";
import { Store } from "../app/observable.ts";
import { RowsView } from "../app/rows-view.tsx";
import type { PressedKey } from "../input/split-keys.ts";
import type { Palette } from "../rows/palette.ts";
import * as forms from "./form.ts";
import { signInScreen } from "./sign-in-screen.ts";

export interface SignInViewProps {
  readonly address: string;
  readonly user: string | undefined;
  /** null for no colours. */
  readonly palette: Palette | null;
  /** The reason for asking again after a failed attempt; null at first. */
  readonly refusal: string | null;
  /** Tries to sign in. Resolves with the refusal, or with null. */
  readonly onSubmit: (credential: Credential) => Promise<forms.Refusal | null>;
  readonly onQuit: () => void;
}

interface SignInState {
  readonly form: forms.SignInForm;
  readonly isBusy: boolean;
}

/** Asks for a credential until the server accepts one. */
export function SignInView({
  address,
  user,
  palette,
  refusal,
  onSubmit,
  onQuit,
}: SignInViewProps): ReactNode {
  const size = useWindowSize();
  const [state] = useState(
    () => new Store<SignInState>({ form: forms.createForm({ user, error: refusal }), isBusy: false }),
  );
  const { form, isBusy } = useObservable(state);

  async function submit(): Promise<void> {
    const completed = forms.complete(state.get().form);
    if ("focus" in completed) {
      state.patch({ form: completed });
      return;
    }
    state.patch({ isBusy: true });
    const refused = await onSubmit(completed);
    state.patch({ isBusy: false, ...(refused && { form: forms.refuse(state.get().form, refused) }) });
  }

  function press(input: string, key: PressedKey): void {
    const now = state.get();
    if (key.ctrl && (input === "c" || input === "d")) onQuit();
    else if (now.isBusy) return;
    else if (key.return && now.form.focus !== "way") void submit();
    else state.patch({ form: forms.pressKey(now.form, input, key.return ? { tab: true } : key) });
  }

  useKeyboard({
    onKey: press,
    onPaste: (text) => state.patch({ form: forms.typeInto(state.get().form, text) }),
  });

  const { rows, cursor } = signInScreen({ size, form, address, isBusy });
  const { setCursorPosition } = useCursor();
  setCursorPosition(isBusy ? undefined : { x: cursor.column, y: cursor.row });
  return <RowsView rows={rows} palette={palette} />;
}
