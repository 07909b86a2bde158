// The components' styles come after these.
import "./design/tokens.css";
import "./design/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { applyTheme } from "./theme/theme.ts";

applyTheme();
const page = document.getElementById("page");
if (!page) throw new Error("index.html has no element for the page");
createRoot(page).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
