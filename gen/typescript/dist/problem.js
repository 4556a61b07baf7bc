/**
 * Whether what a call gave as its `error` is a problem document. It is not where
 * a proxy answered in the service's place, and from `/oauth/*`.
 */
export function isProblem(error) {
    return (typeof error === "object" && error !== null &&
        "code" in error && typeof error.code === "string" &&
        "status" in error && typeof error.status === "number" &&
        "request_id" in error && typeof error.request_id === "string");
}
/**
 * How many milliseconds to wait before another try (`Retry-After`); undefined
 * where the answer does not ask for one.
 */
export function retryAfter(response) {
    const value = response.headers.get("Retry-After");
    if (value === null) {
        return undefined;
    }
    if (/^\d+$/.test(value)) {
        return Number(value) * 1000;
    }
    const at = Date.parse(value); // a proxy may send a date (RFC 9110, section 10.2.3)
    return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
/**
 * The `default` of a switch over a closed set: a member without a case does not
 * compile. At run time, where a service is newer than this package, it throws.
 */
export function assertNever(value) {
    throw new Error(`no case for ${String(value)}`);
}
