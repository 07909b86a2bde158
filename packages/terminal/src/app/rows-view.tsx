import { Box, Text } from "ink";
import { memo, type ReactNode } from "react";
import type { Palette } from "../rows/palette.ts";
import type { Row } from "../rows/row.ts";
import { toSgr } from "../rows/sgr.ts";

/** Draws rows. Unchanged rows cost nothing. */
export function RowsView({ rows, palette }: { rows: readonly Row[]; palette: Palette | null }): ReactNode {
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is identified by its place on the screen
        <Line key={index} text={toSgr(row, palette)} />
      ))}
    </Box>
  );
}

const Line = memo(function Line({ text }: { text: string }): ReactNode {
  return <Text wrap="truncate-end">{text === "" ? " " : text}</Text>;
});
