package main

const (
	usersConvert = "internal/users/rest/convert.go"
	usersHandler = "internal/users/rest/handlers.go"
	usersService = "internal/users/rest/service.go"
	authConvert  = "internal/auth/rest/convert.go"
	authHandler  = "internal/auth/rest/handlers.go"
	auditConvert = "internal/audit/rest/page.go"
	problems     = "internal/httpapi/problem.go"
	health       = "internal/httpapi/health.go"
)

// inCode are changes of what the services do, while the specification stays.
var inCode = []mutation{
	// Members of answers that go missing.
	without("an account loses its email", usersConvert, "		Email:     a.Email,\n"),
	without("an account loses its roles", usersConvert, "		Roles:     a.Roles,\n"),
	without("an account loses its version", usersConvert, "		Version:   a.Version,\n"),
	without("an account loses verified", usersConvert, "		Verified:  a.Verified,\n"),
	without("an account loses created_at", usersConvert, "		CreatedAt: a.CreatedAt.UTC(),\n"),
	without("a page loses next_cursor", usersConvert, ", NextCursor: nullable.NewNullNullable[string]()"),
	without("an audit event loses its count", auditConvert, "\n		Count: row.Count,"),
	without("a grant loses expires_in", authConvert, "		ExpiresIn:    int32(g.ExpiresIn / time.Second),\n"),
	without("a grant loses its refresh_token", authConvert, "		RefreshToken: &g.RefreshToken,\n"),
	without("a grant loses its token_type", authConvert, "		TokenType:    authapi.GrantTokenTypeBearer,\n"),
	without("a problem loses its request_id", problems, "		RequestID: requestID,\n"),
	instead("a problem loses its errors", problems, "		doc.Errors = append(doc.Errors, problemField(field))\n", "		_ = field\n"),

	// Answers that are other than declared.
	instead("a member that is not declared", problems, "	RequestID string         `json:\"request_id\"`",
		"	RequestID string         `json:\"request_id\"`\n	Trace     string         `json:\"trace\"`"),
	instead("a member under another name", problems, "`json:\"detail\"`\n	Code ", "`json:\"details\"`\n	Code "),
	instead("a value outside a closed set", health, "[]byte(`{\"status\":\"ok\"}`", "[]byte(`{\"status\":\"alive\"}`"),
	instead("a problem in another media type", problems, `"application/problem+json"`, `"application/json"`),
	instead("a fault with another status", problems, "fault.Conflict:             http.StatusConflict", "fault.Conflict:             http.StatusBadRequest"),
	instead("a status that is not declared", problems, "fault.NotFound:             http.StatusNotFound", "fault.NotFound:             http.StatusGone"),
	without("401 without WWW-Authenticate", problems, "		header.Set(\"WWW-Authenticate\", state.challenge())\n"),
	without("503 without Retry-After", problems, "		header.Set(\"Retry-After\", seconds(f.RetryAfter, defaultRetryAfter))\n"),
	instead("a made account without its ETag", usersHandler, "CreateUser201ResponseHeaders{ETag: etagOf(account), ", "CreateUser201ResponseHeaders{"),
	instead("a Location that leads nowhere", usersHandler, `Location: "/users/" + account.ID.String()`, `Location: "/user/" + account.ID.String()`),
	instead("the document as another media type", health, `document("application/yaml"`, `document("text/yaml"`),

	// Routes.
	instead("a route that the specification lacks", health, `	r.Get("/livez", livez)`, "	r.Get(\"/livez\", livez)\n	r.Get(\"/debug\", livez)"),
	instead("a route of one service alone", usersService, "	return httpapi.NewHandler(options, func(r chi.Router) {\n",
		"	return httpapi.NewHandler(options, func(r chi.Router) {\n		r.Get(\"/debug\", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })\n"),
	without("a route that is gone", health, "	r.Get(\"/openapi.yaml\", document(\"application/yaml\", a.options.Spec.YAML))\n"),
}

// without takes a piece away.
func without(name, file, piece string) mutation { return instead(name, file, piece, "") }

// instead puts a piece of hand-written Go in another's place.
func instead(name, file, old, new string) mutation {
	return mutation{name: name, edits: []edit{{file, old, new}}}
}
