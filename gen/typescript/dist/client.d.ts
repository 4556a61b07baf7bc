import type { Client, ClientOptions } from "openapi-fetch";
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
export declare function createAuthClient(options: Options): AuthClient;
/** Makes a client of the users service. */
export declare function createUsersClient(options: Options): UsersClient;
