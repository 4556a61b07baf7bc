import createFetchClient from "openapi-fetch";
import type { Client, ClientOptions, Middleware } from "openapi-fetch";

import type { paths as AuthPaths } from "./auth.js";
import type { paths as UsersPaths } from "./users.js";

/** An access token, or what gives one each time it is needed. Without one a request goes out without. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

/** Where a service is, and who asks. The rest is openapi-fetch's: `fetch`, `headers`, `credentials` and so on. */
export interface Options extends ClientOptions {
  /** Such as `https://id.example.com`. */
  baseUrl: string;
  /** Shown as `Authorization: Bearer` with each request that has no such header. */
  token?: Token;
}

/** A client of the auth service: `auth.POST("/auth/login", {body})` and so on. */
export type AuthClient = Client<AuthPaths>;

/** A client of the users service: `users.GET("/users/{user}", {params})` and so on. */
export type UsersClient = Client<UsersPaths>;

/** Makes a client of the auth service. */
export function createAuthClient(options: Options): AuthClient {
  return withToken(createFetchClient<AuthPaths>(withoutToken(options)), options.token);
}

/** Makes a client of the users service. */
export function createUsersClient(options: Options): UsersClient {
  return withToken(createFetchClient<UsersPaths>(withoutToken(options)), options.token);
}

function withoutToken({ token: _, ...rest }: Options): ClientOptions {
  return rest;
}

function withToken<C extends { use(...middleware: Middleware[]): void }>(client: C, token: Token | undefined): C {
  if (token !== undefined) {
    client.use(bearer(token));
  }
  return client;
}

/** Shows a token with each request that has no `Authorization` header. */
function bearer(token: Token): Middleware {
  return {
    async onRequest({ request }) {
      if (request.headers.has("Authorization")) {
        return undefined;
      }
      const value = typeof token === "string" ? token : await token();
      if (value !== undefined) {
        request.headers.set("Authorization", `Bearer ${value}`);
      }
      return request;
    },
  };
}
