// Generated from the specification of the users service. Not edited.
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
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts
         * @description Live accounts, newest first, page by page. Follow `next_cursor`, with the same filters, until it is null. All filters that are given must hold.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create an account
         * @description Makes an account. Give `password` (hashed here), or `password_hash` (bcrypt of cost 4 to 14, or argon2id with m ≤ 64 MiB, t ≤ 4, p ≤ 4), or neither: such an account can't sign in until a password is set. `roles` is `["user"]` where it is left out.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an account by username or id
         * @description `{user}` is a username or an id; a username can't look like an id. Someone without the right to read accounts gets their own and 404 for every other.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Delete an account
         * @description A soft delete: the account is found no more and can't sign in, its username and email stay reserved. Deleting it again is 404, `restore` undoes it. The last live admin can't be deleted. The auth service's own identity, with `credentials:write` beside `users:write`, deletes for the account's owner, an admin's account too.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change an account
         * @description Changes what the body names and leaves the rest. A new email is unverified unless the body says otherwise. A new password, a new email and disabling end all sessions of the account. The last live admin can't be demoted or disabled. Send `If-Match` with the `ETag` you read, so that nobody's change is lost.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/users/{user}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what an account signs in with
         * @description What the auth service does for an account's owner, an admin too, once it has asked for the password or a token. The change is made only while `credential_epoch` is the account's, decided in the transaction of the change: else 412 `version_mismatch`, and nothing was changed. A new password or email moves the epoch, `verified` and `username` alone do not. A new email is unverified unless the body says otherwise. A new password clears the account's failed sign-ins.
         */
        patch: operations["updateCredentials"];
        trace?: never;
    };
    "/users/{user}/security": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a refresh asks
         * @description Whether the account may still hold a session, and its present roles. Answers for deleted accounts too. One statement, on the primary.
         */
        get: operations["getUserSecurity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a deleted account
         * @description Undoes a soft delete. Sessions from before it stay ended. 404 for an account that is not deleted.
         */
        post: operations["restoreUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/email/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an account by email
         * @description The address in any case, its domain in Unicode or in ASCII form. Who may read what is as for `getUser`.
         */
        get: operations["getUserByEmail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the roles
         * @description All roles, by name.
         */
        get: operations["listRoles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles/{role}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make a role, or describe it anew
         * @description A role is a name that tokens carry; what it allows is for your services to say. `admin` and `user` are built in.
         */
        put: operations["putRole"];
        post?: never;
        /**
         * Remove a role
         * @description 409 `role_in_use` while an account holds it, deleted ones included, and always for `admin` and `user`.
         */
        delete: operations["deleteRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what to whom
         * @description Events, newest first, page by page; all filters that are given must hold. An event is written in the same transaction as the change it tells of. It never holds a password, a hash or a token. Rejected sign-ins are counted per account and minute (`credentials.rejected`, `count`). A purge redacts the person's values.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a login and a password
         * @description What the auth service asks at sign-in, so that no hash ever leaves this service. An unknown name, a wrong password, a deleted, a disabled and a password-less account give the same 401, in status, body, headers and time. A hash that is weaker than the policy is replaced on the way. After five failures an account, whichever of its names is used, waits 1 s and then longer, up to 15 min (429 `throttled`); after twenty so does an address. A network from which the account signed in within 30 days counts apart, so that nobody can lock the owner out.
         */
        post: operations["verifyCredentials"];
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
        /**
         * @description An account to be made. At most one of `password` and `password_hash`.
         * @example {
         *       "username": "ada",
         *       "email": "ada@example.com",
         *       "password": "correct horse battery staple"
         *     }
         */
        NewUser: {
            username: components["schemas"]["Username"];
            email: components["schemas"]["Email"];
            password?: components["schemas"]["NewPassword"];
            password_hash?: components["schemas"]["PasswordHash"];
            /**
             * @description Whether the address counts as confirmed.
             * @default false
             */
            verified?: boolean;
            roles?: components["schemas"]["RoleNames"];
        };
        /**
         * @description What is to change; at least one member, at most one of `password` and `password_hash`.
         * @example {
         *       "verified": true
         *     }
         */
        UserPatch: {
            username?: components["schemas"]["Username"];
            email?: components["schemas"]["Email"];
            password?: components["schemas"]["NewPassword"];
            password_hash?: components["schemas"]["PasswordHash"];
            /** @description Whether the address counts as confirmed. */
            verified?: boolean;
            /** @description A disabled account can't sign in. */
            disabled?: boolean;
            roles?: components["schemas"]["RoleNames"];
        };
        /**
         * @description All roles of the account; a role that does not exist is 400.
         * @example [
         *       "user"
         *     ]
         */
        RoleNames: components["schemas"]["RoleName"][];
        /**
         * Format: password
         * @description A hash made elsewhere: bcrypt (`$2a$`, `$2b$`, `$2y$`, cost 4 to 14) or argon2id in PHC form (m ≤ 65536 KiB, t ≤ 4, p ≤ 4). Anything else is 400. It is in no answer.
         * @example $2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW
         */
        PasswordHash: string;
        /**
         * @description A role.
         * @example {
         *       "name": "editor",
         *       "description": "May publish.",
         *       "created_at": "2026-11-24T09:30:00.123456Z"
         *     }
         */
        Role: {
            name: components["schemas"]["RoleName"];
            /** @description For people. */
            description: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            created_at: string;
        };
        /** @description What a role is for. */
        RoleBody: {
            /** @description For people. */
            description: string;
        };
        /** @description All roles. */
        RoleList: {
            /** @description By name. */
            items: components["schemas"]["Role"][];
        };
        /**
         * @description What happened. An open set, so that more can be told of.
         * @example user.created
         */
        AuditEventType: string;
        /** @description One page. */
        UserPage: {
            /** @description Accounts, newest first. */
            items: components["schemas"]["User"][];
            /** @description Give it as `cursor` to get the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description A sign-in to be checked. */
        Credentials: {
            /** @description A username or an email, in any case. */
            login: string;
            password: components["schemas"]["CurrentPassword"];
        };
        /**
         * @description What is to change, and the epoch that must still hold; at least one member beside the epoch.
         * @example {
         *       "credential_epoch": 3,
         *       "verified": true
         *     }
         */
        CredentialsPatch: {
            credential_epoch: components["schemas"]["CredentialEpoch"];
            password?: components["schemas"]["NewPassword"];
            email?: components["schemas"]["Email"];
            /** @description Whether the address counts as confirmed. */
            verified?: boolean;
            username?: components["schemas"]["Username"];
        };
        /** @description Who it is, and the epoch that a session is to be made under. */
        VerifiedCredentials: {
            user: components["schemas"]["User"];
            credential_epoch: components["schemas"]["CredentialEpoch"];
        };
        /** @description An account's standing. */
        UserSecurity: {
            /** @description Names of the account's roles, sorted. */
            roles: components["schemas"]["RoleName"][];
            /** @description Whether the address was confirmed. */
            verified: boolean;
            /** @description Whether the account is disabled. */
            disabled: boolean;
            /** @description Whether the account is deleted. */
            deleted: boolean;
            credential_epoch: components["schemas"]["CredentialEpoch"];
            user: components["schemas"]["User"];
        };
        /**
         * Format: int64
         * @description Moves with every new password, new email, disable, delete and restore. What was made under an older one is void.
         */
        CredentialEpoch: number;
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
         * @description At most 254 bytes, one `@`, an ASCII local part of at most 64 bytes (dot-string, RFC 5321, section 4.1.2). Folded to lower case; an international domain is kept in its ASCII form (IDNA), so both spellings are one address.
         * @example ada@example.com
         */
        Email: string;
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
        /** @description The `If-Match` that was sent is not the account's present version. Read it again, then decide. */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:version_mismatch",
                 *       "title": "The version does not match",
                 *       "status": 412,
                 *       "detail": "The account has changed since the version in If-Match.",
                 *       "code": "version_mismatch",
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
        /** @description The `credential_epoch` is not the account's any more. Nothing was changed. */
        PreconditionFailedEpoch: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:version_mismatch",
                 *       "title": "The version does not match",
                 *       "status": 412,
                 *       "detail": "The account's credentials have changed since this credential_epoch.",
                 *       "code": "version_mismatch",
                 *       "request_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The role is built in, or an account holds it. */
        ConflictRoleInUse: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:latchkey:problem:role_in_use",
                 *       "title": "The role is in use",
                 *       "status": 409,
                 *       "detail": "The role is built in, or an account holds it.",
                 *       "code": "role_in_use",
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
         * @description The version of the representation, quoted; a strong validator (RFC 9110, section 8.8.3).
         * @example "1"
         */
        ETag: string;
        /**
         * @description Where the new account is.
         * @example /users/01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
         */
        Location: string;
        /**
         * @description Always `Bearer`, and nothing about why (RFC 6750, section 3). A closed set.
         * @example Bearer
         */
        WWWAuthenticate: "Bearer";
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
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description Accounts per page.
                 * @example 50
                 */
                limit?: number;
                /** @description The `next_cursor` of the page before. Opaque and authenticated; a tampered one is 400. */
                cursor?: string;
                /**
                 * @description Only accounts whose username or email begins with this, in any case.
                 * @example ada
                 */
                q?: string;
                /**
                 * @description Only holders of this role; one that does not exist has none.
                 * @example user
                 */
                role?: components["schemas"]["RoleName"];
                /**
                 * @description Only accounts whose address was (or was not) confirmed.
                 * @example false
                 */
                verified?: boolean;
                /**
                 * @description Only accounts that are (or are not) disabled.
                 * @example false
                 */
                disabled?: boolean;
                /**
                 * @description Find deleted accounts too (role `admin`; 403 for others).
                 * @example true
                 */
                include_deleted?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of accounts. */
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
                     *           "username": "ada",
                     *           "email": "ada@example.com",
                     *           "verified": false,
                     *           "disabled": false,
                     *           "roles": [
                     *             "user"
                     *           ],
                     *           "created_at": "2026-11-24T09:30:00.123456Z",
                     *           "updated_at": "2026-11-24T09:30:00.123456Z",
                     *           "deleted_at": null,
                     *           "version": 1
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"listUsers">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"listUsers">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"listUsers">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"listUsers">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"listUsers">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"listUsers">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"listUsers">>;
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a retry safe: the same key and request within 24 hours get the first answer again (`Idempotency-Replayed`), another request under the key 422 `idempotency_mismatch`, the same one while the first still runs 409 `idempotency_in_progress`. Scoped to the caller. 429 and 5xx are never kept.
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
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description The account as it now is. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
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
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"createUser">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"createUser">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"createUser">>;
            409: Refusal<components["responses"]["Conflict"], ErrorCode<"createUser">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"createUser">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"createUser">>;
            422: Refusal<components["responses"]["PasswordRejected"], ErrorCode<"createUser">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"createUser">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"createUser">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"createUser">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"createUser">>;
        };
    };
    getUser: {
        parameters: {
            query?: {
                /**
                 * @description Find deleted accounts too (role `admin`; 403 for others).
                 * @example true
                 */
                include_deleted?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description A username (any case) or an account's id.
                 * @example ada
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
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
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getUser">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"getUser">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"getUser">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"getUser">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getUser">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getUser">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getUser">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"getUser">>;
        };
    };
    deleteUser: {
        parameters: {
            query?: {
                /**
                 * @description Remove the account for good (role `admin`; 403 for others), a deleted one too. Its username and email are free again, for an account with another id. The auth service's own identity, with `credentials:write` beside `users:write`, may so remove a live account that is not verified and no admin's (else 403): a registration that nobody confirmed. With `If-Match: "1"` it touches none that anybody has changed since.
                 * @example true
                 */
                purge?: boolean;
            };
            header?: {
                /**
                 * @description Do it only if this is the account's present version (RFC 9110, section 13.1.1); else 412.
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The account's id. A username is 400 here, so that a rename can't make a change go astray.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"deleteUser">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"deleteUser">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"deleteUser">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"deleteUser">>;
            409: Refusal<components["responses"]["ConflictLastAdmin"], ErrorCode<"deleteUser">>;
            412: Refusal<components["responses"]["PreconditionFailed"], ErrorCode<"deleteUser">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"deleteUser">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"deleteUser">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"deleteUser">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"deleteUser">>;
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Do it only if this is the account's present version (RFC 9110, section 13.1.1); else 412.
                 * @example "1"
                 */
                "If-Match"?: string;
                /**
                 * @description Makes a retry safe: the same key and request within 24 hours get the first answer again (`Idempotency-Replayed`), another request under the key 422 `idempotency_mismatch`, the same one while the first still runs 409 `idempotency_in_progress`. Scoped to the caller. 429 and 5xx are never kept.
                 * @example 7c0e6bd6-4d0f-4c1b-8a0e-1b9f4d6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The account's id. A username is 400 here, so that a rename can't make a change go astray.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "verified": true
                 *     }
                 */
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            /** @description The account as it now is. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *       "username": "ada",
                     *       "email": "ada@example.org",
                     *       "verified": true,
                     *       "disabled": false,
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "created_at": "2026-11-24T09:30:00.123456Z",
                     *       "updated_at": "2026-11-24T09:31:00.123456Z",
                     *       "deleted_at": null,
                     *       "version": 2
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"updateUser">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"updateUser">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"updateUser">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"updateUser">>;
            409: Refusal<components["responses"]["Conflict"], ErrorCode<"updateUser">>;
            412: Refusal<components["responses"]["PreconditionFailed"], ErrorCode<"updateUser">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"updateUser">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"updateUser">>;
            422: Refusal<components["responses"]["PasswordRejected"], ErrorCode<"updateUser">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"updateUser">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"updateUser">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"updateUser">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"updateUser">>;
        };
    };
    updateCredentials: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a retry safe: the same key and request within 24 hours get the first answer again (`Idempotency-Replayed`), another request under the key 422 `idempotency_mismatch`, the same one while the first still runs 409 `idempotency_in_progress`. Scoped to the caller. 429 and 5xx are never kept.
                 * @example 7c0e6bd6-4d0f-4c1b-8a0e-1b9f4d6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The account's id. A username is 400 here, so that a rename can't make a change go astray.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "credential_epoch": 3,
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["CredentialsPatch"];
            };
        };
        responses: {
            /** @description The account as it now is, and its epoch after the change. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "credential_epoch": 4,
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
                     *         "updated_at": "2026-11-24T09:31:00.123456Z",
                     *         "deleted_at": null,
                     *         "version": 4
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["VerifiedCredentials"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"updateCredentials">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"updateCredentials">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"updateCredentials">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"updateCredentials">>;
            409: Refusal<components["responses"]["Conflict"], ErrorCode<"updateCredentials">>;
            412: Refusal<components["responses"]["PreconditionFailedEpoch"], ErrorCode<"updateCredentials">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"updateCredentials">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"updateCredentials">>;
            422: Refusal<components["responses"]["PasswordRejected"], ErrorCode<"updateCredentials">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"updateCredentials">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"updateCredentials">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"updateCredentials">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"updateCredentials">>;
        };
    };
    getUserSecurity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The account's id. A username is 400 here, so that a rename can't make a change go astray.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account's standing. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "verified": false,
                     *       "disabled": false,
                     *       "deleted": false,
                     *       "credential_epoch": 3,
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
                     *         "updated_at": "2026-11-24T09:31:00.123456Z",
                     *         "deleted_at": null,
                     *         "version": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UserSecurity"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getUserSecurity">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"getUserSecurity">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"getUserSecurity">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"getUserSecurity">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getUserSecurity">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getUserSecurity">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getUserSecurity">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"getUserSecurity">>;
        };
    };
    restoreUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Do it only if this is the account's present version (RFC 9110, section 13.1.1); else 412.
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The account's id. A username is 400 here, so that a rename can't make a change go astray.
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account as it now is. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
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
                     *       "updated_at": "2026-11-24T09:31:00.123456Z",
                     *       "deleted_at": null,
                     *       "version": 3
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"restoreUser">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"restoreUser">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"restoreUser">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"restoreUser">>;
            412: Refusal<components["responses"]["PreconditionFailed"], ErrorCode<"restoreUser">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"restoreUser">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"restoreUser">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"restoreUser">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"restoreUser">>;
        };
    };
    getUserByEmail: {
        parameters: {
            query?: {
                /**
                 * @description Find deleted accounts too (role `admin`; 403 for others).
                 * @example true
                 */
                include_deleted?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description The address, percent-encoded where needed.
                 * @example ada@example.com
                 */
                email: components["schemas"]["Email"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
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
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"getUserByEmail">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"getUserByEmail">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"getUserByEmail">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"getUserByEmail">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"getUserByEmail">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"getUserByEmail">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"getUserByEmail">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"getUserByEmail">>;
        };
    };
    listRoles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The roles. */
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
                     *           "name": "admin",
                     *           "description": "May do everything but check or set credentials.",
                     *           "created_at": "2026-11-24T09:00:00.123456Z"
                     *         },
                     *         {
                     *           "name": "editor",
                     *           "description": "May publish.",
                     *           "created_at": "2026-11-24T09:30:00.123456Z"
                     *         },
                     *         {
                     *           "name": "user",
                     *           "description": "What everyone who registers is.",
                     *           "created_at": "2026-11-24T09:00:00.123456Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RoleList"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"listRoles">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"listRoles">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"listRoles">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"listRoles">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"listRoles">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"listRoles">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"listRoles">>;
        };
    };
    putRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The role's name.
                 * @example editor
                 */
                role: components["schemas"]["RoleName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "description": "May publish."
                 *     }
                 */
                "application/json": components["schemas"]["RoleBody"];
            };
        };
        responses: {
            /** @description Described anew. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "editor",
                     *       "description": "May publish.",
                     *       "created_at": "2026-11-24T09:30:00.123456Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Role"];
                };
            };
            /** @description Made. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "editor",
                     *       "description": "May publish.",
                     *       "created_at": "2026-11-24T09:30:00.123456Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"putRole">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"putRole">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"putRole">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"putRole">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"putRole">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"putRole">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"putRole">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"putRole">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"putRole">>;
        };
    };
    deleteRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The role's name.
                 * @example editor
                 */
                role: components["schemas"]["RoleName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"deleteRole">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"deleteRole">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"deleteRole">>;
            404: Refusal<components["responses"]["NotFound"], ErrorCode<"deleteRole">>;
            409: Refusal<components["responses"]["ConflictRoleInUse"], ErrorCode<"deleteRole">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"deleteRole">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"deleteRole">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"deleteRole">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"deleteRole">>;
        };
    };
    listAuditEvents: {
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
                 * @example 01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e
                 */
                user_id?: string;
                /**
                 * @description Only events of this type.
                 * @example user.updated
                 */
                type?: components["schemas"]["AuditEventType"];
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
                     *           "type": "user.updated",
                     *           "occurred_at": "2026-11-24T09:30:00.123456Z",
                     *           "actor": {
                     *             "kind": "person",
                     *             "id": "01936a7e-0000-7c4b-9f55-0d8f5c3a1b2e"
                     *           },
                     *           "user_id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e",
                     *           "before": {
                     *             "email": "ada@example.com"
                     *           },
                     *           "after": {
                     *             "email": "ada@example.org"
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
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"listAuditEvents">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"listAuditEvents">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"listAuditEvents">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"listAuditEvents">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"listAuditEvents">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"listAuditEvents">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"listAuditEvents">>;
        };
    };
    verifyCredentials: {
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
                 *       "login": "ada",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description The password is right. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "credential_epoch": 3,
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
                     *         "updated_at": "2026-11-24T09:31:00.123456Z",
                     *         "deleted_at": null,
                     *         "version": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["VerifiedCredentials"];
                };
            };
            400: Refusal<components["responses"]["BadRequest"], ErrorCode<"verifyCredentials">>;
            401: Refusal<components["responses"]["Unauthorized"], ErrorCode<"verifyCredentials">>;
            403: Refusal<components["responses"]["Forbidden"], ErrorCode<"verifyCredentials">>;
            413: Refusal<components["responses"]["BodyTooLarge"], ErrorCode<"verifyCredentials">>;
            415: Refusal<components["responses"]["UnsupportedMediaType"], ErrorCode<"verifyCredentials">>;
            429: Refusal<components["responses"]["RateLimited"], ErrorCode<"verifyCredentials">>;
            431: Refusal<components["responses"]["HeadersTooLarge"], ErrorCode<"verifyCredentials">>;
            500: Refusal<components["responses"]["InternalError"], ErrorCode<"verifyCredentials">>;
            503: Refusal<components["responses"]["Unavailable"], ErrorCode<"verifyCredentials">>;
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
                     *         "title": "latchkey users service",
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
                     *         "title": "latchkey users service",
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
