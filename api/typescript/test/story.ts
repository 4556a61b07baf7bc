// A life with latchkey on the TypeScript client, from the registration to the
// sign-out, through every code that a problem can have. story_test.go runs it.
import { randomUUID } from "node:crypto";

import { assertNever, createAuthClient, createUsersClient, isProblem, problemCodes, retryAfter, type AuthSchemas } from "@latchkey/client";

import { ask, check, met, ok, refused, tell } from "./world.js";

const [authURL, usersURL, adminPassword] = process.argv.slice(2) as [string, string, string];
const password = "correct horse battery staple";
const email = "ada@example.com";

const anyone = createAuthClient({ baseUrl: authURL });
const admin = (await ok(anyone.POST("/auth/login", { body: { login: "admin", password: adminPassword } }))).data;
const root = createAuthClient({ baseUrl: authURL, token: admin.access_token });
const users = createUsersClient({ baseUrl: usersURL, token: async () => admin.access_token });

await register();
let ada = await confirmAndSignIn();
const me = createAuthClient({ baseUrl: authURL, token: () => ada.access_token });
const account = await manageAccounts();
await roles();
await keys();
await oauth();
await trouble();
await leave();
tell({ met: [...met].sort(), missed: problemCodes.filter((code) => !met.has(code)), account });

async function register() {
  const header = { "Idempotency-Key": randomUUID() };
  const person = { username: "ada", email, password };
  const first = await ok(anyone.POST("/auth/register", { params: { header }, body: person }));
  const again = await ok(anyone.POST("/auth/register", { params: { header }, body: person }));
  check(first.data?.user.id === again.data?.user.id && again.response.headers.get("Idempotency-Replayed") === "true", "another answer", again.data);
  const post = (body: AuthSchemas["Registration"]) => anyone.POST("/auth/register", { body });
  await refused("idempotency_mismatch", anyone.POST("/auth/register", { params: { header }, body: { ...person, email: "eve@example.com" } }));
  await refused("username_taken", post({ ...person, username: "Ada", email: "eve@example.com" }));
  await refused("email_taken", post({ ...person, username: "eve" }));
  const weak = await refused("password_rejected", post({ username: "eve", email: "eve@example.com", password: "short" }));
  check(weak.reasons?.includes("too_short") ?? false, "no reason", weak);
  const bad = await refused("invalid_request", post({ username: "e", email: "eve@example.com", password }));
  check(bad.errors?.[0]?.pointer === "/username", "no pointer", bad);
}

async function confirmAndSignIn(): Promise<AuthSchemas["Grant"]> {
  const login = (secret: string) => anyone.POST("/auth/login", { body: { login: "ada", password: secret } });
  await refused("email_not_verified", login(password));
  await ok(anyone.POST("/auth/email/resend", { body: { email: "nobody@example.com" } }));
  await refused("rate_limited", anyone.POST("/auth/email/resend", { body: { email: "nobody@example.com" } }));
  const token = await ask("verification", email);
  await ok(anyone.POST("/auth/email/verify", { body: { token } }));
  await refused("invalid_token", anyone.POST("/auth/email/verify", { body: { token } }));
  await refused("invalid_credentials", login("not the password"));
  const first = (await ok(login(password))).data;
  check(first.token_type === "Bearer" && first.refresh_token !== undefined, "an odd grant", Object.keys(first));
  await refused("unauthorized", anyone.GET("/auth/me"));
  return (await ok(anyone.POST("/auth/refresh", { body: { refresh_token: first.refresh_token } }))).data;
}

async function manageAccounts() {
  const self = (await ok(me.GET("/auth/me"))).data;
  check(self.username === "ada" && self.verified, "not ada", self);
  const asAda = createUsersClient({ baseUrl: usersURL, token: () => ada.access_token });
  await refused("forbidden", asAda.GET("/users"));

  const made = await ok(users.POST("/users", {
    params: { header: { "Idempotency-Key": randomUUID() } },
    body: { username: "bob", email: "bob@example.com", password, verified: true },
  }));
  const path = { user: made.data.id };
  const first = made.response.headers.get("ETag") ?? "";
  const rename = (username: string, tag: string) => users.PATCH("/users/{user}", { params: { path, header: { "If-Match": tag } }, body: { username } });
  const changed = await ok(rename("robert", first));
  const second = changed.response.headers.get("ETag") ?? "";
  check(changed.data.username === "robert" && second !== first, "not changed", changed.data);
  await refused("version_mismatch", rename("rob", first));
  await ok(users.DELETE("/users/{user}", { params: { path, header: { "If-Match": second } } }));
  await refused("not_found", users.GET("/users/{user}", { params: { path } }));
  await ok(users.POST("/users/{user}/restore", { params: { path } }));
  const page = (await ok(users.GET("/users", { params: { query: { q: "rob", limit: 10 } } }))).data;
  check(page.items.length === 1 && page.items[0]?.id === path.user && page.next_cursor === null, "an odd page", page);
  await refused("last_admin", users.DELETE("/users/{user}", { params: { path: { user: admin.user.id } } }));
  await refused("body_too_large", users.POST("/users", { body: { username: "x".repeat(70_000), email: "x@example.com" } }));
  await refused("unsupported_media_type", users.POST("/users", { body: { username: "x", email: "x@example.com" }, headers: { "Content-Type": "text/plain" } }));
  await refused("headers_too_large", users.GET("/roles", { headers: { "X-Padding": "x".repeat(15_900) } }));
  return { username: changed.data.username, taken: await whyNot("robert") };
}

