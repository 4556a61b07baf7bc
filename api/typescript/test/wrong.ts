// Mistakes that the types must catch: each line below an expectation is an error,
// or the expectation is. Nothing here is run.
import { createAuthClient, createUsersClient, isProblem, type ErrorCode, type OAuthErrorCode, type Problem, type ProblemCode, type User, type UsersSchemas } from "@latchkey/client";

const auth = createAuthClient({ baseUrl: "http://auth" });
const users = createUsersClient({ baseUrl: "http://users", token: "a token" });

// @ts-expect-error a client has a base URL
createAuthClient({});
// @ts-expect-error a token is text
createUsersClient({ baseUrl: "http://users", token: 7 });
// @ts-expect-error there is no such path
await auth.GET("/auth/you");
// @ts-expect-error the path has no such method
await users.PUT("/users");
// @ts-expect-error an email is required
await users.POST("/users", { body: { username: "ada" } });
// @ts-expect-error a body is required
await auth.POST("/auth/login");
// @ts-expect-error a request has no members of one's own
export const body: UsersSchemas["NewUser"] = { username: "ada", email: "ada@example.com", admin: true };
// @ts-expect-error a flag is no text
await users.PATCH("/users/{user}", { params: { path: { user: "id" } }, body: { disabled: "yes" } });
// @ts-expect-error the path's parameter is required
await users.GET("/users/{user}");
// @ts-expect-error there is no such filter
await users.GET("/users", { params: { query: { name: "ada" } } });
// @ts-expect-error a closed set
await auth.POST("/auth/login", { body: { login: "ada", password: "x", transport: "pigeon" } });

const { data, error } = await users.GET("/users/{user}", { params: { path: { user: "ada" } } });
// @ts-expect-error it may have gone wrong
export const name: string = data.username;
if (data !== undefined) {
  // @ts-expect-error nobody gets a password
  data.password;
  // @ts-expect-error a count is no text
  data.version satisfies string;
  // @ts-expect-error the deletion may be null
  data.deleted_at.length;
}
if (isProblem(error)) {
  // @ts-expect-error reading an account meets no such code
  error.code === "username_taken";
  error.code === "not_found";
}

// @ts-expect-error no code of this contract
export const code: ProblemCode = "teapot";
// @ts-expect-error the operation does not list it
export const listed: ErrorCode<"createUser"> = "not_found";
// @ts-expect-error no operation
export type Odd = ErrorCode<"createTeapot">;
// @ts-expect-error OAuth's errors are others
export const oauth: OAuthErrorCode<"issueToken"> = "invalid_grant";
// @ts-expect-error every problem has an id
export const problem: Problem = { type: "", title: "", status: 404, detail: "", code: "not_found" };
// @ts-expect-error an account has more
export const user: User = { id: "", username: "ada" };
