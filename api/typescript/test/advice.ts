import { assertNever, type ProblemCode } from "@latchkey/client";

/** What a program does about a problem. */
export type Advice = "try again" | "read again" | "sign in again" | "ask the person" | "ask an admin" | "leave it" | "mend the program" | "report it";

/** Has a case for every code: one that a new version brings does not compile here. */
export function adviceOn(code: ProblemCode): Advice {
  switch (code) {
    case "rate_limited":
    case "throttled":
    case "overloaded":
    case "dependency_unavailable":
    case "idempotency_in_progress":
    case "key_too_young":
      return "try again";
    case "version_mismatch":
      return "read again";
    case "unauthorized":
    case "invalid_token":
      return "sign in again";
    case "invalid_credentials":
    case "email_not_verified":
    case "not_found":
    case "username_taken":
    case "email_taken":
    case "password_rejected":
      return "ask the person";
    case "forbidden":
      return "ask an admin";
    case "last_admin":
    case "role_in_use":
    case "key_not_pending":
    case "key_active":
    case "too_many_keys":
      return "leave it";
    case "invalid_request":
    case "method_not_allowed":
    case "body_too_large":
    case "unsupported_media_type":
    case "headers_too_large":
    case "idempotency_mismatch":
      return "mend the program";
    case "internal_error":
      return "report it";
    default:
      return assertNever(code);
  }
}
