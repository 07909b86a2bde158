import { hostOf, isLoopbackName, nameOfHost } from "./hosts.ts";
import type { WebRequest, WebResponse } from "./listener.ts";

const YEAR_S = 365 * 24 * 60 * 60;

/** Allows the page its own files and nothing else: no inline code or styles, no frames, no workers, no `data:`. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Holds for answers that are no page, should a browser show one. */
const ANSWER_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** The page needs none of the features that a browser asks the user for, except notifications, which have no policy. */
const NO_FEATURES = [
  "accelerometer",
  "autoplay",
  "camera",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "picture-in-picture",
  "publickey-credentials-get",
  "screen-wake-lock",
  "usb",
  "xr-spatial-tracking",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

const everywhere = {
  "content-security-policy": ANSWER_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": NO_FEATURES,
  "cache-control": "no-store",
};

/** Sets the headers that every answer has. Pages and their files replace some of them. */
export function setSecurityHeaders(
  request: WebRequest,
  response: WebResponse,
  { isTls }: { isTls: boolean },
): void {
  for (const [name, value] of Object.entries(everywhere)) response.setHeader(name, value);
  // A browser would apply it to every port of localhost, where developers serve other things without TLS.
  if (isTls && !isLoopbackName(nameOfHost(hostOf(request)))) {
    response.setHeader("strict-transport-security", `max-age=${YEAR_S}; includeSubDomains`);
  }
}
