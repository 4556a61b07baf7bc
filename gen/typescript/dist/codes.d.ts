// Generated from the specifications. Not edited.
/** Every code that a problem can have. */
export declare const problemCodes: readonly [
    "invalid_request",
    "unauthorized",
    "invalid_credentials",
    "invalid_token",
    "forbidden",
    "email_not_verified",
    "not_found",
    "method_not_allowed",
    "username_taken",
    "email_taken",
    "last_admin",
    "role_in_use",
    "key_too_young",
    "key_not_pending",
    "key_active",
    "too_many_keys",
    "version_mismatch",
    "body_too_large",
    "unsupported_media_type",
    "password_rejected",
    "idempotency_mismatch",
    "idempotency_in_progress",
    "rate_limited",
    "throttled",
    "headers_too_large",
    "internal_error",
    "overloaded",
    "dependency_unavailable",
];
/** The codes that each operation lists (`x-error-codes`). */
export interface ErrorCodes {
    register: "invalid_request" | "forbidden" | "username_taken" | "email_taken" | "idempotency_in_progress" | "body_too_large" | "unsupported_media_type" | "password_rejected" | "idempotency_mismatch" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    login: "invalid_request" | "invalid_credentials" | "forbidden" | "email_not_verified" | "body_too_large" | "unsupported_media_type" | "throttled" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    refresh: "invalid_request" | "invalid_token" | "forbidden" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    logout: "invalid_request" | "unauthorized" | "invalid_token" | "forbidden" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    logoutAll: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    listSessions: "invalid_request" | "unauthorized" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    revokeSession: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    getMe: "invalid_request" | "unauthorized" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    updateMe: "invalid_request" | "unauthorized" | "invalid_credentials" | "forbidden" | "username_taken" | "email_taken" | "body_too_large" | "unsupported_media_type" | "throttled" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    deleteMe: "invalid_request" | "unauthorized" | "invalid_credentials" | "forbidden" | "last_admin" | "body_too_large" | "unsupported_media_type" | "throttled" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    changePassword: "invalid_request" | "unauthorized" | "invalid_credentials" | "forbidden" | "body_too_large" | "unsupported_media_type" | "password_rejected" | "throttled" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    forgotPassword: "invalid_request" | "forbidden" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    resetPassword: "invalid_request" | "invalid_token" | "forbidden" | "body_too_large" | "unsupported_media_type" | "password_rejected" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    verifyEmail: "invalid_request" | "invalid_token" | "forbidden" | "email_taken" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    resendVerification: "invalid_request" | "forbidden" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    listUserSessions: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    revokeUserSessions: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    listAuthAuditEvents: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    listKeys: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    createKey: "invalid_request" | "unauthorized" | "forbidden" | "too_many_keys" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    rotateKeys: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "key_too_young" | "key_not_pending" | "too_many_keys" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    revokeKey: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "key_active" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    getJwks: "invalid_request" | "rate_limited" | "headers_too_large" | "internal_error";
    getOauthMetadata: "invalid_request" | "rate_limited" | "headers_too_large" | "internal_error";
    getVerifyPage: "invalid_request" | "rate_limited" | "headers_too_large" | "internal_error";
    getResetPage: "invalid_request" | "rate_limited" | "headers_too_large" | "internal_error";
    getPageAsset: "invalid_request" | "not_found" | "rate_limited" | "headers_too_large" | "internal_error";
    getLivez: "invalid_request" | "headers_too_large" | "internal_error";
    getReadyz: "invalid_request" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    getOpenapiYaml: "invalid_request" | "rate_limited" | "headers_too_large" | "internal_error";
    getOpenapiJson: "invalid_request" | "rate_limited" | "headers_too_large" | "internal_error";
    createUser: "invalid_request" | "unauthorized" | "forbidden" | "username_taken" | "email_taken" | "body_too_large" | "unsupported_media_type" | "password_rejected" | "idempotency_mismatch" | "idempotency_in_progress" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    listUsers: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    getUser: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    updateUser: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "username_taken" | "email_taken" | "last_admin" | "version_mismatch" | "body_too_large" | "unsupported_media_type" | "password_rejected" | "idempotency_mismatch" | "idempotency_in_progress" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    deleteUser: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "last_admin" | "version_mismatch" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    updateCredentials: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "username_taken" | "email_taken" | "version_mismatch" | "body_too_large" | "unsupported_media_type" | "password_rejected" | "idempotency_mismatch" | "idempotency_in_progress" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
    getUserSecurity: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    restoreUser: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "version_mismatch" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    getUserByEmail: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    listRoles: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    putRole: "invalid_request" | "unauthorized" | "forbidden" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    deleteRole: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "role_in_use" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    listAuditEvents: "invalid_request" | "unauthorized" | "forbidden" | "rate_limited" | "headers_too_large" | "internal_error" | "dependency_unavailable";
    verifyCredentials: "invalid_request" | "unauthorized" | "invalid_credentials" | "forbidden" | "body_too_large" | "unsupported_media_type" | "rate_limited" | "throttled" | "headers_too_large" | "internal_error" | "overloaded" | "dependency_unavailable";
}
/** The codes of an operation: `ErrorCode<"createUser">`. */
export type ErrorCode<Operation extends keyof ErrorCodes = keyof ErrorCodes> = ErrorCodes[Operation];
/** The OAuth errors that each operation lists (`x-oauth-errors`). */
export interface OAuthErrorCodes {
    issueToken: "invalid_request" | "invalid_client" | "unsupported_grant_type" | "invalid_scope" | "access_denied" | "server_error" | "temporarily_unavailable";
    introspectToken: "invalid_request" | "invalid_client" | "access_denied" | "server_error" | "temporarily_unavailable";
    revokeToken: "invalid_request" | "invalid_client" | "invalid_grant" | "access_denied" | "server_error" | "temporarily_unavailable";
}
/** The OAuth errors of an operation: `OAuthErrorCode<"issueToken">`. */
export type OAuthErrorCode<Operation extends keyof OAuthErrorCodes = keyof OAuthErrorCodes> = OAuthErrorCodes[Operation];
