import type * as auth from "./auth.js";
import type * as users from "./users.js";

export { createAuthClient, createUsersClient } from "./client.js";
export type { AuthClient, Options, Token, UsersClient } from "./client.js";
export { problemCodes } from "./codes.js";
export type { ErrorCode, ErrorCodes, OAuthErrorCode, OAuthErrorCodes } from "./codes.js";
export { assertNever, isProblem, retryAfter } from "./problem.js";
export type { Problem, ProblemCode } from "./problem.js";

/** The auth service's schemas by name: `AuthSchemas["Grant"]`. */
export type AuthSchemas = auth.components["schemas"];
/** The users service's schemas by name: `UsersSchemas["NewUser"]`. */
export type UsersSchemas = users.components["schemas"];
/** An account as every operation shows it. */
export type User = UsersSchemas["User"];

/** All that is generated from the two specifications: `auth.paths`, `users.operations` and so on. */
export type { auth, users };
