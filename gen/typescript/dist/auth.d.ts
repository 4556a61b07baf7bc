// Generated from the specification of the auth service. Not edited.
import type { ErrorCode, OAuthErrorCode } from "./codes.js";

/** A refusal whose problem has one of the operation's own codes (`x-error-codes`). */
type Refusal<Response extends { headers: unknown; content: { "application/problem+json": unknown } }, Code> = {
    headers: Response["headers"];
    content: { "application/problem+json": Response["content"]["application/problem+json"] & { code: Code } };
};
/** A refusal with one of the operation's own OAuth errors (`x-oauth-errors`). */
type OAuthRefusal<Response extends { headers: unknown; content: { "application/json": unknown } }, Code> = {
    headers: Response["headers"];
    content: { "application/json": Response["content"]["application/json"] & { error: Code } };
};
export interface paths {
    "/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Makes an account with the role `user` and mails a link that confirms the address. It does not sign in. The mail is sent also when this service dies before it answers.
         *     With `REGISTRATION_PRIVACY=private` every well-formed registration with a free username is answered 202 without a body, after the same work, whether the address is somebody's or not; the mail tells the rest. The username is then taken for 24 hours; an account that nobody confirms by then is gone, and its names are free.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Opens a session. An unknown name, a wrong password, a deleted, a disabled and a password-less account give the same 401. After a few failures the next try has to wait (429 `throttled`, `Retry-After`). With `REQUIRE_VERIFIED=true` the right password of an account whose address was not confirmed gives 403 `email_not_verified` (401 under `REGISTRATION_PRIVACY=private`).
         *     `transport: cookie` puts the refresh token into the cookie `__Host-refresh`, out of the reach of scripts, and leaves it out of the body. Whoever signs in with a session's cookie ends that session.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token
         * @description Gives a new access token and the refresh token's successor. The presented token may be exchanged again for ten seconds and gives the identical successor. After that, or with an older one, the session ends. A forged or garbled token is 401 and changes nothing. Roles and `email_verified` are those of this moment.
         *     The token comes in the body or in the cookie `__Host-refresh`, and its successor goes back the same way; both at once are 400.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session of the refresh token in the body, or else those of the bearer token (an expired one will do) and of the cookie `__Host-refresh`; a token in the body and the cookie at once are 400. At once for refreshes and for this service; other services honour an access token until it expires. Signing out of a session that has ended is 204 as well. The cookie is cleared.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out everywhere
         * @description Ends every session of the caller, this one included. The cookie is cleared.
         */
        post: operations["logoutAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's own sessions
         * @description The live sessions of the caller, the one opened last first, at most 1,000.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of one's own sessions
         * @description Ends a session of the caller, this one included: at once for refreshes and for this service. 404 for one that has ended, is somebody else's or never was.
         */
        delete: operations["revokeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one's own account
         * @description The account behind the access token, as it is now. 401 once its session has ended.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change one's own names
         * @description Changes the username at once. A new email counts once it is confirmed: a link goes to the new address, a notice to the old one, and the answer still shows the old one. Confirming it ends every session. A wrong `current_password` is counted like a failed sign-in.
         */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/auth/me/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete one's own account
         * @description Deletes the caller's account and ends its sessions. Its names stay reserved; an administrator can restore it. The last administrator can't go (409 `last_admin`). The cookie is cleared.
         */
        post: operations["deleteMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one's own password
         * @description Sets a new password and ends every other session; the one that asks goes on. A wrong `current_password` is counted like a failed sign-in.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a reset link
         * @description Mails a link that sets a new password, if an account that may sign in has this address. The answer is the same, and takes the same time, whether or not. The link works once, for 15 minutes; a newer one and a change of the address or the password make it void. So many mails an hour go to one address at most.
         */
        post: operations["forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by a reset link
         * @description Sets the password and ends every session; it signs nobody in. The token is used up by success alone: a refused password or a fault leaves it good. Of parallel uses one succeeds.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/email/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an address
         * @description Confirms the address that the link was mailed to: that of a new account, or the new one of an account that changes it (which ends its sessions, and tells the old address). The token works once, for 24 hours; a newer one and a change of the address or the password make it void. 409 `email_taken` where another account has the address by now.
         */
        post: operations["verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/email/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for another confirmation link
         * @description Mails a new link, if an account with this address waits for its confirmation; the one before is void then. The answer is the same, and takes the same time, whether or not. So many mails an hour go to one address at most.
         */
        post: operations["resendVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{user}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an account's sessions
         * @description The live sessions of an account, the one opened last first, at most 1,000. None for an account that there is not.
         */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        /**
         * End an account's sessions
         * @description Ends every session of an account: at once for refreshes and for this service.
         */
        delete: operations["revokeUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to sessions, recovery and keys
         * @description Events, newest first, page by page; all filters that are given must hold. An event is written in the same transaction as the change it tells of. It never holds a password or a token. Sign-ins that had to wait are counted per minute (`login.throttled`, `count`). What happened to accounts is in the users service's own list.
         */
        get: operations["listAuthAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the signing keys
         * @description The keys that are published, the newest first; with `all=true` also those that have retired or were revoked, 1,000 at most. No private half is ever answered.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make a signing key
         * @description Makes a pending key: it is published at once and signs nothing until `rotate` makes it active. Of the kind that `KEY_ALG` and `KEY_BITS` say, or that the body says. 409 `too_many_keys` while eight are pending.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign with the next key
         * @description Makes a pending key active and the active one retiring: what that has signed is accepted until its last token has expired. Sees to it that another key is pending. All instances follow within 5 seconds.
         *     409 `key_too_young` (`Retry-After`) while verifiers may hold a key set without the new key, for two minutes after it was published, and right after another rotation, unless `force` is true. 409 `key_not_pending` where no key waits, or the named one does not. Naming the key that is active already changes nothing and is 200.
         */
        post: operations["rotateKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys/{kid}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuse a key's tokens
         * @description Has every token of a key refused: by this service within 5 seconds, by verifiers that follow the key set within a minute. Its private half is destroyed. `tokens_out` of the answer is how many tokens of it had not expired.
         *     The active key needs `active: true` (else 409 `key_active`), as everybody has to refresh; the pending key that was published first takes its place, or a new one. `unseen` says that some verifiers may not know that yet and refuse its tokens for up to half a minute. A key that was revoked before is 200 as well, and nothing is changed.
         */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys
         * @description Every key that a valid token may be signed with, and the next one (RFC 7517). May be kept for a minute; `kid` is the thumbprint of RFC 7638. Any origin may read it.
         */
        get: operations["getJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a token for a back end
         * @description An access token for the client itself, by client_credentials (RFC 6749, section 4.4): `sub` and `client_id` are the client's id, there is no `sid`, and there is no refresh token; ask again before it expires. A client proves itself by HTTP Basic (id and secret form-urlencoded first, section 2.3.1) or by `client_id` and `client_secret` in the form; both at once is `invalid_request`. An unknown client, a wrong secret and a revoked client give the same 401.
         *     The form is strict: one `Content-Type`, no `Content-Encoding`, valid UTF-8, no parameter twice. A parameter without a value counts as not sent, one that is not known here is ignored (section 3.2). Answers are never cached.
         */
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/introspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether a token stands
         * @description For back ends that want to know more than a signature says (RFC 7662). Any client may ask about any token. An access token is active while it verifies, was not revoked, and its session or its client has not ended: here that counts at once. A refresh token is active while it can be exchanged; asking exchanges nothing and ends nothing. For everything else the answer is `{"active": false}` and no more. A database that does not answer is a 503. That an account was disabled or its roles changed shows with its next refresh. `token_type_hint` is ignored.
         */
        post: operations["introspectToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a token worthless
         * @description RFC 7009. A client revokes the access tokens that were issued to it: introspection calls them inactive at once, while services that verify tokens by themselves honour one until its `exp`. Tokens of people's sessions are those of the public client `latchkey`, which sends `client_id=latchkey` and no secret: a refresh token, of any generation, or an access token ends its session. A token that is garbled, forged, expired or revoked already answers 200 as well; one that was issued to another client answers `invalid_grant`, and nothing happens to it. `token_type_hint` is ignored.
         */
        post: operations["revokeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where things are, for OAuth libraries
         * @description Authorization server metadata (RFC 8414). May be kept for five minutes. Any origin may read it.
         */
        get: operations["getOauthMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The page that confirms an email address
         * @description A mail links to `/verify#token=…`. The token is in the fragment, which browsers send to nobody, and opening the page uses nothing up: its button does.
         */
        get: operations["getVerifyPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The page that sets a new password
         * @description A mail links to `/reset#token=…`. The token is in the fragment, which browsers send to nobody, and opening the page uses nothing up: its button does.
         */
        get: operations["getResetPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pages/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the pages load
         * @description The style sheet, the scripts and the icon of `/verify` and `/reset`. May be kept for five minutes.
         */
        get: operations["getPageAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive
         * @description Answers as long as the process can serve at all. Asks nothing of anything else.
         */
        get: operations["getLivez"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can the process serve requests
         * @description Asks its own database, never another service. 503 also from the moment of a shutdown signal, before the listener closes.
         */
        get: operations["getReadyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document, as YAML
         * @description Self-contained.
         */
        get: operations["getOpenapiYaml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document, as JSON
         * @description Self-contained.
         */
        get: operations["getOpenapiJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Who registers. Any other member is 400. */
        Registration: {
            username: components["schemas"]["Username"];
            email: components["schemas"]["Email"];
            password: components["schemas"]["NewPassword"];
        };
        /** @description The outcome of a registration. */
        Registered: {
            user: components["schemas"]["User"];
        };
        /** @description A sign-in. */
        Login: {
            /** @description A username or an email, in any case. */
            login: string;
            password: components["schemas"]["CurrentPassword"];
            /**
             * @description Where the refresh token goes: into the `body`, or into the `cookie` `__Host-refresh` and not into the body. A closed set.
             * @default body
             * @enum {string}
             */
            transport?: "body" | "cookie";
        };
        /** @description What to change about oneself; at least one of `username` and `email`. */
        MePatch: {
            username?: components["schemas"]["Username"];
            email?: components["schemas"]["Email"];
            current_password: components["schemas"]["CurrentPassword"];
        };
        /** @description Proof that it is the owner who asks. */
        CurrentPasswordBody: {
            current_password: components["schemas"]["CurrentPassword"];
        };
        /** @description The old password and the new one. */
        PasswordChange: {
            current_password: components["schemas"]["CurrentPassword"];
            new_password: components["schemas"]["NewPassword"];
        };
        /** @description Whose mail is wanted. */
        EmailBody: {
            email: components["schemas"]["Email"];
        };
        /** @description The token of a mailed link. */
        TokenBody: {
            token: components["schemas"]["OneTimeToken"];
        };
        /** @description The token of a mailed link, and the password to set. */
        PasswordReset: {
            token: components["schemas"]["OneTimeToken"];
            new_password: components["schemas"]["NewPassword"];
        };
        /**
         * Format: password
         * @description 256 bits in base64url, from the fragment of a mailed link. Anything else of this size is 401.
         * @example UmFuZG9tLXJhbmRvbS1yYW5kb20tcmFuZG9tLXJhbmRvbQ
         */
        OneTimeToken: string;
        /**
         * @description Live sessions.
         * @example {
         *       "items": [
         *         {
         *           "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
         *           "created_at": "2026-11-24T09:30:00.123456Z",
         *           "last_used_at": "2026-11-24T11:02:13.000101Z",
         *           "expires_at": "2026-12-01T11:02:13.000101Z",
         *           "address": "192.0.2.7",
         *           "user_agent": "curl/8.5.0",
         *           "current": true
         *         }
         *       ]
         *     }
         */
        SessionList: {
            /** @description The one opened last first. */
            items: components["schemas"]["Session"][];
        };
        /**
         * @description A live session.
         * @example {
         *       "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
         *       "created_at": "2026-11-24T09:30:00.123456Z",
         *       "last_used_at": "2026-11-24T11:02:13.000101Z",
         *       "expires_at": "2026-12-01T11:02:13.000101Z",
         *       "address": "192.0.2.7",
         *       "user_agent": "curl/8.5.0",
         *       "current": true
         *     }
         */
        Session: {
            /**
             * Format: uuid
             * @description UUIDv7 (RFC 9562); `sid` in its access tokens.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was opened (RFC 3339, UTC).
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its refresh token was last exchanged, or when it was opened (RFC 3339, UTC).
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description When it ends unless it is used before, at the latest (RFC 3339, UTC).
             */
            expires_at: string;
            /** @description The address it was opened from. */
            address: string;
            /** @description The User-Agent it was opened with. */
            user_agent: string;
            /** @description Whether it is the session of this request's access token. */
            current: boolean;
        };
        /**
         * @description What happened. An open set, so that more can be told of.
         * @example session.created
         */
        AuthAuditEventType: string;
        /** @description A refresh token. */
        RefreshTokenBody: {
            refresh_token: components["schemas"]["RefreshToken"];
        };
        /**
         * Format: password
         * @description `v1`, the session's id, the generation and a MAC, joined by dots. Opaque to a client.
         * @example v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.1.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmUtMTI
         */
        RefreshToken: string;
        /** @description What a sign-in or a refresh gives (names as in RFC 6749, section 5.1). */
        Grant: {
            /** @description A JWT (RFC 9068). */
            access_token: string;
            /**
             * @description A closed set.
             * @enum {string}
             */
            token_type: "Bearer";
            /**
             * Format: int32
             * @description Seconds until the access token expires.
             */
            expires_in: number;
            refresh_token?: components["schemas"]["RefreshToken"];
            user: components["schemas"]["User"];
        };
        /** @description A key set (RFC 7517, section 5). */
        Jwks: {
            /** @description The active key first. */
            keys: components["schemas"]["Jwk"][];
        };
        /** @description A public key (RFC 7517, section 4): `n` and `e` of an RSA key (RFC 7518, section 6.3.1), `crv`, `x` and `y` of an EC key (section 6.2.1), `crv` and `x` of an Ed25519 key (RFC 8037). */
        Jwk: {
            /**
             * @description Key type. A closed set.
             * @enum {string}
             */
            kty: "RSA" | "EC" | "OKP";
            /** @description The modulus (Base64urlUInt). */
            n?: string;
            /** @description The exponent (Base64urlUInt). */
            e?: string;
            /**
             * @description The curve. A closed set.
             * @enum {string}
             */
            crv?: "P-256" | "Ed25519";
            /** @description The x coordinate, or the Ed25519 key (32 octets). */
            x?: string;
            /** @description The y coordinate (32 octets). */
            y?: string;
            /** @description The thumbprint of RFC 7638. */
            kid: string;
            alg: components["schemas"]["KeyAlgorithm"];
            /**
             * @description What it is for. A closed set.
             * @enum {string}
             */
            use: "sig";
        };
        /**
         * @description What a key signs with (RFC 7518, section 3.1; RFC 8037, section 3.1). A closed set.
         * @example RS256
         * @enum {string}
         */
        KeyAlgorithm: "RS256" | "ES256" | "EdDSA";
        /**
         * @description A signing key, without its private half.
         * @example {
         *       "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
         *       "algorithm": "RS256",
         *       "bits": 2048,
         *       "state": "active",
         *       "created_at": "2026-11-24T09:30:00.123456Z",
         *       "activated_at": "2026-11-24T09:35:00.123456Z",
         *       "retiring_at": null,
         *       "verifies_until": null,
         *       "retired_at": null,
         *       "revoked_at": null,
         *       "tokens_out": 1207
         *     }
         */
        Key: {
            /** @description The thumbprint of RFC 7638. */
            kid: string;
            algorithm: components["schemas"]["KeyAlgorithm"];
            /**
             * Format: int32
             * @description Of an RSA modulus; null for other kinds.
             */
            bits: number | null;
            /**
             * @description `pending` is published and does not sign, `active` signs (one key), `retiring` verifies what it has signed, `retired` is gone, `revoked` is refused. A closed set.
             * @enum {string}
             */
            state: "pending" | "active" | "retiring" | "retired" | "revoked";
            /**
             * Format: date-time
             * @description When it was made, and published (RFC 3339, UTC).
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it began to sign.
             */
            activated_at: string | null;
            /**
             * Format: date-time
             * @description When it ceased to sign.
             */
            retiring_at: string | null;
            /**
             * Format: date-time
             * @description When a retiring key's last token has expired, 30 s of skew included.
             */
            verifies_until: string | null;
            /**
             * Format: date-time
             * @description When it went out of the published set.
             */
            retired_at: string | null;
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revoked_at: string | null;
            /**
             * Format: int64
             * @description How many tokens of it have not expired. Instances count within 5 seconds.
             */
            tokens_out: number;
        };
        /**
         * @description Signing keys.
         * @example {
         *       "items": [
         *         {
         *           "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
         *           "algorithm": "RS256",
         *           "bits": 2048,
         *           "state": "active",
         *           "created_at": "2026-11-24T09:30:00.123456Z",
         *           "activated_at": "2026-11-24T09:35:00.123456Z",
         *           "retiring_at": null,
         *           "verifies_until": null,
         *           "retired_at": null,
         *           "revoked_at": null,
         *           "tokens_out": 1207
         *         }
         *       ]
         *     }
         */
        KeyList: {
            /** @description The newest first. */
            items: components["schemas"]["Key"][];
        };
        /** @description What kind of key to make. */
        NewKey: {
            algorithm?: components["schemas"]["KeyAlgorithm"];
            /**
             * Format: int32
             * @description Of an RSA modulus: 2048, 3072 or 4096, a closed set. No other kind has any.
             * @enum {integer}
             */
            bits?: 2048 | 3072 | 4096;
        };
        /** @description Which key is to become active. */
        KeyRotation: {
            /** @description The pending key; the one that was published first where it is left out. */
            kid?: string;
            /**
             * @description Also a key that verifiers may not have seen: they may refuse its tokens.
             * @default false
             */
            force?: boolean;
            /**
             * @description Tell what would be done and change nothing.
             * @default false
             */
            dry_run?: boolean;
        };
        /**
         * @description What a rotation did.
         * @example {
         *       "activated": {
         *         "kid": "pKFq-sSPSxbdKRrtW27B_QMLKG65AF0YZYQJA0wCunQ",
         *         "algorithm": "RS256",
         *         "bits": 2048,
         *         "state": "active",
         *         "created_at": "2026-11-24T09:30:00.123456Z",
         *         "activated_at": "2026-11-24T10:00:00.123456Z",
         *         "retiring_at": null,
         *         "verifies_until": null,
         *         "retired_at": null,
         *         "revoked_at": null,
         *         "tokens_out": 0
         *       },
         *       "retiring": {
         *         "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
         *         "algorithm": "RS256",
         *         "bits": 2048,
         *         "state": "retiring",
         *         "created_at": "2026-11-24T09:30:00.123456Z",
         *         "activated_at": "2026-11-24T09:35:00.123456Z",
         *         "retiring_at": "2026-11-24T10:00:00.123456Z",
         *         "verifies_until": "2026-11-24T10:10:30.123456Z",
         *         "retired_at": null,
         *         "revoked_at": null,
         *         "tokens_out": 1207
         *       },
         *       "pending": {
         *         "kid": "1WvncZI-642FiOdIM3yjS5wL8GHl1OD52qrB-IJSNFk",
         *         "algorithm": "RS256",
         *         "bits": 2048,
         *         "state": "pending",
         *         "created_at": "2026-11-24T10:00:00.123456Z",
         *         "activated_at": null,
         *         "retiring_at": null,
         *         "verifies_until": null,
         *         "retired_at": null,
         *         "revoked_at": null,
         *         "tokens_out": 0
         *       },
         *       "changed": true
         *     }
         */
        KeyRotationResult: {
            activated: components["schemas"]["Key"];
            /** @description The key that signed before. */
            retiring: components["schemas"]["Key"] | null;
            /** @description The next key. */
            pending: components["schemas"]["Key"] | null;
            /** @description Whether anything was changed; false in a dry run and where the named key was active already. */
            changed: boolean;
        };
        /** @description How much is meant. */
        KeyRevocation: {
            /**
             * @description Confirms that the active key is meant.
             * @default false
             */
            active?: boolean;
            /**
             * @description Tell what would be done and change nothing.
             * @default false
             */
            dry_run?: boolean;
        };
        /**
         * @description What a revocation did.
         * @example {
         *       "revoked": {
         *         "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
         *         "algorithm": "RS256",
         *         "bits": 2048,
         *         "state": "revoked",
         *         "created_at": "2026-11-24T09:30:00.123456Z",
         *         "activated_at": "2026-11-24T09:35:00.123456Z",
         *         "retiring_at": null,
         *         "verifies_until": null,
         *         "retired_at": null,
         *         "revoked_at": "2026-11-24T10:00:00.123456Z",
         *         "tokens_out": 0
         *       },
         *       "tokens_out": 1207,
         *       "activated": {
         *         "kid": "pKFq-sSPSxbdKRrtW27B_QMLKG65AF0YZYQJA0wCunQ",
         *         "algorithm": "RS256",
         *         "bits": 2048,
         *         "state": "active",
         *         "created_at": "2026-11-24T09:30:00.123456Z",
         *         "activated_at": "2026-11-24T10:00:00.123456Z",
         *         "retiring_at": null,
         *         "verifies_until": null,
         *         "retired_at": null,
         *         "revoked_at": null,
         *         "tokens_out": 0
         *       },
         *       "unseen": false,
         *       "pending": {
         *         "kid": "1WvncZI-642FiOdIM3yjS5wL8GHl1OD52qrB-IJSNFk",
         *         "algorithm": "RS256",
         *         "bits": 2048,
         *         "state": "pending",
         *         "created_at": "2026-11-24T10:00:00.123456Z",
         *         "activated_at": null,
         *         "retiring_at": null,
         *         "verifies_until": null,
         *         "retired_at": null,
         *         "revoked_at": null,
         *         "tokens_out": 0
         *       },
         *       "changed": true
         *     }
         */
        KeyRevocationResult: {
            revoked: components["schemas"]["Key"];
            /**
             * Format: int64
             * @description How many tokens of it had not expired. They are refused.
             */
            tokens_out: number;
            /** @description The key that took the active one's place. */
            activated: components["schemas"]["Key"] | null;
            /** @description Whether verifiers may not know that key yet and refuse its tokens for up to half a minute. */
            unseen: boolean;
            /** @description The next key. */
            pending: components["schemas"]["Key"] | null;
            /** @description Whether anything was changed; false in a dry run and where it was revoked before. */
            changed: boolean;
        };
        /** @description What a back end asks for. A parameter that is not here is ignored. */
        TokenRequest: {
            /**
             * @description `client_credentials`; anything else is `unsupported_grant_type`.
             * @example client_credentials
             */
            grant_type: string;
            /**
             * @description Scopes, parted by one space (RFC 6749, section 3.3): some of the client's own, or `invalid_scope`. All of them where it is not sent.
             * @example users:read
             */
            scope?: string;
            client_id?: components["schemas"]["ClientId"];
            client_secret?: components["schemas"]["ClientSecret"];
        };
        /** @description Which token is meant. A parameter that is not here is ignored. */
        TokenQuestion: {
            /** @description An access token or a refresh token; anything else of this size is one that stands for nothing. */
            token: string;
            /** @description Ignored; a token tells its kind. */
            token_type_hint?: string;
            client_id?: components["schemas"]["ClientId"];
            client_secret?: components["schemas"]["ClientSecret"];
        };
        /**
         * @description The client's id, where it does not come by HTTP Basic. Beside HTTP Basic it must be the same.
         * @example billing
         */
        ClientId: string;
        /**
         * Format: password
         * @description The client's secret, where it does not come by HTTP Basic.
         * @example lks_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I
         */
        ClientSecret: string;
        /** @description A token for a back end (RFC 6749, section 5.1). */
        ClientGrant: {
            /** @description A JWT (RFC 9068). */
            access_token: string;
            /**
             * @description A closed set.
             * @enum {string}
             */
            token_type: "Bearer";
            /**
             * Format: int32
             * @description Seconds until the access token expires.
             */
            expires_in: number;
            /** @description The scopes that it has. */
            scope: string;
        };
        /** @description What is known of a token (RFC 7662, section 2.2). Where `active` is false there is nothing else. */
        Introspection: {
            /** @description Whether it stands. */
            active: boolean;
            /** @description The scopes that it has, parted by spaces; a client's access tokens alone. */
            scope?: string;
            /** @description Whom it was issued to; `latchkey` for people's sessions. */
            client_id?: string;
            /**
             * @description What an access token is; not there for a refresh token. A closed set.
             * @enum {string}
             */
            token_type?: "Bearer";
            /**
             * Format: int64
             * @description When it expires, in seconds since 1970. For a refresh token, when its session does.
             */
            exp?: number;
            /**
             * Format: int64
             * @description When it was issued, in seconds since 1970; access tokens alone.
             */
            iat?: number;
            /** @description Whose it is. A user's id or a client's. */
            sub?: string;
            /** @description Whom it is for; access tokens alone. */
            aud?: string;
            /** @description Who issued it. */
            iss?: string;
            /** @description Its own id; access tokens alone. */
            jti?: string;
            /** @description The session that it belongs to; not there for a client's. */
            sid?: string;
            /** @description The person's roles when it was issued. */
            roles?: string[];
        };
        /** @description How the operations under `/oauth/` say what is wrong (RFC 6749, section 5.2). */
        OAuthError: {
            error: components["schemas"]["OAuthErrorCode"];
            /** @description A sentence for a developer. It repeats nothing that was sent, but for names of parameters. */
            error_description: string;
        };
        /**
         * @description A closed set; `x-oauth-errors` says which an operation may answer with. `invalid_request` comes with 400, 413, 415 and 431, `invalid_client` with 401, `access_denied` with 403, `server_error` with 500, `temporarily_unavailable` with 429 and 503 and a `Retry-After`, the others with 400.
         * @enum {string}
         */
        OAuthErrorCode: "invalid_request" | "invalid_client" | "invalid_grant" | "invalid_scope" | "unsupported_grant_type" | "access_denied" | "server_error" | "temporarily_unavailable";
        /** @description Authorization server metadata (RFC 8414, section 2). */
        OAuthMetadata: {
            /** @description `iss` of the tokens (`PUBLIC_URL`). */
            issuer: string;
            /** @description Where tokens come from. */
            token_endpoint: string;
            token_endpoint_auth_methods_supported: components["schemas"]["OAuthNames"];
            /** @description Where to ask about a token (RFC 7662). */
            introspection_endpoint: string;
            introspection_endpoint_auth_methods_supported: components["schemas"]["OAuthNames"];
            /** @description Where to revoke one (RFC 7009). */
            revocation_endpoint: string;
            revocation_endpoint_auth_methods_supported: components["schemas"]["OAuthNames"];
            /** @description The public keys. */
            jwks_uri: string;
            scopes_supported: components["schemas"]["OAuthNames"];
            response_types_supported: components["schemas"]["OAuthNames"];
            grant_types_supported: components["schemas"]["OAuthNames"];
        };
        /** @description Names, as OAuth's registries have them. */
        OAuthNames: string[];
        /**
         * @description A problem document (RFC 9457). Branch on `code`; `title` and `detail` are for people and may change.
         * @example {
         *       "type": "urn:latchkey:problem:username_taken",
         *       "title": "The username is taken",
         *       "status": 409,
         *       "detail": "Another account has this username.",
         *       "code": "username_taken",
         *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
         *     }
         */
        Problem: {
            /** @description `urn:latchkey:problem:` and the code. It names the kind of problem and is not to be fetched. */
            type: string;
            /** @description The same for every problem of this code. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status, once more.
             */
            status: number;
            /** @description What went wrong this time, for a person. */
            detail: string;
            code: components["schemas"]["ProblemCode"];
            /** @description Also in the `X-Request-Id` header and in every log line of the request. */
            request_id: string;
            /** @description What is wrong with the request, one entry per place (400 only). */
            errors?: components["schemas"]["ProblemField"][];
            /** @description Why the password was refused (422 `password_rejected` only). */
            reasons?: components["schemas"]["PasswordReason"][];
        };
        /**
         * @description The reason, for programs. A closed set: a new code comes with a new version of this document. Each operation lists its own under `x-error-codes`; `x-errors` has the status and the title of each, whether the same request may work later (`again`, after `Retry-After`), and what to do.
         * @enum {string}
         */
        ProblemCode: "invalid_request" | "unauthorized" | "invalid_credentials" | "invalid_token" | "forbidden" | "email_not_verified" | "not_found" | "method_not_allowed" | "username_taken" | "email_taken" | "last_admin" | "role_in_use" | "key_too_young" | "key_not_pending" | "key_active" | "too_many_keys" | "version_mismatch" | "body_too_large" | "unsupported_media_type" | "password_rejected" | "idempotency_mismatch" | "idempotency_in_progress" | "rate_limited" | "throttled" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
        /**
         * @description One thing wrong with the request.
         * @example {
         *       "pointer": "/username",
         *       "detail": "must be at least 3 characters long"
         *     }
         */
        ProblemField: {
            /** @description A JSON pointer into the body (RFC 6901, `/username`, the empty string for the whole), or `query.limit`, `path.user`, `header.If-Match`. */
            pointer: string;
            /** @description For a person. It never repeats the value that was sent. */
            detail: string;
        };
        /**
         * @description Why a password was refused. An open set, so that a rule can be added; treat an unknown one as `refused`.
         * @example too_short
         */
        PasswordReason: string;
        /**
         * @description An account as every operation shows it. It never holds a password or a hash of one.
         * @example {
         *       "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
         *       "username": "ada",
         *       "email": "ada@example.com",
         *       "verified": false,
         *       "disabled": false,
         *       "roles": [
         *         "user"
         *       ],
         *       "created_at": "2026-11-24T09:30:00.123456Z",
         *       "updated_at": "2026-11-24T09:30:00.123456Z",
         *       "deleted_at": null,
         *       "version": 1
         *     }
         */
        User: {
            /**
             * Format: uuid
             * @description UUIDv7 (RFC 9562). Stable for the life of the account, never given to another.
             */
            id: string;
            /** @description Folded to lower case. */
            username: string;
            /** @description Folded to lower case, the domain in its ASCII form (IDNA, RFC 5891). */
            email: string;
            /** @description Whether the address was confirmed. */
            verified: boolean;
            /** @description A disabled account keeps its data and can't sign in. */
            disabled: boolean;
            /** @description Names of the account's roles, sorted. */
            roles: components["schemas"]["RoleName"][];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC. Moves together with `version`.
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC; null while the account lives.
             */
            deleted_at: string | null;
            /**
             * Format: int64
             * @description Counts the changes of the account, from 1. The `ETag` is made from it.
             */
            version: number;
        };
        /**
         * @description The name of a role. An open set; `admin` and `user` always exist.
         * @example user
         */
        RoleName: string;
        /** @description One page. */
        AuditEventPage: {
            /** @description Events, newest first. */
            items: components["schemas"]["AuditEvent"][];
            /** @description Give it as `cursor` to get the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One event of a service's audit. It never holds a password, a hash or a token. */
        AuditEvent: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /**
             * @description What happened. An open set; the operation names them.
             * @example user.created
             */
            type: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            occurred_at: string;
            actor: components["schemas"]["AuditActor"];
            /**
             * Format: uuid
             * @description The account it is about; null where it is about none.
             */
            user_id: string | null;
            /** @description The members that changed, as they were. */
            before: {
                [key: string]: unknown;
            };
            /** @description The members that changed, as they became. */
            after: {
                [key: string]: unknown;
            };
            /** @description From which client address; null where there is none, and after a purge. */
            address: string | null;
            /** @description The client's User-Agent. */
            user_agent: string;
            /** @description The request that did it. */
            request_id: string;
            /**
             * Format: int64
             * @description How often, for events that are counted per minute.
             */
            count: number;
        };
        /** @description Who did it. */
        AuditActor: {
            /**
             * @description A person, another service, or the system itself. A closed set.
             * @enum {string}
             */
            kind: "person" | "service" | "system";
            /** @description An account's id, a client's id, or a part of the system. */
            id: string;
        };
        /**
         * @description What a probe needs to know.
         * @example {
         *       "status": "ok"
         *     }
         */
        Health: {
            /**
             * @description A closed set. `degraded`: requests are served, but Redis is out of reach, so each instance counts its rate
             *     limits alone until it is back.
             * @enum {string}
             */
            status: "ok" | "degraded";
        };
        /**
         * @description 3 to 32 characters: a letter, then letters, digits, `_`, `.`, `-`. Folded to lower case; `Ada` and `ada` are one name. A few words are reserved (`admin`, `root`, `email`, …) and refused with 400.
         * @example ada
         */
        Username: string;
        /**
         * @description At most 254 bytes, one `@`, an ASCII local part of at most 64 bytes (dot-string, RFC 5321, section 4.1.2). Folded to lower case; an international domain is kept in its ASCII form (IDNA), so both spellings are one address.
         * @example ada@example.com
         */
        Email: string;
        /**
         * Format: password
         * @description A password to be set. The rules are checked by the service and answered with 422 `password_rejected` and the reasons: at least 12 characters; at most 72 bytes under bcrypt, 256 characters under argon2id; no NUL; not one of the common passwords; not holding the username or the local part of the email. No composition rules.
         * @example correct horse battery staple
         */
        NewPassword: string;
        /**
         * Format: password
         * @description A password to be checked. No rule applies but its size, so that old and imported passwords still work.
         * @example correct horse battery staple
         */
        CurrentPassword: string;
    };
    responses: {
        /** @description The request does not fit this document (`invalid_request`), or `error` says what is wrong with it. */
        OAuthBadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "invalid_request",
                 *       "error_description": "query.token: is not a parameter of this operation."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description The client could not be authenticated. Why is never said. */
        OAuthInvalidClient: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["BasicChallenge"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "invalid_client",
                 *       "error_description": "The client could not be authenticated."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description A browser sent the request from another origin than those that may (`access_denied`). */
        OAuthOtherOrigin: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "access_denied",
                 *       "error_description": "Requests from other origins are not allowed."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description The body is over 64 KiB (`invalid_request`). It was not parsed. */
        OAuthBodyTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "invalid_request",
                 *       "error_description": "The body may hold 65536 bytes."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description Bodies are `application/x-www-form-urlencoded` in UTF-8, without a `Content-Encoding` (`invalid_request`). */
        OAuthMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "invalid_request",
                 *       "error_description": "Send application/x-www-form-urlencoded in UTF-8, without a Content-Encoding."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description The headers are over 16 KiB (`invalid_request`). */
        OAuthHeadersTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "invalid_request",
                 *       "error_description": "The request's headers may hold 16384 bytes."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description The limit of this operation (`x-ratelimit`) is spent (`temporarily_unavailable`). */
        OAuthRateLimited: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                "RateLimit-Limit": components["headers"]["RateLimitLimit"];
                "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
                "RateLimit-Reset": components["headers"]["RateLimitReset"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "temporarily_unavailable",
                 *       "error_description": "The limit of this operation is spent. Try again later."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description A defect of ours (`server_error`). */
        OAuthServerError: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "server_error",
                 *       "error_description": "Something went wrong on our side."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description Overload, or something that this service depends on (`temporarily_unavailable`). */
        OAuthUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": "temporarily_unavailable",
                 *       "error_description": "Something this service depends on does not answer. Try again shortly."
                 *     }
                 */
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description The request does not fit this document; `errors` says where. */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:invalid_request",
                 *       "title": "The request is not valid",
                 *       "status": 400,
                 *       "detail": "The request does not fit the contract.",
                 *       "code": "invalid_request",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                 *       "errors": [
                 *         {
                 *           "pointer": "/username",
                 *           "detail": "must be at least 3 characters long"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A browser sent the request from another origin than those that may (`forbidden`); or, at a sign-in, the address was not confirmed (`email_not_verified`). */
        ForbiddenOrigin: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:forbidden",
                 *       "title": "The caller lacks the right",
                 *       "status": 403,
                 *       "detail": "Requests from other origins are not allowed.",
                 *       "code": "forbidden",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The state of the system forbids it; `code` says what. */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfterConflict"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:username_taken",
                 *       "title": "The username is taken",
                 *       "status": 409,
                 *       "detail": "Another account has this username.",
                 *       "code": "username_taken",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is over 64 KiB. It was not parsed. */
        BodyTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:body_too_large",
                 *       "title": "The body is too large",
                 *       "status": 413,
                 *       "detail": "The body may hold 65536 bytes.",
                 *       "code": "body_too_large",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bodies are `application/json` in UTF-8, without a `Content-Encoding`. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:unsupported_media_type",
                 *       "title": "The media type is not supported",
                 *       "status": 415,
                 *       "detail": "Send application/json in UTF-8, without a Content-Encoding.",
                 *       "code": "unsupported_media_type",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The new password breaks a rule (`password_rejected`, `reasons` says which), or the `Idempotency-Key` was used for another request (`idempotency_mismatch`). */
        PasswordRejected: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:password_rejected",
                 *       "title": "The password was refused",
                 *       "status": 422,
                 *       "detail": "The password is refused; reasons say why.",
                 *       "code": "password_rejected",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                 *       "reasons": [
                 *         "too_short"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A limit of this operation (`x-ratelimit`) is spent: `rate_limited`. Or too many sign-ins to this account, or from this address, have failed: `throttled`. */
        RateLimited: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                "RateLimit-Limit": components["headers"]["RateLimitLimit"];
                "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
                "RateLimit-Reset": components["headers"]["RateLimitReset"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:rate_limited",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "The limit of this operation is spent. Try again later.",
                 *       "code": "rate_limited",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The headers are over 16 KiB. */
        HeadersTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:headers_too_large",
                 *       "title": "The headers are too large",
                 *       "status": 431,
                 *       "detail": "The request's headers may hold 16384 bytes.",
                 *       "code": "headers_too_large",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A defect of ours. The log has the cause under `request_id`. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:internal_error",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "detail": "Something went wrong on our side.",
                 *       "code": "internal_error",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Overloaded, or something it depends on does not answer. What was sent may be sent again. */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:dependency_unavailable",
                 *       "title": "A dependency is unavailable",
                 *       "status": 503,
                 *       "detail": "Something this service depends on does not answer. Try again shortly.",
                 *       "code": "dependency_unavailable",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The login or the password is wrong. Which, and whether there is such an account, is never said. */
        UnauthorizedCredentials: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:invalid_credentials",
                 *       "title": "The login or the password is wrong",
                 *       "status": 401,
                 *       "detail": "The login or the password is wrong.",
                 *       "code": "invalid_credentials",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token in the request is garbled, forged, expired, used up or void. Which is never said. */
        UnauthorizedToken: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:invalid_token",
                 *       "title": "The token is not valid",
                 *       "status": 401,
                 *       "detail": "The token is not valid.",
                 *       "code": "invalid_token",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No valid credential. Why is never said. */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:unauthorized",
                 *       "title": "Authentication is required",
                 *       "status": 401,
                 *       "detail": "A valid bearer token is required.",
                 *       "code": "unauthorized",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Absent, deleted, or not this caller's to see; the three look the same. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:not_found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "There is no such resource.",
                 *       "code": "not_found",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The last admin who can sign in has to stay. */
        ConflictLastAdmin: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:last_admin",
                 *       "title": "The last admin must stay",
                 *       "status": 409,
                 *       "detail": "This is the last admin who can sign in.",
                 *       "code": "last_admin",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Another account has the address by now. */
        ConflictEmail: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:email_taken",
                 *       "title": "The email is taken",
                 *       "status": 409,
                 *       "detail": "Another account has this email.",
                 *       "code": "email_taken",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller is known and lacks the right. Or a browser sent the request from another origin than those that may; GET and HEAD are not refused for that. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:forbidden",
                 *       "title": "The caller lacks the right",
                 *       "status": 403,
                 *       "detail": "The caller lacks the right to do this.",
                 *       "code": "forbidden",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description As many keys as may be are pending. */
        ConflictTooManyKeys: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:too_many_keys",
                 *       "title": "There are too many keys",
                 *       "status": 409,
                 *       "detail": "As many keys as may be are pending or published already.",
                 *       "code": "too_many_keys",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The next key can't take over now; `code` says why, and `Retry-After` when it can, if waiting helps. */
        ConflictKeyTooYoung: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfterConflict"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:key_too_young",
                 *       "title": "The key is too young",
                 *       "status": 409,
                 *       "detail": "Verifiers may not have seen the pending key yet, or the active one was made so a moment ago.",
                 *       "code": "key_too_young",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The key is the active one, and `active` does not say that it is meant. */
        ConflictKeyActive: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:key_active",
                 *       "title": "The key is active",
                 *       "status": 409,
                 *       "detail": "The key is the active one: everybody's access tokens would be refused. Confirm it with active=true.",
                 *       "code": "key_active",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description `__Host-refresh` with the refresh token (HttpOnly, Secure, SameSite=Strict, Path=/), where it is asked for.
         * @example __Host-refresh=v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.2.c2lnbmF0dXJl; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Strict
         */
        RefreshCookie: string;
        /**
         * @description Takes `__Host-refresh` out of the browser.
         * @example __Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict
         */
        ClearedCookie: string;
        /**
         * @description For how long the set may be kept.
         * @example public, max-age=60
         */
        CacheControl: string;
        /**
         * @description How a client proves itself (RFC 7617).
         * @example Basic realm="latchkey"
         */
        BasicChallenge: string;
        /**
         * @description Identifies this request in answers, logs and traces. A request's own `X-Request-Id` is kept if it is 1 to 128 of `[A-Za-z0-9._-]`.
         * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
         */
        RequestId: string;
        /**
         * @description `true` on an answer that was given before to the same request under the same `Idempotency-Key`. A closed set.
         * @example true
         */
        IdempotencyReplayed: true;
        /**
         * @description Seconds to wait before another try, with `idempotency_in_progress` and `key_too_young` alone.
         * @example 1
         */
        RetryAfterConflict: number;
        /**
         * @description Seconds to wait before another try (RFC 9110, section 10.2.3).
         * @example 2
         */
        RetryAfter: number;
        /**
         * @description Requests that the nearest limit allows in its window. Sent with `rate_limited`, and with every other answer of an operation that has a limit once the request was counted.
         * @example 10
         */
        RateLimitLimit: number;
        /**
         * @description Requests left in the window. Sent with `rate_limited`, and with every other answer of an operation that has a limit once the request was counted.
         * @example 0
         */
        RateLimitRemaining: number;
        /**
         * @description Seconds until the window ends. Sent with `rate_limited`, and with every other answer of an operation that has a limit once the request was counted.
         * @example 42
         */
        RateLimitReset: number;
        /**
         * @description Always `Bearer`, and nothing about why (RFC 6750, section 3). A closed set.
         * @example Bearer
         */
        WWWAuthenticate: "Bearer";
        /**
         * @description The version of the representation, quoted; a strong validator (RFC 9110, section 8.8.3).
         * @example "1"
         */
        ETag: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    register: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a retry safe: the same key and request within 24 hours get the first answer again (`Idempotency-Replayed`), another request under the key 422 `idempotency_mismatch`, the same one while the first still runs 409 `idempotency_in_progress`. Scoped to the username. 429 and 5xx are never kept.
                 * @example 7c0e6bd6-4d0f-4c1b-8a0e-1b9f4d6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "ada",
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description The new account. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *         "username": "ada",
                     *         "email": "ada@example.com",
                     *         "verified": false,
                     *         "disabled": false,
                     *         "roles": [
                     *           "user"
                     *         ],
                     *         "created_at": "2026-11-24T09:30:00.123456Z",
                     *         "updated_at": "2026-11-24T09:30:00.123456Z",
                     *         "deleted_at": null,
                     *         "version": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Registered"];
                };
            };
            /** @description Taken in; a mail tells the rest (`REGISTRATION_PRIVACY=private` only). */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"register">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"register">>;
            409: Refusal<components["responses"]["Conflict"], ErrorCode<"register">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"register">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"register">>;
            422: Refusal<components["responses"]["PasswordRejected"], ErrorCode<"register">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"register">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"register">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"register">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"register">>;
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: {
                /** @description The refresh token of the browser's session (`transport` `cookie`). One that is not spelled as such a token counts as not sent. */
                "__Host-refresh"?: string;
            };
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "login": "ada",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Set-Cookie": components["headers"]["RefreshCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IuKApiJ9.eyJzdWIiOiLigKYifQ.c2ln",
                     *       "token_type": "Bearer",
                     *       "expires_in": 600,
                     *       "refresh_token": "v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.2.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmUtMTI",
                     *       "user": {
                     *         "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *         "username": "ada",
                     *         "email": "ada@example.com",
                     *         "verified": false,
                     *         "disabled": false,
                     *         "roles": [
                     *           "user"
                     *         ],
                     *         "created_at": "2026-11-24T09:30:00.123456Z",
                     *         "updated_at": "2026-11-24T09:30:00.123456Z",
                     *         "deleted_at": null,
                     *         "version": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Grant"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"login">>;
            401: Refusal<components["responses"]["UnauthorizedCredentials"], ErrorCode<"login">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"login">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"login">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"login">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"login">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"login">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"login">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"login">>;
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: {
                /** @description The refresh token of the browser's session (`transport` `cookie`). One that is not spelled as such a token counts as not sent. */
                "__Host-refresh"?: string;
            };
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.1.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmUtMTI"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshTokenBody"];
            };
        };
        responses: {
            /** @description The successor. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Set-Cookie": components["headers"]["RefreshCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IuKApiJ9.eyJzdWIiOiLigKYifQ.c2ln",
                     *       "token_type": "Bearer",
                     *       "expires_in": 600,
                     *       "refresh_token": "v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.2.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmUtMTI",
                     *       "user": {
                     *         "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *         "username": "ada",
                     *         "email": "ada@example.com",
                     *         "verified": false,
                     *         "disabled": false,
                     *         "roles": [
                     *           "user"
                     *         ],
                     *         "created_at": "2026-11-24T09:30:00.123456Z",
                     *         "updated_at": "2026-11-24T09:30:00.123456Z",
                     *         "deleted_at": null,
                     *         "version": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Grant"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"refresh">>;
            401: Refusal<components["responses"]["UnauthorizedToken"], ErrorCode<"refresh">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"refresh">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"refresh">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"refresh">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"refresh">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"refresh">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"refresh">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"refresh">>;
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: {
                /** @description The refresh token of the browser's session (`transport` `cookie`). One that is not spelled as such a token counts as not sent. */
                "__Host-refresh"?: string;
            };
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.1.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmUtMTI"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshTokenBody"];
            };
        };
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Set-Cookie": components["headers"]["ClearedCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"logout">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"logout">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"logout">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"logout">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"logout">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"logout">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"logout">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"logout">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"logout">>;
        };
    };
    logoutAll: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out everywhere. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Set-Cookie": components["headers"]["ClearedCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"logoutAll">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"logoutAll">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"logoutAll">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"logoutAll">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"logoutAll">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"logoutAll">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"logoutAll">>;
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *           "created_at": "2026-11-24T09:30:00.123456Z",
                     *           "last_used_at": "2026-11-24T09:30:00.123456Z",
                     *           "expires_at": "2026-12-01T09:30:00.123456Z",
                     *           "address": "192.0.2.7",
                     *           "user_agent": "curl/8.5.0",
                     *           "current": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"listSessions">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"listSessions">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"listSessions">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"listSessions">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"listSessions">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"listSessions">>;
        };
    };
    revokeSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id, as `listSessions` gives it.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"revokeSession">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"revokeSession">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"revokeSession">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"revokeSession">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"revokeSession">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"revokeSession">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"revokeSession">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"revokeSession">>;
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *       "username": "ada",
                     *       "email": "ada@example.com",
                     *       "verified": false,
                     *       "disabled": false,
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "created_at": "2026-11-24T09:30:00.123456Z",
                     *       "updated_at": "2026-11-24T09:30:00.123456Z",
                     *       "deleted_at": null,
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getMe">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"getMe">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getMe">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getMe">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getMe">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"getMe">>;
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "current_password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["MePatch"];
            };
        };
        responses: {
            /** @description The account as it now is. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *       "username": "ada",
                     *       "email": "ada@example.com",
                     *       "verified": false,
                     *       "disabled": false,
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "created_at": "2026-11-24T09:30:00.123456Z",
                     *       "updated_at": "2026-11-24T09:30:00.123456Z",
                     *       "deleted_at": null,
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"updateMe">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"updateMe">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"updateMe">>;
            409: Refusal<components["responses"]["Conflict"], ErrorCode<"updateMe">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"updateMe">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"updateMe">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"updateMe">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"updateMe">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"updateMe">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"updateMe">>;
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["CurrentPasswordBody"];
            };
        };
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Set-Cookie": components["headers"]["ClearedCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"deleteMe">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"deleteMe">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"deleteMe">>;
            409: Refusal<components["responses"]["ConflictLastAdmin"], ErrorCode<"deleteMe">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"deleteMe">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"deleteMe">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"deleteMe">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"deleteMe">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"deleteMe">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"deleteMe">>;
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery staple",
                 *       "new_password": "a staple for the correct horse"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Changed. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"changePassword">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"changePassword">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"changePassword">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"changePassword">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"changePassword">>;
            422: Refusal<components["responses"]["PasswordRejected"], ErrorCode<"changePassword">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"changePassword">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"changePassword">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"changePassword">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"changePassword">>;
        };
    };
    forgotPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["EmailBody"];
            };
        };
        responses: {
            /** @description Taken in. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"forgotPassword">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"forgotPassword">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"forgotPassword">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"forgotPassword">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"forgotPassword">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"forgotPassword">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"forgotPassword">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"forgotPassword">>;
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "UmFuZG9tLXJhbmRvbS1yYW5kb20tcmFuZG9tLXJhbmRvbQ",
                 *       "new_password": "a staple for the correct horse"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description Set. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"resetPassword">>;
            401: Refusal<components["responses"]["UnauthorizedToken"], ErrorCode<"resetPassword">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"resetPassword">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"resetPassword">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"resetPassword">>;
            422: Refusal<components["responses"]["PasswordRejected"], ErrorCode<"resetPassword">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"resetPassword">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"resetPassword">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"resetPassword">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"resetPassword">>;
        };
    };
    verifyEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "UmFuZG9tLXJhbmRvbS1yYW5kb20tcmFuZG9tLXJhbmRvbQ"
                 *     }
                 */
                "application/json": components["schemas"]["TokenBody"];
            };
        };
        responses: {
            /** @description Confirmed. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"verifyEmail">>;
            401: Refusal<components["responses"]["UnauthorizedToken"], ErrorCode<"verifyEmail">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"verifyEmail">>;
            409: Refusal<components["responses"]["ConflictEmail"], ErrorCode<"verifyEmail">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"verifyEmail">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"verifyEmail">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"verifyEmail">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"verifyEmail">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"verifyEmail">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"verifyEmail">>;
        };
    };
    resendVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["EmailBody"];
            };
        };
        responses: {
            /** @description Taken in. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"resendVerification">>;
            403: Refusal<components["responses"]["ForbiddenOrigin"], ErrorCode<"resendVerification">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"resendVerification">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"resendVerification">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"resendVerification">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"resendVerification">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"resendVerification">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"resendVerification">>;
        };
    };
    listUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The account's id.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *           "created_at": "2026-11-24T09:30:00.123456Z",
                     *           "last_used_at": "2026-11-24T09:30:00.123456Z",
                     *           "expires_at": "2026-12-01T09:30:00.123456Z",
                     *           "address": "192.0.2.7",
                     *           "user_agent": "curl/8.5.0",
                     *           "current": false
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"listUserSessions">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"listUserSessions">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"listUserSessions">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"listUserSessions">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"listUserSessions">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"listUserSessions">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"listUserSessions">>;
        };
    };
    revokeUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The account's id.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"revokeUserSessions">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"revokeUserSessions">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"revokeUserSessions">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"revokeUserSessions">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"revokeUserSessions">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"revokeUserSessions">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"revokeUserSessions">>;
        };
    };
    listAuthAuditEvents: {
        parameters: {
            query?: {
                /**
                 * @description Events per page.
                 * @example 50
                 */
                limit?: number;
                /** @description The `next_cursor` of the page before. Opaque and authenticated; a tampered one is 400. */
                cursor?: string;
                /**
                 * @description Only events about this account.
                 * @example 01936a7e-0000-7c4b-9f55-0d8f5c3a1b2e
                 */
                user_id?: string;
                /**
                 * @description Only events of this type.
                 * @example session.revoked
                 */
                type?: components["schemas"]["AuthAuditEventType"];
                /**
                 * @description Only events at or after this time (RFC 3339, `T` and `Z` in capitals, no leap second).
                 * @example 2026-11-24T00:00:00Z
                 */
                since?: string;
                /**
                 * @description Only events before this time (as `since`).
                 * @example 2026-11-25T00:00:00Z
                 */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *           "type": "session.revoked",
                     *           "occurred_at": "2026-11-24T09:30:00.123456Z",
                     *           "actor": {
                     *             "kind": "person",
                     *             "id": "01936a7e-0000-7c4b-9f55-0d8f5c3a1b2e"
                     *           },
                     *           "user_id": "01936a7e-0000-7c4b-9f55-0d8f5c3a1b2e",
                     *           "before": {},
                     *           "after": {
                     *             "session_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2f",
                     *             "reason": "logout"
                     *           },
                     *           "address": "192.0.2.7",
                     *           "user_agent": "curl/8.5.0",
                     *           "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2f",
                     *           "count": 1
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"listAuthAuditEvents">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"listAuthAuditEvents">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"listAuthAuditEvents">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"listAuthAuditEvents">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"listAuthAuditEvents">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"listAuthAuditEvents">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"listAuthAuditEvents">>;
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /**
                 * @description Also keys that have retired or were revoked.
                 * @example true
                 */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "kid": "pKFq-sSPSxbdKRrtW27B_QMLKG65AF0YZYQJA0wCunQ",
                     *           "algorithm": "ES256",
                     *           "bits": null,
                     *           "state": "pending",
                     *           "created_at": "2026-11-24T09:30:00.123456Z",
                     *           "activated_at": null,
                     *           "retiring_at": null,
                     *           "verifies_until": null,
                     *           "retired_at": null,
                     *           "revoked_at": null,
                     *           "tokens_out": 0
                     *         },
                     *         {
                     *           "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                     *           "algorithm": "RS256",
                     *           "bits": 2048,
                     *           "state": "active",
                     *           "created_at": "2026-11-24T08:30:00.123456Z",
                     *           "activated_at": "2026-11-24T09:30:00.123456Z",
                     *           "retiring_at": null,
                     *           "verifies_until": null,
                     *           "retired_at": null,
                     *           "revoked_at": null,
                     *           "tokens_out": 1207
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"listKeys">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"listKeys">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"listKeys">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"listKeys">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"listKeys">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"listKeys">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"listKeys">>;
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "algorithm": "RS256",
                 *       "bits": 3072
                 *     }
                 */
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description The new key. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kid": "1WvncZI-642FiOdIM3yjS5wL8GHl1OD52qrB-IJSNFk",
                     *       "algorithm": "RS256",
                     *       "bits": 3072,
                     *       "state": "pending",
                     *       "created_at": "2026-11-24T09:30:00.123456Z",
                     *       "activated_at": null,
                     *       "retiring_at": null,
                     *       "verifies_until": null,
                     *       "retired_at": null,
                     *       "revoked_at": null,
                     *       "tokens_out": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Key"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"createKey">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"createKey">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"createKey">>;
            409: Refusal<components["responses"]["ConflictTooManyKeys"], ErrorCode<"createKey">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"createKey">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"createKey">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"createKey">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"createKey">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"createKey">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"createKey">>;
        };
    };
    rotateKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "force": false
                 *     }
                 */
                "application/json": components["schemas"]["KeyRotation"];
            };
        };
        responses: {
            /** @description What was done, or with `dry_run` what would be. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "activated": {
                     *         "kid": "pKFq-sSPSxbdKRrtW27B_QMLKG65AF0YZYQJA0wCunQ",
                     *         "algorithm": "ES256",
                     *         "bits": null,
                     *         "state": "active",
                     *         "created_at": "2026-11-24T08:30:00.123456Z",
                     *         "activated_at": "2026-11-24T09:30:00.123456Z",
                     *         "retiring_at": null,
                     *         "verifies_until": null,
                     *         "retired_at": null,
                     *         "revoked_at": null,
                     *         "tokens_out": 0
                     *       },
                     *       "retiring": {
                     *         "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                     *         "algorithm": "RS256",
                     *         "bits": 2048,
                     *         "state": "retiring",
                     *         "created_at": "2026-11-24T08:30:00.123456Z",
                     *         "activated_at": "2026-11-24T08:30:00.123456Z",
                     *         "retiring_at": "2026-11-24T09:30:00.123456Z",
                     *         "verifies_until": "2026-11-24T09:40:30.123456Z",
                     *         "retired_at": null,
                     *         "revoked_at": null,
                     *         "tokens_out": 1207
                     *       },
                     *       "pending": {
                     *         "kid": "1WvncZI-642FiOdIM3yjS5wL8GHl1OD52qrB-IJSNFk",
                     *         "algorithm": "RS256",
                     *         "bits": 2048,
                     *         "state": "pending",
                     *         "created_at": "2026-11-24T09:30:00.123456Z",
                     *         "activated_at": null,
                     *         "retiring_at": null,
                     *         "verifies_until": null,
                     *         "retired_at": null,
                     *         "revoked_at": null,
                     *         "tokens_out": 0
                     *       },
                     *       "changed": true
                     *     }
                     */
                    "application/json": components["schemas"]["KeyRotationResult"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"rotateKeys">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"rotateKeys">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"rotateKeys">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"rotateKeys">>;
            409: Refusal<components["responses"]["ConflictKeyTooYoung"], ErrorCode<"rotateKeys">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"rotateKeys">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"rotateKeys">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"rotateKeys">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"rotateKeys">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"rotateKeys">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"rotateKeys">>;
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The key's thumbprint (RFC 7638).
                 * @example NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
                 */
                kid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "active": true
                 *     }
                 */
                "application/json": components["schemas"]["KeyRevocation"];
            };
        };
        responses: {
            /** @description What was done, or with `dry_run` what would be. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "revoked": {
                     *         "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                     *         "algorithm": "RS256",
                     *         "bits": 2048,
                     *         "state": "revoked",
                     *         "created_at": "2026-11-24T08:30:00.123456Z",
                     *         "activated_at": "2026-11-24T08:30:00.123456Z",
                     *         "retiring_at": null,
                     *         "verifies_until": null,
                     *         "retired_at": null,
                     *         "revoked_at": "2026-11-24T09:30:00.123456Z",
                     *         "tokens_out": 1207
                     *       },
                     *       "tokens_out": 1207,
                     *       "activated": {
                     *         "kid": "pKFq-sSPSxbdKRrtW27B_QMLKG65AF0YZYQJA0wCunQ",
                     *         "algorithm": "ES256",
                     *         "bits": null,
                     *         "state": "active",
                     *         "created_at": "2026-11-24T08:30:00.123456Z",
                     *         "activated_at": "2026-11-24T09:30:00.123456Z",
                     *         "retiring_at": null,
                     *         "verifies_until": null,
                     *         "retired_at": null,
                     *         "revoked_at": null,
                     *         "tokens_out": 0
                     *       },
                     *       "unseen": false,
                     *       "pending": {
                     *         "kid": "1WvncZI-642FiOdIM3yjS5wL8GHl1OD52qrB-IJSNFk",
                     *         "algorithm": "RS256",
                     *         "bits": 3072,
                     *         "state": "pending",
                     *         "created_at": "2026-11-24T09:30:00.123456Z",
                     *         "activated_at": null,
                     *         "retiring_at": null,
                     *         "verifies_until": null,
                     *         "retired_at": null,
                     *         "revoked_at": null,
                     *         "tokens_out": 0
                     *       },
                     *       "changed": true
                     *     }
                     */
                    "application/json": components["schemas"]["KeyRevocationResult"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"revokeKey">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"revokeKey">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"revokeKey">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"revokeKey">>;
            409: Refusal<components["responses"]["ConflictKeyActive"], ErrorCode<"revokeKey">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"revokeKey">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"revokeKey">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"revokeKey">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"revokeKey">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"revokeKey">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"revokeKey">>;
        };
    };
    getJwks: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the set you have; 304 if it is still that. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key set. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kty": "RSA",
                     *           "n": "AwMJPz4Fl2b0mN3Gq0u0nS2g4m8lX7o2m3cWQq0p1s",
                     *           "e": "AQAB",
                     *           "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                     *           "alg": "RS256",
                     *           "use": "sig"
                     *         },
                     *         {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "pKFq-sSPSxbdKRrtW27B_QMLKG65AF0YZYQJA0wCunQ",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Jwks"];
                };
            };
            /** @description The set has not changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getJwks">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getJwks">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getJwks">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getJwks">>;
        };
    };
    issueToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grant_type": "client_credentials",
                 *       "scope": "users:read"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The token. `Cache-Control` is `no-store`, `Pragma` is `no-cache`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl",
                     *       "token_type": "Bearer",
                     *       "expires_in": 600,
                     *       "scope": "users:read"
                     *     }
                     */
                    "application/json": components["schemas"]["ClientGrant"];
                };
            };
            400: OAuthRefusal<components["responses"]["OAuthBadRequest"], OAuthErrorCode<"issueToken">>;
            401: OAuthRefusal<components["responses"]["OAuthInvalidClient"], OAuthErrorCode<"issueToken">>;
            403: OAuthRefusal<components["responses"]["OAuthOtherOrigin"], OAuthErrorCode<"issueToken">>;
            413: OAuthRefusal<components["responses"]["OAuthBodyTooLarge"], OAuthErrorCode<"issueToken">>;
            415: OAuthRefusal<components["responses"]["OAuthMediaType"], OAuthErrorCode<"issueToken">>;
            429: OAuthRefusal<components["responses"]["OAuthRateLimited"], OAuthErrorCode<"issueToken">>;
            431: OAuthRefusal<components["responses"]["OAuthHeadersTooLarge"], OAuthErrorCode<"issueToken">>;
            500: OAuthRefusal<components["responses"]["OAuthServerError"], OAuthErrorCode<"issueToken">>;
            503: OAuthRefusal<components["responses"]["OAuthUnavailable"], OAuthErrorCode<"issueToken">>;
        };
    };
    introspectToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenQuestion"];
            };
        };
        responses: {
            /** @description What is known of it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Introspection"];
                };
            };
            400: OAuthRefusal<components["responses"]["OAuthBadRequest"], OAuthErrorCode<"introspectToken">>;
            401: OAuthRefusal<components["responses"]["OAuthInvalidClient"], OAuthErrorCode<"introspectToken">>;
            403: OAuthRefusal<components["responses"]["OAuthOtherOrigin"], OAuthErrorCode<"introspectToken">>;
            413: OAuthRefusal<components["responses"]["OAuthBodyTooLarge"], OAuthErrorCode<"introspectToken">>;
            415: OAuthRefusal<components["responses"]["OAuthMediaType"], OAuthErrorCode<"introspectToken">>;
            429: OAuthRefusal<components["responses"]["OAuthRateLimited"], OAuthErrorCode<"introspectToken">>;
            431: OAuthRefusal<components["responses"]["OAuthHeadersTooLarge"], OAuthErrorCode<"introspectToken">>;
            500: OAuthRefusal<components["responses"]["OAuthServerError"], OAuthErrorCode<"introspectToken">>;
            503: OAuthRefusal<components["responses"]["OAuthUnavailable"], OAuthErrorCode<"introspectToken">>;
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenQuestion"];
            };
        };
        responses: {
            /** @description It is worth nothing now. Without a body. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: OAuthRefusal<components["responses"]["OAuthBadRequest"], OAuthErrorCode<"revokeToken">>;
            401: OAuthRefusal<components["responses"]["OAuthInvalidClient"], OAuthErrorCode<"revokeToken">>;
            403: OAuthRefusal<components["responses"]["OAuthOtherOrigin"], OAuthErrorCode<"revokeToken">>;
            413: OAuthRefusal<components["responses"]["OAuthBodyTooLarge"], OAuthErrorCode<"revokeToken">>;
            415: OAuthRefusal<components["responses"]["OAuthMediaType"], OAuthErrorCode<"revokeToken">>;
            429: OAuthRefusal<components["responses"]["OAuthRateLimited"], OAuthErrorCode<"revokeToken">>;
            431: OAuthRefusal<components["responses"]["OAuthHeadersTooLarge"], OAuthErrorCode<"revokeToken">>;
            500: OAuthRefusal<components["responses"]["OAuthServerError"], OAuthErrorCode<"revokeToken">>;
            503: OAuthRefusal<components["responses"]["OAuthUnavailable"], OAuthErrorCode<"revokeToken">>;
        };
    };
    getOauthMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "issuer": "https://id.example",
                     *       "token_endpoint": "https://id.example/oauth/token",
                     *       "token_endpoint_auth_methods_supported": [
                     *         "client_secret_basic",
                     *         "client_secret_post"
                     *       ],
                     *       "introspection_endpoint": "https://id.example/oauth/introspect",
                     *       "introspection_endpoint_auth_methods_supported": [
                     *         "client_secret_basic",
                     *         "client_secret_post"
                     *       ],
                     *       "revocation_endpoint": "https://id.example/oauth/revoke",
                     *       "revocation_endpoint_auth_methods_supported": [
                     *         "client_secret_basic",
                     *         "client_secret_post",
                     *         "none"
                     *       ],
                     *       "jwks_uri": "https://id.example/.well-known/jwks.json",
                     *       "scopes_supported": [
                     *         "users:read",
                     *         "users:write"
                     *       ],
                     *       "response_types_supported": [],
                     *       "grant_types_supported": [
                     *         "client_credentials"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthMetadata"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getOauthMetadata">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getOauthMetadata">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getOauthMetadata">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getOauthMetadata">>;
        };
    };
    getVerifyPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getVerifyPage">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getVerifyPage">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getVerifyPage">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getVerifyPage">>;
        };
    };
    getResetPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getResetPage">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getResetPage">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getResetPage">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getResetPage">>;
        };
    };
    getPageAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description One of `pages.css`, `pages.js`, `service.js` and `icon.svg`. No enum, as another name is a 404.
                 * @example pages.css
                 */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example :root { */
                    "text/css": string;
                    /** @example // The two pages that mails link to. */
                    "text/javascript": string;
                    /** @example <svg xmlns="http://www.w3.org/2000/svg" */
                    "image/svg+xml": string;
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getPageAsset">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"getPageAsset">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getPageAsset">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getPageAsset">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getPageAsset">>;
        };
    };
    getLivez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getLivez">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getLivez">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getLivez">>;
        };
    };
    getReadyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getReadyz">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getReadyz">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getReadyz">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"getReadyz">>;
        };
    };
    getOpenapiYaml: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An OpenAPI 3.0.3 document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.0.3",
                     *       "info": {
                     *         "title": "latchkey auth service",
                     *         "version": "0.1.0"
                     *       },
                     *       "paths": {}
                     *     }
                     */
                    "application/yaml": Record<string, never>;
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getOpenapiYaml">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getOpenapiYaml">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getOpenapiYaml">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getOpenapiYaml">>;
        };
    };
    getOpenapiJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An OpenAPI 3.0.3 document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.0.3",
                     *       "info": {
                     *         "title": "latchkey auth service",
                     *         "version": "0.1.0"
                     *       },
                     *       "paths": {}
                     *     }
                     */
                    "application/json": Record<string, never>;
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getOpenapiJson">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getOpenapiJson">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getOpenapiJson">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getOpenapiJson">>;
        };
    };
}
