import { env } from "node:process";

/** The page's server passes the calls on, so that the page needs no other origin. */
const proxy = { "^/confab\\.v1\\.": env.CONFAB_URL ?? "http://127.0.0.1:8080" };

// Vite reads the default export.
// biome-ignore lint/style/noDefaultExport: see above
export default { server: { proxy }, preview: { proxy } };