/** Has a case for each code of one operation, of which there are fewer than of all. */
async function whyNot(username: string): Promise<string> {
  const { error } = await users.POST("/users", { body: { username, email: "new@example.com" } });
  if (!isProblem(error)) {
    return error === undefined ? "it is made" : "that was not latchkey";
  }
  switch (error.code) {
    case "username_taken":
    case "email_taken":
      return "taken";
    case "invalid_request":
    case "password_rejected":
    case "body_too_large":
    case "headers_too_large":
    case "unsupported_media_type":
    case "idempotency_mismatch":
      return "wrong";
    case "unauthorized":
    case "forbidden":
      return "not yours";
    case "rate_limited":
    case "overloaded":
    case "dependency_unavailable":
    case "idempotency_in_progress":
      return "later";
    case "internal_error":
      return error.request_id;
    default:
      return assertNever(error.code);
  }
}

async function roles() {
  const path = { role: "editor" };
  await ok(users.PUT("/roles/{role}", { params: { path }, body: { description: "May edit." } }));
  const { id } = (await ok(users.GET("/users/{user}", { params: { path: { user: "robert" } } }))).data;
  await ok(users.PATCH("/users/{user}", { params: { path: { user: id } }, body: { roles: ["user", "editor"] } }));
  await refused("role_in_use", users.DELETE("/roles/{role}", { params: { path } }));
  await ok(users.PATCH("/users/{user}", { params: { path: { user: id } }, body: { roles: ["user"] } }));
  await ok(users.DELETE("/roles/{role}", { params: { path } }));

  // No operation lists this one: who calls by the types does not meet it.
  const response = await fetch(`${usersURL}/roles`, { method: "DELETE" });
  const problem: unknown = await response.json();
  check(isProblem(problem) && problem.code === "method_not_allowed", "no problem", problem);
  met.add(problem.code);
}

async function keys() {
  await ask("young-keys");
  await refused("key_too_young", root.POST("/admin/keys/rotate", { body: {} }));
  const { activated, retiring } = (await ok(root.POST("/admin/keys/rotate", { body: { force: true } }))).data;
  check(retiring !== null, "nothing retires", activated);
  await refused("key_not_pending", root.POST("/admin/keys/rotate", { body: { kid: retiring.kid, force: true } }));
  await refused("key_active", root.POST("/admin/keys/{kid}/revoke", { params: { path: { kid: activated.kid } }, body: {} }));
  for (let made = 0; made < 20; made++) { // as many as may be are far fewer
    const answer = await root.POST("/admin/keys", { body: { algorithm: "ES256" } });
    if (answer.error !== undefined) {
      await refused("too_many_keys", Promise.resolve(answer));
      return;
    }
  }
}

async function oauth() {
  const { error, response } = await anyone.POST("/oauth/token", {
    headers: { Authorization: `Basic ${btoa("billing:lks_wrong")}`, "Content-Type": "application/x-www-form-urlencoded" },
    body: { grant_type: "client_credentials" },
  });
  check(response.status === 401 && error?.error === "invalid_client" && !isProblem(error), "no OAuth error", error);
}

async function trouble() {
  const guess = () => anyone.POST("/auth/login", { body: { login: "robert", password: "a guess" } });
  for (let n = 0; n < 5; n++) {
    await refused("invalid_credentials", guess());
  }
  await refused("throttled", guess());

  const henry = { params: { header: { "Idempotency-Key": randomUUID() } }, body: { username: "henry", email: "henry@example.com" } };
  await ok(users.POST("/users", henry));
  await ask("run-keys");
  await refused("idempotency_in_progress", users.POST("/users", henry));

  await ask("break");
  const id = randomUUID();
  const broken = await refused("internal_error", users.POST("/users", { headers: { "X-Request-Id": id }, body: { username: "ivy", email: "ivy@example.com" } }));
  check(broken.request_id === id, "another request", broken);

  await ok(anyone.POST("/auth/password/forgot", { body: { email } }));
  const reset = { token: await ask("reset", email), new_password: "a second correct horse" };
  await ask("use-token");
  await refused("overloaded", anyone.POST("/auth/password/reset", { body: reset }));

  await ask("stop-users");
  const login = () => anyone.POST("/auth/login", { body: { login: "ada", password } });
  await refused("dependency_unavailable", login());
  await ask("start-users");
  await again(login);
}

/** Calls until it goes well, four times at most, and waits as long as the service asks. */
async function again<A extends { response: Response }>(call: () => Promise<A>): Promise<A> {
  for (let tries = 1; ; tries++) {
    const answer = await call();
    const wait = retryAfter(answer.response);
    if (answer.response.ok || wait === undefined || tries === 4) {
      check(answer.response.ok, `still ${answer.response.status} after ${tries} tries`);
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function leave() {
  const { items } = (await ok(me.GET("/auth/sessions"))).data;
  for (const session of items.filter(({ current }) => !current)) {
    await ok(me.DELETE("/auth/sessions/{session}", { params: { path: { session: session.id } } }));
  }
  const refresh = () => anyone.POST("/auth/refresh", { body: { refresh_token: ada.refresh_token ?? "" } });
  ada = (await ok(refresh())).data;
  await ok(anyone.POST("/auth/logout", { body: { refresh_token: ada.refresh_token ?? "" } }));
  await refused("invalid_token", refresh());
}
