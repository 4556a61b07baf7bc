import createFetchClient from "openapi-fetch";
/** Makes a client of the auth service. */
export function createAuthClient(options) {
    return withToken(createFetchClient(withoutToken(options)), options.token);
}
/** Makes a client of the users service. */
export function createUsersClient(options) {
    return withToken(createFetchClient(withoutToken(options)), options.token);
}
function withoutToken({ token: _, ...rest }) {
    return rest;
}
function withToken(client, token) {
    if (token !== undefined) {
        client.use(bearer(token));
    }
    return client;
}
/** Shows a token with each request that has no `Authorization` header. */
function bearer(token) {
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
