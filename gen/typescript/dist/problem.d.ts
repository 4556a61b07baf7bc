import type { components } from "./users.js";
/** A problem document (RFC 9457). Branch on `code`; `title` and `detail` are for people and may change. */
export type Problem = components["schemas"]["Problem"];
/** The reason, for programs. A closed set: a new code comes with a new version of this package. */
export type ProblemCode = components["schemas"]["ProblemCode"];
/**
 * Whether what a call gave as its `error` is a problem document. It is not where
 * a proxy answered in the service's place, and from `/oauth/*`.
 */
export declare function isProblem(error: unknown): error is Problem;
/**
 * How many milliseconds to wait before another try (`Retry-After`); undefined
 * where the answer does not ask for one.
 */
export declare function retryAfter(response: Response): number | undefined;
/**
 * The `default` of a switch over a closed set: a member without a case does not
 * compile. At run time, where a service is newer than this package, it throws.
 */
export declare function assertNever(value: never): never;
