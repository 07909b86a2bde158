/** The page's style sheet, for light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1c2127; --soft: #5b6673; --grid: #dfe3e8;
  --line-0: #1f6fd6; --line-1: #c2410c; --met: #23804a; --missed: #c43d3d; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e6eaef; --soft: #9aa6b3; --grid: #2c343d;
  --line-0: #6aa9ff; --line-1: #ff9a62; --met: #55c285; --missed: #f07f7f; } }
body { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1400px; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 8px; } h3 { font-size: 16px; margin: 0 0 4px; }
p, ul { max-width: 80ch; } .soft, .note { color: var(--soft); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 14px; }
th { color: var(--soft); font-weight: 600; text-align: left; } th, td { border-bottom: 1px solid var(--grid); padding: 5px 10px 5px 0; vertical-align: middle; }
td.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.met { color: var(--met); font-weight: 600; } td.missed { color: var(--missed); font-weight: 600; }
.charts { display: grid; gap: 32px; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); }
svg { display: block; max-width: 100%; } svg text { fill: var(--soft); font: 13px system-ui, sans-serif; }
.grid { stroke: var(--grid); } .axis { stroke: var(--soft); } .promised { stroke: var(--ink); stroke-width: 2; }
rect.met { fill: var(--met); } rect.missed { fill: var(--missed); } .bar text { font-size: 12px; }
polyline { fill: none; stroke-width: 2.5; }
.line-0 polyline { stroke: var(--line-0); } .line-0 circle, text.line-0 { fill: var(--line-0); }
.line-1 polyline { stroke: var(--line-1); stroke-dasharray: 7 4; } .line-1 circle, text.line-1 { fill: var(--line-1); }
text.name { font-weight: 600; } details { margin: 10px 0; } summary { cursor: pointer; }
pre { font: 12.5px/1.45 ui-monospace, monospace; overflow-x: auto; }
`;
