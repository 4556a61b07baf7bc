package main

const (
	sharedYAML = "api/shared.yaml"
	usersYAML  = "api/users.yaml"
	authYAML   = "api/auth.yaml"
)

// inSpec are changes of the specification, generated from, while the services
// stay as they are.
var inSpec = []mutation{
	// Enums.
	specified("a problem code is gone", sharedYAML, "        - role_in_use\n", ""),
	specified("a problem code that nobody answers", sharedYAML, "        - role_in_use\n", "        - role_in_use\n        - role_unknown\n"),
	specified("a problem code under another name", sharedYAML, "        - last_admin\n", "        - last_administrator\n"),
	specified("a state of health is gone", sharedYAML, "enum: [ok, degraded]", "enum: [degraded]"),
	specified("an actor's kind is gone", sharedYAML, "enum: [person, service, system]", "enum: [person, service]"),
	specified("a key's state is gone", authYAML, "enum: [pending, active, retiring, retired, revoked]", "enum: [pending, active, retiring, retired]"),
	specified("a key algorithm is gone", authYAML, "enum: [RS256, ES256, EdDSA]", "enum: [RS256, EdDSA]"),
	specified("a key algorithm too many", authYAML, "enum: [RS256, ES256, EdDSA]", "enum: [RS256, ES256, EdDSA, PS256]"),
	specified("an OAuth error is gone", authYAML, "invalid_grant, invalid_scope, unsupported_grant_type, access_denied", "invalid_grant, unsupported_grant_type, access_denied"),

	// What requests may hold.
	specified("a longer username", sharedYAML, "      pattern: \"^[A-Za-z][A-Za-z0-9_.-]*$\"\n      minLength: 3\n      maxLength: 32", "      pattern: \"^[A-Za-z][A-Za-z0-9_.-]*$\"\n      minLength: 3\n      maxLength: 33"),
	specified("a shorter username", sharedYAML, "      pattern: \"^[A-Za-z][A-Za-z0-9_.-]*$\"\n      minLength: 3\n", "      pattern: \"^[A-Za-z][A-Za-z0-9_.-]*$\"\n      minLength: 2\n"),
	specified("pages beyond their limit", usersYAML, "minimum: 1, maximum: 200, default: 50}\n          example: 50\n        - name: cursor\n          in: query\n          description: The `next_cursor` of the page before. Opaque and authenticated; a tampered one is 400.\n          schema: {type: string, minLength: 1, maxLength: 200, pattern: \"^[A-Za-z0-9_-]+$\"}\n        - name: q",
		"minimum: 1, maximum: 500, default: 50}\n          example: 50\n        - name: cursor\n          in: query\n          description: The `next_cursor` of the page before. Opaque and authenticated; a tampered one is 400.\n          schema: {type: string, minLength: 1, maxLength: 200, pattern: \"^[A-Za-z0-9_-]+$\"}\n        - name: q"),
	specified("an open request body", usersYAML, "      description: An account to be made. At most one of `password` and `password_hash`.\n      additionalProperties: false\n",
		"      description: An account to be made. At most one of `password` and `password_hash`.\n"),
	specified("a required member that need not come", usersYAML, "      required: [username, email]\n", "      required: [username]\n"),
	specified("a member that is not required any more", usersYAML, "      required: [login, password]\n", "      required: [login]\n"),

	// What answers hold.
	specified("an account that promises more", sharedYAML, "deleted_at, version]\n      properties:\n", "deleted_at, version, nickname]\n      properties:\n        nickname: {type: string, minLength: 1, maxLength: 32, description: What friends say.}\n"),
	specified("an account with its hash", sharedYAML, "deleted_at, version]\n      properties:\n", "deleted_at, version]\n      properties:\n        password_hash: {type: string, maxLength: 256, description: The hash.}\n"),
	specified("a status that nobody answers", usersYAML, "        \"204\":\n          description: Deleted.\n", "        \"202\":\n          description: Will be deleted.\n          headers:\n            X-Request-Id: {$ref: \"./shared.yaml#/components/headers/RequestId\"}\n        \"204\":\n          description: Deleted.\n"),
	specified("an error code that is gone", usersYAML, "not_found, last_admin, version_mismatch, rate_limited", "not_found, version_mismatch, rate_limited"),
	specified("an example that is not true", usersYAML, "example: {login: ada, password: correct horse battery staple}", "example: {login: bob, password: correct horse battery staple}"),

	// Operations, who may call them, how often.
	specified("an operation without a route", usersYAML, "  /readyz:\n    get:\n      operationId: getReadyz\n", "  /healthz:\n    get:\n      operationId: getHealthz\n      tags: [service]\n      summary: Is it well\n      description: Says so.\n      security: []\n      x-ratelimit: []\n      responses:\n        \"200\":\n          description: It is.\n          headers:\n            X-Request-Id: {$ref: \"./shared.yaml#/components/headers/RequestId\"}\n          content:\n            application/json:\n              schema: {$ref: \"./shared.yaml#/components/schemas/Health\"}\n              example: {status: ok}\n        \"400\": {$ref: \"./shared.yaml#/components/responses/BadRequest\"}\n        \"431\": {$ref: \"./shared.yaml#/components/responses/HeadersTooLarge\"}\n        \"500\": {$ref: \"./shared.yaml#/components/responses/InternalError\"}\n      x-error-codes: [invalid_request, headers_too_large, internal_error]\n  /readyz:\n    get:\n      operationId: getReadyz\n"),
	specified("an operation under another name", usersYAML, "operationId: restoreUser", "operationId: undeleteUser"),
	specified("an operation that anybody may call", usersYAML, "      x-access: {scopes: [\"users:write\"], roles: [admin]}\n      x-ratelimit: [{requests: 10, window: 60, key: ip}, {requests: 300, window: 60, key: caller}]\n", "      x-access: {self: true}\n      x-ratelimit: [{requests: 10, window: 60, key: ip}, {requests: 300, window: 60, key: caller}]\n"),
	specified("a limit that is not enforced", usersYAML, "x-ratelimit: [{requests: 10, window: 60, key: ip}, {requests: 300, window: 60, key: caller}]", "x-ratelimit: []"),

	// What is generated.
	{name: "gen/ edited by hand", edits: []edit{{"gen/usersapi/openapi.yaml", "operationId: restoreUser", "operationId: undeleteUser"}}},
	{name: "the specification changed, gen/ forgotten", edits: []edit{{usersYAML, "summary: Create an account", "summary: Make an account"}}},
}

// specified puts a piece of a specification in another's place and generates.
func specified(name, file, old, new string) mutation {
	return mutation{name: name, edits: []edit{{file, old, new}}, generated: true}
}

// mutations are all changes.
var mutations = append(append([]mutation{}, inCode...), inSpec...)
