import "react";

declare module "react" {
  interface CSSProperties {
    readonly "--hue"?: number;
  }
}
