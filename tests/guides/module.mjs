// The module of the guides. Old versions of Node take a .js file for CommonJS, and a data URL for
// what its type says.
import { readFileSync } from "node:fs";

const guides = new URL("../../deploy/guides/", import.meta.url);
const text = readFileSync(new URL("reconnecting_websocket.js", guides));

export const { ReconnectingWebSocket, comebackAfter, defaults, delayBefore } =
    await import(`data:text/javascript;base64,${text.toString("base64")}`);
