import type { CallOptions, TestClient } from "../support/client.ts";

/** The client that makes a call, and the proof of its caller. */
export interface Calling {
  readonly cast: { readonly client: TestClient };
  readonly options: CallOptions;
}
