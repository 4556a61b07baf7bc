export { createAuthClient, createUsersClient } from "./client.js";
export { problemCodes } from "./codes.js";
export { assertNever, isProblem, retryAfter } from "./problem.js";
