// What each client here goes through; tests/system/test_apps_*.py wait for the words that it prints:
// `works` after a first exchange, `lives` after a quiet time and one more, and `back` after one behind a
// gateway that has taken over, which SIGUSR2 tells of.

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export const QUIET = 4_000; // milliseconds; Nginx cuts what is silent for 3 s

const replaced = once(process, "SIGUSR2");
setInterval(() => {}, 60_000); // Node ends once it waits for nothing but signals
let mayEnd = false;

/** To be called when a connection ends: that is a failure until the gateway is replaced. */
export function ended(why) {
  if (mayEnd) return;
  console.log(`lost: ${why?.message ?? why}`);
  process.exit(1);
}

/**
 * exchange(text): sends a text through the library and resolves when it has come back.
 * quiet: the time between two of them, 0 if an exchange is quiet itself. patience: what one may take.
 */
export async function story(exchange, { quiet = QUIET, patience = 3_000 } = {}) {
  await repeated(exchange, "works", patience); // a stream may open later than its library says
  await sleep(quiet);
  await exchange("lives");
  console.log("lives");
  mayEnd = true;
  await replaced;
  await repeated(exchange, "back", patience);
  process.exit(0);
}

/** Exchanges until one succeeds, and says so. */
async function repeated(exchange, word, patience) {
  for (let attempt = 1; ; attempt++) {
    const late = sleep(patience).then(() => Promise.reject(new Error("no answer")));
    try {
      await Promise.race([exchange(`${word} ${attempt}`), late]);
      return console.log(word);
    } catch (error) {
      console.log(`not yet: ${error.message}`);
      await sleep(200);
    }
  }
}

/** Texts that are to come back: expected(text) is a promise that arrived(text) fulfils. */
export function echoes() {
  const pending = new Map();
  return {
    expected: (text) => new Promise((resolve) => pending.set(text, resolve)),
    arrived: (text) => pending.get(text)?.(),
  };
}
