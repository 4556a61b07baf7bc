// What the story stands on: its world (internal/sdktest), reached by a line out
// and a line in, and what a call must have given.
import { createInterface } from "node:readline";

import { isProblem, retryAfter, type Problem, type ProblemCode } from "@latchkey/client";

import { adviceOn } from "./advice.js";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export const met = new Set<ProblemCode>();

/** Has the test do what no client can. */
export async function ask(what: string, argument = ""): Promise<string> {
  console.log(JSON.stringify({ ask: what, argument }));
  const { value, done } = await lines.next();
  if (done) {
    throw new Error(`nobody answers to ${what}`);
  }
  return value;
}

/** Ends the story, and with it the reading of lines. */
export function tell(summary: unknown): void {
  console.log(JSON.stringify({ done: summary }));
  process.stdin.destroy();
}

export function check(truth: boolean, what: string, ...seen: unknown[]): asserts truth {
  if (!truth) {
    throw new Error(`${what}: ${JSON.stringify(seen)}`);
  }
}

/** What a call gives where it goes well. */
export async function ok<D, E>(call: Promise<{ data?: D; error?: E; response: Response }>): Promise<{ data: D; response: Response }> {
  const { data, error, response } = await call;
  check(response.ok, `status ${response.status}`, error);
  return { data: data as D, response };
}

/** The problem of a call that is refused, with one of the codes that its operation lists. */
export async function refused<E extends Problem>(code: NoInfer<E>["code"], call: Promise<{ error?: E; response: Response }>): Promise<E> {
  const { error, response } = await call;
  check(isProblem(error) && error.code === code, `not refused with ${code} but ${response.status}`, error);
  check(error.status === response.status && error.request_id === response.headers.get("X-Request-Id"), "an odd problem", error);
  check(adviceOn(code) !== "try again" || (retryAfter(response) ?? 0) > 0, `${code} does not say when to try again`);
  met.add(code);
  return error;
}
